/** Recorded runs as people name them: an id, a beginning or an end of one that fits no other, or counted from the last. */
import { InputError } from '../base/findings';
import { text } from '../base/text';
import type { RunRecord } from '../report/run';

export function chosenOne(runs: readonly RunRecord[], name: string): RunRecord {
  const [, back = '0'] = /^last(?:~(\d+))?$/.exec(name) ?? [];
  const counted = name.startsWith('last') ? runs.at(-1 - Number(back)) : undefined;
  const fitting = runs.filter(
    ({ id }) => id === name || (name.length > 2 && (id.startsWith(name) || id.endsWith(name))),
  );
  const found = runs.find(({ id }) => id === name) ?? (fitting.length === 1 ? fitting[0] : undefined) ?? counted;
  if (found !== undefined) return found;
  throw fitting.length > 1
    ? new InputError('ambiguous-run', text('"{0}" names {1} runs', name, fitting.length), text('write more of its id'))
    : new InputError(
        'unknown-run',
        text('there is no recorded run "{0}"', name),
        text('"modelwatt history" lists them'),
      );
}

/** All of them where none is named. */
export const chosen = (runs: readonly RunRecord[], names: readonly string[]): readonly RunRecord[] =>
  names.length === 0 ? runs : names.map(name => chosenOne(runs, name));
