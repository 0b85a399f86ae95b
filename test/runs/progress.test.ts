/**
 * Transcripts in test/fixtures/progress: `> ` a piece of output (`\r`, `\n`, `\b`, `\t`, `\e` are escapes), `= ` what is
 * known once it was read. A line without `=` after it changes nothing.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import type { Bounds, Progress } from '../../src/runs/progress';
import { ProgressReader } from '../../src/runs/progress';

const FOLDER = 'test/fixtures/progress';

const ESCAPES: Readonly<Record<string, string>> = { r: '\r', n: '\n', b: '\b', t: '\t', e: '\u001b', '\\': '\\' };
const unescape = (text: string): string => text.replace(/\\(.)/g, (whole, letter: string) => ESCAPES[letter] ?? whole);

const range = ({ low, high }: Bounds): string => {
  const [a, b] = [low, high].map(value => Number(value.toFixed(4)));
  return a === b ? `${a}` : `${a}–${b}`;
};

function words(progress: Progress | undefined): string {
  if (progress === undefined) return 'nothing';
  const { format, epochs, step, fraction } = progress;
  return [
    format,
    epochs && `epochs ${range(epochs.done)} of ${epochs.total ? range(epochs.total) : '?'}`,
    step && `step ${step.done}/${step.total} of the ${step.of}`,
    fraction ? `run ${range(fraction)}` : 'run ?',
  ]
    .filter(part => part !== null)
    .join(', ');
}

interface Piece {
  readonly output: string;
  readonly expected: string | undefined;
  readonly line: number;
}

function pieces(name: string): readonly Piece[] {
  const lines = readFileSync(`${FOLDER}/${name}`, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    if (!line.startsWith('> ')) return [];
    const next = lines[index + 1];
    return [{ output: unescape(line.slice(2)), expected: next?.startsWith('= ') ? next.slice(2) : undefined, line: index + 1 }]; // prettier-ignore
  });
}

const transcripts = readdirSync(FOLDER);

for (const name of transcripts) {
  test(name, () => {
    const reader = new ProgressReader();
    let known = 'nothing';
    for (const { output, expected, line } of pieces(name)) {
      reader.feed(output);
      const now = words(reader.progress);
      assert.equal(now, expected ?? known, `${name}:${line}`);
      known = now;
    }
  });
}

test('however the output is cut into pieces, the same is known in the end', () => {
  for (const name of transcripts) {
    const output = pieces(name)
      .map(piece => piece.output)
      .join('');
    const whole = new ProgressReader();
    whole.feed(output);
    whole.end();
    for (const size of [1, 7, 64]) {
      const cut = new ProgressReader();
      for (let at = 0; at < output.length; at += size) cut.feed(output.slice(at, at + size));
      cut.end();
      assert.deepEqual(cut.progress, whole.progress, `${name} in pieces of ${size}`);
    }
  }
});

test('what is said to be done never exceeds what is said to be there, whatever lines are mixed', () => {
  const lines = transcripts.flatMap(name => pieces(name).map(({ output }) => output));
  let state = 1;
  for (let round = 0; round < 300; round++) {
    const reader = new ProgressReader();
    for (let count = 0; count < 60; count++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      reader.feed(lines[(state >>> 8) % lines.length]!);
      const { fraction, epochs, step } = reader.progress ?? {};
      for (const one of [fraction, epochs?.done, epochs?.total])
        if (one) assert.ok(one.low >= 0 && one.low <= one.high, `round ${round}: ${one.low}–${one.high}`);
      if (fraction) assert.ok(fraction.high <= 1);
      if (step && step.total !== null) assert.ok(step.done >= 0);
    }
  }
});

test('output without an end of line is not kept for ever', () => {
  const reader = new ProgressReader();
  for (let count = 0; count < 2000; count++) reader.feed('x'.repeat(1000));
  reader.feed('\nEpoch 2/4\n');
  assert.equal(reader.progress?.epochs?.done.low, 0);
});
