/**
 * The real child with a stand-in for the driver's library, compiled here: the calls are made as they are shipped.
 * Needs a C compiler and the optional package; without them only the refusal is tested.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { seconds } from '../../src/base/units';
import type { Board } from '../../src/meters/boardLine';
import { boardLine, parseBoardLine } from '../../src/meters/boardLine';
import { runProgram } from '../../src/services/ports/programs';

const folder = mkdtempSync(join(tmpdir(), 'nvml-test-'));
const library = join(folder, 'libstandin.so');
// Below the repository, so that the package is found.
const programs = join('out', 'nvml-test', String(process.pid));
const child = join(process.cwd(), programs, 'nvml.cjs');

function compiled(): boolean {
  try {
    createRequire(join(process.cwd(), 'package.json')).resolve('koffi');
    execFileSync('gcc', ['-shared', '-fPIC', '-o', library, 'test/nvml/fake.c']);
    return true;
  } catch {
    return false;
  }
}
const real = process.platform === 'linux' && compiled();

before(async () => {
  await build({
    entryPoints: ['src/nvml/child.ts'],
    outfile: child,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external: ['koffi'],
    logLevel: 'warning',
  });
});

after(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(programs, { recursive: true, force: true });
});

const boardsIn = (stdout: string): readonly Board[] => stdout.split('\n').flatMap(line => parseBoardLine(line) ?? []);

test('boards with their counters, power, load and processes', { skip: !real }, async () => {
  const { status, stdout } = await runProgram(process.execPath, [child, library, '200', '2'], seconds(10));
  assert.equal(status, 'ok');
  const [first, second, later] = boardsIn(stdout);
  assert.deepEqual(
    { ...first, energy: 0n },
    { index: 0, uuid: 'GPU-0', name: 'Stand-in, 24 GB', milliwatts: 250_000, load: 93, energy: 0n, processes: [4321, 99] }, // prettier-ignore
  );
  assert.deepEqual([second?.energy, second?.milliwatts, second?.processes], [undefined, 75_500, []]);
  // 250 W over two tenths of a second, however late the timer was.
  const moved = Number(later!.energy! - first!.energy!) / 1000;
  assert.ok(moved >= 45 && moved < 250, String(moved));
});

test('it goes on until its reader is gone', { skip: !real }, async () => {
  const process_ = spawn(process.execPath, [child, library, '50'], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(process_.stdout, 'data');
  process_.stdout.destroy();
  const [code] = (await once(process_, 'exit')) as [number];
  assert.equal(code, 0);
});

test('without the library it says so and ends', async () => {
  const { status, stderr } = await runProgram(process.execPath, [child, 'libnothing.so.7', '100', '1'], seconds(10));
  assert.equal(status, 'failed');
  assert.match(stderr, /^libnothing\.so\.7: .+/);
});

test('lines are read as they were written; others are none', () => {
  const board: Board = { index: 3, uuid: 'GPU-x', name: 'A name', milliwatts: 1, load: 0, energy: 2n ** 60n, processes: [] }; // prettier-ignore
  assert.deepEqual(parseBoardLine(boardLine(board)), board);
  const silent: Board = { ...board, milliwatts: undefined, load: undefined, energy: undefined, processes: undefined };
  assert.deepEqual(parseBoardLine(boardLine(silent)), silent);
  for (const line of ['', 'board', '0, GPU-x, 61.5, 0, NVIDIA', 'board\tx\ty\t1\t1\t1\t\tname'])
    assert.equal(parseBoardLine(line), undefined, line);
});
