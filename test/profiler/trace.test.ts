/** Traces in the runtime's form, cut down to what matters: nesting, cold runs, renamed nodes, device times. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTrace } from '../../src/profiler/trace';

interface Event {
  cat: string;
  name: string;
  ts: number;
  dur: number;
  tid: number;
  args: object;
}

const run = (ts: number, dur: number): Event => ({ cat: 'Session', name: 'model_run', ts, dur, tid: 1, args: {} });
const node = (name: string, ts: number, dur: number, more: Record<string, unknown> = {}): Event => ({
  ...{ cat: 'Node', name: `${name}_kernel_time`, ts, dur, tid: 1 },
  args: { op_name: 'Op', node_index: '0', provider: 'CPUExecutionProvider', ...more },
});
const device = (name: string, ts: number, dur: number): Event => ({
  ...{ cat: 'Api', name, ts, dur, tid: -1 },
  args: {},
});

const times = (events: Event[], cold = 0): Record<string, number> =>
  Object.fromEntries(
    readTrace(JSON.stringify(events), cold, 'basic').nodes.map(({ name, selfS }) => [name, Math.round(selfS * 1e6)]),
  );

const tables: readonly [name: string, events: Event[], cold: number, expected: Record<string, number>][] = [
  ['one run', [run(0, 100), node('a', 10, 30), node('b', 50, 20)], 0, { a: 30, b: 20 }],
  [
    'the median of the runs, the cold one left out',
    [run(0, 900), node('a', 10, 800)]
      .concat([run(1000, 50), node('a', 1010, 30)])
      .concat([run(1100, 50), node('a', 1110, 34)])
      .concat([run(1200, 90), node('a', 1210, 80)]),
    1,
    { a: 34 },
  ],
  [
    'an If is not counted twice, at any depth',
    // if: 100 = 10 own + 60 (inner if: 20 own + 40) + 30
    [run(0, 200), node('if', 0, 100), node('inner', 5, 60), node('x', 10, 40), node('y', 70, 30), node('z', 120, 7)],
    0,
    { if: 10, inner: 20, x: 40, y: 30, z: 7 },
  ],
  [
    'a body that ran several times adds up',
    [run(0, 100), node('loop', 0, 90), node('body', 10, 20), node('body', 40, 20), node('body', 70, 10)],
    0,
    { loop: 40, body: 50 },
  ],
  [
    'neighbours that touch are not nested',
    [run(0, 100), node('a', 0, 10), node('b', 10, 10), node('c', 20, 5)],
    0,
    { a: 10, b: 10, c: 5 },
  ],
  [
    'a node that only some runs reach has its median',
    [run(0, 10), node('a', 1, 2), run(20, 10), node('a', 21, 2), node('b', 25, 4), run(40, 10), node('a', 41, 2)],
    0,
    { a: 2, b: 0 },
  ],
  [
    "on WebGPU the device's times count, under the names before layout changes",
    [
      run(0, 500),
      node('conv_token_12', 10, 5, { provider: 'WebGpuExecutionProvider', op_name: 'Conv' }),
      node('shape', 20, 3, { op_name: 'Shape' }),
      device('Transpose_token_4&Transpose&Transpose', 40, 9),
      device('conv_token_12&Conv&Im2Col', 60, 100),
      device('conv_token_12&Conv&MatMul', 200, 50),
    ],
    0,
    { conv: 150, shape: 3, Transpose: 9 },
  ],
];
for (const [name, events, cold, expected] of tables)
  test(`trace: ${name}`, () => assert.deepEqual(times(events, cold), expected));

test('order in the file does not matter', () => {
  const events = [run(0, 200), node('if', 0, 100), node('x', 10, 40), node('y', 70, 30)];
  assert.deepEqual(times([...events].reverse()), times(events));
});

test('unnamed nodes are told apart by their index', () => {
  const { nodes } = readTrace(
    JSON.stringify([
      run(0, 100),
      node('', 0, 10, { node_index: '3', op_name: 'Conv' }),
      node('', 20, 5, { node_index: '4', op_name: 'Relu' }),
    ]),
    0,
    'basic',
  );
  assert.deepEqual(
    nodes.map(({ op, index }) => [op, index]),
    [
      ['Conv', 3],
      ['Relu', 4],
    ],
  );
});

test('threads are the caller and its helpers', () => {
  const stats = (helpers: string[]): object => ({
    thread_scheduling_stats: { main_thread: {}, sub_threads: Object.fromEntries(helpers.map(id => [id, {}])) },
  });
  const events = [
    run(0, 9),
    node('a', 0, 1, stats(['7', '8']) as Record<string, unknown>),
    node('b', 2, 1, stats(['8']) as Record<string, unknown>),
  ];
  assert.equal(readTrace(JSON.stringify(events), 0, 'basic').threads, 3);
  assert.equal(readTrace(JSON.stringify([run(0, 9), node('a', 0, 1)]), 0, 'basic').threads, 1);
  assert.equal(readTrace('[]', 0, 'basic').threads, null);
});

test('a trace without runs has no nodes, and no trace is an error', () => {
  assert.deepEqual(readTrace('[]', 1, 'basic').nodes, []);
  assert.throws(() => readTrace('{}', 1, 'basic'), TypeError);
  assert.throws(() => readTrace('[{"cat":', 1, 'basic'), SyntaxError);
});
