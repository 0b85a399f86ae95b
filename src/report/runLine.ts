/** One run in one line, for the end of `modelwatt run`. */
import { text } from '../base/text';
import type { RunRecord } from './run';
import type { Say } from './words';
import { figureText, format } from './words';

export function runLine(run: RunRecord, say: Say): string {
  const parts = [
    ...(run.durationS === null ? [] : [format.duration(run.durationS)]),
    energyWords(run, say),
    ...(run.carbonG === null
      ? []
      : [say(text('{0} on the grid of {1}', figureText(run.carbonG, 'carbon', say), run.region ?? '?'))]),
    ...missing(run, say),
  ];
  return parts.join(', ');
}

export function energyWords({ energy, coverage }: RunRecord, say: Say): string {
  if (energy?.status === 'unresolved')
    return say(text('too short, or too little work, for the sensors to tell its energy'));
  if (energy === null || energy.attributedJ === null) return say(text('its energy is not known'));
  const domains = [...new Set(coverage.map(({ domain }) => domain))].join(', ');
  return say(text('{0} of {1}', figureText(energy.attributedJ, 'energy', say), domains));
}

/** The longest reason. */
function missing({ energy }: RunRecord, say: Say): readonly string[] {
  if (energy === null || energy.status === 'unresolved') return [];
  const [most] = [...energy.unattributed].sort((a, b) => b.seconds - a.seconds);
  return most === undefined
    ? []
    : [say(text('without {0} of {1}: {2}', format.duration(most.seconds), most.domain, most.reason))];
}
