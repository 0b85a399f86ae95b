/** CPU time of process trees: what the kernel's texts say, and whose it is while processes come, go and wait. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Process, ProcessTable } from '../../src/runs/processes';
import { ProcessTimes, readStat } from '../../src/runs/processes';

type Row = readonly [pid: number, parent: number, ownS: number, waitedS?: number, began?: number];

const table = (...rows: readonly Row[]): ProcessTable =>
  new Map(rows.map(([pid, parent, ownS, waitedS = 0, began = pid]): [number, Process] => [pid, { pid, parent, ownS, waitedS, began }])); // prettier-ignore

const near = (actual: number | undefined, expected: number): void =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

const stat = (name: string): string =>
  `4242 (${name}) S 17 4242 17 34816 4242 4194304 1035 99 0 0 1234 66 500 20 20 0 8 0 987654 245 12 0 0 0`;

for (const name of ['python', 'a b', 'tmux: server (1)', ') S 1 1 1', '']) {
  test(`a process that calls itself "${name}" is read`, () =>
    assert.deepEqual(readStat(stat(name)), {
      pid: 4242,
      parent: 17,
      began: 987654,
      ownS: 13,
      waitedS: 5.2,
      group: 4242,
      foreground: 4242,
    }));
}

test('what is no such text is nothing', () => {
  for (const text of ['', '12', '12 (x)', '12 (x) S 1 2 3']) assert.equal(readStat(text), undefined);
});

interface Story {
  readonly name: string;
  readonly root: number;
  readonly kind?: 'shell';
  readonly tables: readonly ProcessTable[];
  readonly cpuS: number;
}

const stories: readonly Story[] = [
  { name: 'its own time, from its begin on', root: 10, tables: [table([1, 0, 5], [10, 1, 2]), table([1, 0, 9], [10, 1, 3.5])], cpuS: 1.5 }, // prettier-ignore
  { name: 'a child that came later, with all its time', root: 10, tables: [table([10, 1, 0]), table([10, 1, 1], [11, 10, 4, 1])], cpuS: 6 }, // prettier-ignore
  { name: 'a child that ended is counted once, to its last moment', root: 10, tables: [table([10, 1, 0]), table([10, 1, 1], [11, 10, 4]), table([10, 1, 1, 4.5])], cpuS: 5.5 }, // prettier-ignore
  { name: 'a child that nobody saw', root: 10, tables: [table([10, 1, 0]), table([10, 1, 0, 3])], cpuS: 3 },
  { name: 'a child that was not waited for keeps what was seen', root: 10, tables: [table([10, 1, 0]), table([10, 1, 0], [11, 10, 4]), table([10, 1, 1])], cpuS: 5 }, // prettier-ignore
  { name: 'grandchildren that ended with their parent', root: 10, tables: [table([10, 1, 0]), table([10, 1, 0], [11, 10, 1], [12, 11, 2]), table([10, 1, 0, 3.25])], cpuS: 3.25 }, // prettier-ignore
  { name: 'an orphan stays its', root: 10, tables: [table([1, 0, 0], [10, 1, 0], [11, 10, 1]), table([1, 0, 0], [10, 1, 0], [11, 1, 2])], cpuS: 1 }, // prettier-ignore
  { name: 'its last moments are in what its parent waited for', root: 10, tables: [table([1, 0, 0, 7], [10, 1, 1]), table([1, 0, 0, 7], [10, 1, 4]), table([1, 0, 0, 11.5])], cpuS: 3.5 }, // prettier-ignore
  { name: 'a process number that was used again is another process', root: 10, tables: [table([10, 1, 1]), table([10, 1, 9, 0, 77])], cpuS: 0 }, // prettier-ignore
  { name: 'of a shell what it does from now on', root: 10, kind: 'shell', tables: [table([10, 1, 3], [11, 10, 8]), table([10, 1, 3.5], [11, 10, 20], [12, 10, 2])], cpuS: 2.5 }, // prettier-ignore
  { name: 'an earlier job of the shell that ends is not its', root: 10, kind: 'shell', tables: [table([10, 1, 0], [11, 10, 8]), table([10, 1, 0, 8])], cpuS: 0 }, // prettier-ignore
  { name: 'other programs are not its', root: 10, tables: [table([10, 1, 0], [20, 1, 0]), table([10, 1, 0], [20, 1, 50], [21, 20, 3])], cpuS: 0 }, // prettier-ignore
  { name: 'a loop in the table ends', root: 10, tables: [table([10, 1, 0]), table([10, 1, 1], [30, 31, 4], [31, 30, 4])], cpuS: 1 }, // prettier-ignore
];

for (const { name, root, kind = 'process', tables, cpuS } of stories) {
  test(`a run has ${name}`, () => {
    const times = new ProcessTimes();
    const [first, ...others] = tables;
    assert.ok(first && times.begin('run', { pid: root, kind }, first));
    for (const next of others) times.take(next, true);
    near(times.of('run'), cpuS);
  });
}

test('a process belongs to the innermost run, from that run’s begin on', () => {
  const times = new ProcessTimes();
  times.begin('outer', { pid: 10, kind: 'process' }, table([10, 1, 0], [11, 10, 0]));
  times.take(table([10, 1, 1], [11, 10, 2]), true);
  times.begin('inner', { pid: 11, kind: 'process' }, table([10, 1, 1], [11, 10, 3]));
  times.take(table([10, 1, 2], [11, 10, 7], [12, 11, 5]), true);
  near(times.of('outer'), 5);
  near(times.of('inner'), 9);
  times.end('inner');
  times.take(table([10, 1, 3], [11, 10, 70], [12, 11, 50]), true);
  near(times.of('outer'), 6);
});

test('between whole tables new processes are not missed but late', () => {
  const times = new ProcessTimes();
  times.begin('run', { pid: 10, kind: 'process' }, table([10, 1, 0]));
  times.take(table([10, 1, 1]), false);
  near(times.of('run'), 1);
  assert.deepEqual(times.pids(), [10]);
  times.take(table([10, 1, 2], [11, 10, 3]), true);
  near(times.of('run'), 5);
  assert.deepEqual(times.pidsOf('run'), [10, 11]);
});

test('no run without its process, and none alive once that has ended', () => {
  const times = new ProcessTimes();
  assert.equal(times.begin('run', { pid: 10, kind: 'process' }, table([11, 1, 0])), false);
  assert.equal(times.of('run'), undefined);
  times.begin('run', { pid: 11, kind: 'process' }, table([11, 1, 0]));
  assert.equal(times.isAlive('run'), true);
  times.take(table([1, 0, 0]), true);
  assert.equal(times.isAlive('run'), false);
});

test('of a shell, the command that has the terminal already is the run’s, an earlier job is not', () => {
  const job = (pid: number, ownS: number): Process => ({ pid, parent: 10, began: pid, ownS, waitedS: 0, group: pid });
  const shell: Process = { pid: 10, parent: 1, began: 10, ownS: 0, waitedS: 0, group: 10, foreground: 12 };
  const at = (first: number, second: number): ProcessTable => new Map([[10, shell], [11, job(11, first)], [12, job(12, second)]]); // prettier-ignore
  const times = new ProcessTimes();
  times.begin('run', { pid: 10, kind: 'shell' }, at(5, 1));
  times.take(at(9, 4), true);
  near(times.of('run'), 4);
});
