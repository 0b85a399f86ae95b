import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seconds, watts } from '../../src/base/units';
import { BoardEnergy } from '../../src/meters/boardEnergy';
import { boardLine } from '../../src/meters/boardLine';
import { createNvidia } from '../../src/meters/nvidia';
import type { GpuLine } from '../../src/meters/nvidiaLines';
import type { World } from '../../src/meters/world';
import { Machine } from '../support/machine';

const line = (joules: number | undefined, power: number | undefined): GpuLine => ({
  index: '0',
  name: 'board',
  power: power === undefined ? undefined : watts(power),
  load: 1,
  ...(joules !== undefined && { energy: BigInt(Math.round(1000 * joules)) }),
});

/** Energy told for each second, with two lines in each. */
function told(lines: readonly GpuLine[]): readonly number[] {
  const board = new BoardEnergy(lines[0]!, 0);
  const energies: number[] = [];
  lines.slice(1).forEach((one, index) => {
    board.hear(one, (index + 1) / 2);
    if (index % 2 === 1) energies.push(board.take(seconds(1))?.value ?? NaN);
  });
  return energies;
}

const cases: readonly [what: string, lines: readonly GpuLine[], expected: readonly number[]][] = [
  ['the counter, whatever the power says', [line(0, 90), line(50, 90), line(100, 10), line(150, 10), line(200, 10)], [100, 100]],
  ['frozen: integrated power', [line(7, 80), line(7, 80), line(7, 80), line(7, 40), line(7, 40)], [80, 50]],
  ['reset: power for that while', [line(1e6, 80), line(3, 80), line(43, 80), line(83, 80), line(123, 80)], [80, 80]],
  ['a leap: power for that while', [line(0, 80), line(40, 80), line(1e9, 80), line(1e9 + 40, 80), line(1e9 + 80, 80)], [80, 80]],
  ['no power: the counter alone', [line(0, undefined), line(30, undefined), line(60, undefined), line(90, undefined), line(120, undefined)], [60, 60]],
]; // prettier-ignore
for (const [what, lines, expected] of cases) test(what, () => assert.deepEqual(told(lines), expected));

test('a line that is late: power stands in, and is taken off what comes', () => {
  const board = new BoardEnergy(line(0, 100), 0);
  board.hear(line(100, 100), 1);
  assert.equal(board.take(seconds(1))?.value, 100);
  assert.equal(board.take(seconds(1))?.value, 100);
  board.hear(line(310, 100), 3);
  assert.equal(board.take(seconds(1))?.value, 110);
});

test('a counter and a power that disagree for a minute are both in the range, and it is said', () => {
  const board = new BoardEnergy(line(0, 60), 0);
  let last;
  for (let second = 1; second <= 130; second++) {
    board.hear(line(100 * second, 60), second);
    last = board.take(seconds(1));
  }
  assert.equal(last?.value, 100);
  assert.ok(last.low <= 60 && last.high >= 100);
  assert.match(last.source, /differs/);
});

/** Idle, a matrix product, bursts of 50 ms: the power is a mean over the last second, seen for a quarter of it. */
test('bursts that power misses are counted', () => {
  const watt = (time: number): number => (time % 1 < 0.5 ? 400 : 60);
  const board = new BoardEnergy(line(0, 230), 0);
  let energy = 0;
  let sum = 0;
  for (let tick = 1; tick <= 240; tick++) {
    const at = tick / 2;
    energy += 0.5 * watt((tick - 1) / 2);
    // The sensor looks at the first part of each second only.
    board.hear(line(energy, 400), at);
    if (tick % 2 === 0) sum += board.take(seconds(1))!.value;
  }
  assert.ok(Math.abs(sum - 120 * 230) < 1, String(sum));
});

const world = (machine: Machine): World => ({
  ...machine.world,
  boardReader: (_, count) => ({ command: 'boards', args: count === undefined ? [] : ['once'] }),
});

const board = (index: number, energy: bigint | undefined, name = 'NVIDIA H100'): string =>
  boardLine({ index, uuid: `GPU-${index}`, name, energy, milliwatts: 100_000, load: 50, processes: [12] });

const probes: readonly [what: string, stdout: readonly string[], expected: string][] = [
  ['both count', [board(0, 1n), board(1, 5n), board(0, 50_001n), board(1, 40_005n)], 'counter gpu:0 gpu:1'],
  ['one does not count', [board(0, 1n), board(1, undefined), board(0, 50_001n), board(1, undefined)], 'unreliable'],
  ['frozen', [board(0, 7n), board(0, 7n)], 'unreliable'],
  ['leaping', [board(0, 7n), board(0, 7_000_000_007n)], 'unreliable'],
  ['a superchip, whose counter may hold the processor', [board(0, 1n, 'NVIDIA GH200 480GB'), board(0, 50_001n, 'NVIDIA GH200 480GB')], 'unreliable'],
  ['nothing', [], 'unreliable'],
]; // prettier-ignore
for (const [what, stdout, expected] of probes) {
  test(`${what}: ${expected === 'unreliable' ? 'the tool is asked' : expected}`, async () => {
    const machine = new Machine('gpu-server');
    machine.outcome = { status: 'ok', stdout: stdout.join('\n'), stderr: '' };
    const probe = await createNvidia(world(machine)).probe();
    assert.equal(probe.ok ? [probe.method, ...probe.covers].join(' ') : probe.reason, expected);
    assert.equal(machine.ran.length, expected === 'unreliable' ? 2 : 1);
  });
}

test('a counting board is read by one child, which ends with the meter', async () => {
  const machine = new Machine('gpu-server');
  machine.outcome = { status: 'ok', stdout: [board(0, 1n), board(0, 50_001n)].join('\n'), stderr: '' };
  const sensor = createNvidia(world(machine));
  await sensor.probe();
  const running = sensor.start(seconds(1));
  machine.advance(0.5);
  machine.write(board(0, 110_001n));
  machine.advance(0.5);
  machine.write(board(0, 170_001n));
  const [reading] = running.sample(seconds(1));
  assert.deepEqual(
    [reading?.domain, reading?.energy.value, reading?.energy.source],
    ['gpu:0', 120, 'NVML energy counter'],
  );
  assert.deepEqual(running.users?.('gpu:0'), [12]);
  running.dispose();
  assert.deepEqual(machine.streams.map(({ command, ended }) => [command, ended]), [['boards', true]]); // prettier-ignore
});
