import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TracePoint } from '../../src/meters/trace';
import { Trace } from '../../src/meters/trace';

const energy = (points: readonly TracePoint[]): number => points.reduce((sum, { meanW, toldS }) => sum + meanW * toldS, 0); // prettier-ignore
const told = (points: readonly TracePoint[]): number => points.reduce((sum, { toldS }) => sum + toldS, 0);

/** A reading each second; undefined is a gap. */
function filled(seconds: number, watts: (second: number) => number | undefined): Trace {
  const trace = new Trace();
  for (let second = 1; second <= seconds; second++) {
    const power = watts(second);
    if (power !== undefined) trace.add(second, 1, power);
  }
  return trace;
}

test('the last minutes by the second', () => {
  const points = filled(300, second => second).points(240, 300, 1000);
  assert.equal(points.length, 60);
  assert.deepEqual(points[0], { atS: 240, stepS: 1, toldS: 1, meanW: 241, lowW: 241, highW: 241 });
});

const spans: readonly [what: string, fromS: number, most: number, stepS: number][] = [
  ['two hours', 7200, 2000, 10],
  ['a day', 86_400, 2000, 60],
  ['a week', 7 * 86_400, 2000, 600],
  ['a day in a small picture', 86_400, 200, 600],
  ['ten minutes in a small picture', 600, 100, 10],
];
for (const [what, span, most, stepS] of spans) {
  test(`${what} in steps of ${stepS} s: energy and time are kept, and so are peaks`, () => {
    const end = 8 * 86_400;
    const watts = (second: number): number => 50 + (second % 1000 === 7 ? 400 : second % 3);
    const points = filled(end, watts).points(end - span, end, most);
    assert.ok(points.length <= most + 1, String(points.length));
    assert.equal(points[0]?.stepS, stepS);
    let expected = 0;
    for (let second = end - span + 1; second <= end; second++) expected += watts(second);
    assert.ok(Math.abs(energy(points) - expected) < 1e-6 * expected);
    assert.equal(told(points), span);
    if (span >= 1000) assert.equal(Math.max(...points.map(({ highW }) => highW)), 450);
  });
}

test('a gap is left out and not bridged; the mean beside it is that of what was told', () => {
  const trace = filled(1200, second => (second > 303 && second <= 900 ? undefined : 80));
  const points = trace.points(0, 1200, 200);
  assert.equal(told(points), 603);
  assert.ok(points.every(({ meanW }) => meanW === 80));
  assert.equal(points.filter(({ atS }) => atS > 310 && atS < 900).length, 0);
});

test('what is older than a ring holds comes from the next one, and nothing from before', () => {
  const trace = filled(3000, () => 10);
  assert.equal(trace.points(2500, 3000, 2000)[0]?.stepS, 1);
  assert.equal(trace.points(100, 3000, 5000)[0]?.stepS, 10);
  assert.deepEqual(trace.points(-500, -100, 100), []);
  assert.deepEqual(new Trace().points(0, 100, 100), []);
});

test('a clock that goes back and values that are none change nothing', () => {
  const trace = filled(100, () => 10);
  trace.add(50, 1, 1000);
  trace.add(101, 0, 1000);
  trace.add(101, 1, NaN);
  assert.equal(Math.max(...trace.points(0, 101, 1000).map(({ highW }) => highW)), 10);
});

test('memory does not depend on what it holds', () => {
  const before = new Trace().bytes;
  assert.equal(filled(2 * 86_400, () => 1).bytes, before);
  assert.ok(before < 200_000);
});
