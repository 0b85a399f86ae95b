import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Disposable } from '../../../src/base/store';
import { seconds } from '../../../src/base/units';
import { nodeClocks, nodeWait } from '../../../src/services/ports/clock';
import { nodeMeterWorld } from '../../../src/services/ports/hardware';
import { runProgram, streamProgram } from '../../../src/services/ports/programs';
import { nodeSysFiles } from '../../../src/services/ports/sysfs';

const node = process.execPath;

test('a program that runs, one that fails, one that hangs, and one that is not there', async () => {
  const ok = await runProgram(node, ['-e', 'console.log(process.env.LC_ALL); console.error("b")'], seconds(20));
  assert.deepEqual(ok, { status: 'ok', stdout: 'C\n', stderr: 'b\n' });
  const failed = await runProgram(node, ['-e', 'console.log("a"); process.exit(3)'], seconds(20));
  assert.deepEqual([failed.status, failed.stdout], ['failed', 'a\n']);
  const hung = await runProgram(node, ['-e', 'setInterval(() => {}, 1000)'], seconds(0.5));
  assert.equal(hung.status, 'timeout');
  const missing = await runProgram('modelwatt-no-such-program', [], seconds(5));
  assert.equal(missing.status, 'missing');
});

test('a stream tells lines and its end', async () => {
  const lines: string[] = [];
  const problem = await new Promise<string>(resolve => {
    streamProgram(node, ['-e', 'console.log("1\\n2"); process.exitCode = 7'], {
      onLine: line => lines.push(line),
      onEnd: resolve,
    });
  });
  assert.deepEqual(lines, ['1', '2']);
  assert.match(problem, /7/);
});

test('a stream of a program that is not there ends, and not before it has returned', async () => {
  let returned = false;
  await new Promise<void>((resolve, reject) => {
    streamProgram('modelwatt-no-such-program', [], {
      onLine: () => undefined,
      onEnd: () => (returned ? resolve() : reject(new Error('too early'))),
    });
    returned = true;
  });
});

test('disposing of a stream ends the program and is silent', async () => {
  const heard: string[] = [];
  let stream: Disposable | undefined;
  const pid = await new Promise<number>(resolve => {
    stream = streamProgram(node, ['-e', 'console.log(process.pid); setInterval(() => console.log("x"), 20)'], {
      onLine: line => {
        heard.push(line);
        resolve(Number(heard[0]));
      },
      onEnd: () => assert.fail('nobody asked'),
    });
  });
  stream?.dispose();
  const told = heard.length;
  const gone = (): boolean => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  };
  for (let tries = 0; tries < 200 && !gone(); tries++) await sleep(25);
  assert.ok(gone());
  assert.equal(heard.length, told);
});

test('files: text, missing, and what is no file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'modelwatt-'));
  try {
    writeFileSync(join(folder, 'a'), '7\n');
    assert.deepEqual(nodeSysFiles.read(join(folder, 'a')), { ok: true, text: '7\n' });
    assert.deepEqual(nodeSysFiles.read(join(folder, 'b')), { ok: false, why: 'missing' });
    assert.deepEqual(nodeSysFiles.read(folder), { ok: false, why: 'failed' });
    assert.deepEqual(nodeSysFiles.list(folder), ['a']);
    assert.deepEqual(nodeSysFiles.list(join(folder, 'none')), []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('time is monotonic in seconds', async () => {
  const before = nodeClocks.now();
  await nodeWait(seconds(0.05));
  const passed = nodeClocks.now() - before;
  assert.ok(passed >= 0.045 && passed < 10, String(passed));
  assert.ok(nodeClocks.wall() > 1.6e9);
});

test('this machine has threads, memory and a load', async () => {
  const world = nodeMeterWorld();
  const identity = await world.identify();
  assert.ok(identity.threads >= 1);
  assert.ok(identity.memory! > 1e8);
  const times = world.cpuTimes();
  assert.ok(times !== undefined && times.total > times.busy && times.busy > 0);
});
