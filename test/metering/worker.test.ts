import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveMetering } from '../../src/metering/worker';
import type { MeteringCalls, MeteringEvents } from '../../src/protocol/metering';
import type { Client } from '../../src/protocol/rpc';
import { createClient } from '../../src/protocol/rpc';
import type { LiveRun } from '../../src/report/liveRun';
import type { MeterSnapshot } from '../../src/report/meter';
import type { MeteringOptions } from '../../src/services/metering';
import { startMetering } from '../../src/services/metering';
import { channelPair } from '../support/fakeChannel';
import { Machine } from '../support/machine';

interface Served {
  readonly client: Client<MeteringCalls, MeteringEvents>;
  readonly machine: Machine;
  readonly close: () => void;
  /** A second passes, for every meter that runs. */
  readonly tick: () => void;
  readonly running: () => number;
  readonly intervals: readonly number[];
}

function served(): Served {
  const machine = new Machine('desktop-intel');
  const calls = new Set<() => void>();
  const intervals: number[] = [];
  const { a, b, close } = channelPair();
  serveMetering(b, (options: MeteringOptions) =>
    startMetering(machine.world, {
      ...options,
      every: (interval, call) => {
        intervals.push(interval);
        calls.add(call);
        return { dispose: () => calls.delete(call) };
      },
    }),
  );
  return {
    client: createClient<MeteringCalls, MeteringEvents>(a),
    machine,
    close,
    tick: () => {
      machine.advance(1);
      for (const call of calls) call();
    },
    running: () => calls.size,
    intervals,
  };
}

test('nothing runs, and nothing is known, before the start', async () => {
  const { client, running } = served();
  assert.equal(await client.call('read', {}), null);
  assert.equal(running(), 0);
});

test('one meter serves every start; snapshots come each interval, reads in between', async () => {
  const { client, tick, running, machine, intervals } = served();
  const heard: MeterSnapshot[] = [];
  client.on('snapshot', snapshot => heard.push(snapshot));
  await Promise.all([client.call('start', { intervalS: 1 }), client.call('start', { intervalS: 1 })]);
  assert.equal(running(), 1);
  tick();
  tick();
  machine.advance(0.5);
  const between = await client.call('read', {});
  assert.equal(heard.length, 2);
  assert.ok(between!.energyJ!.value > heard[1]!.energyJ!.value);
  assert.deepEqual(intervals, [1]);
});

test('an interval too short to be harmless is raised', async () => {
  const { client, intervals } = served();
  await client.call('start', { intervalS: 0 });
  assert.deepEqual(intervals, [0.1]);
});

test('stopping ends the meter, and it can be started anew from zero', async () => {
  const { client, tick, running } = served();
  await client.call('start', { intervalS: 1 });
  tick();
  await client.call('stop', {});
  assert.equal(running(), 0);
  assert.equal(await client.call('read', {}), null);
  const again = await client.call('start', { intervalS: 1 });
  assert.equal(again.seconds, 0);
});

test('a starter that goes away leaves nothing running', async () => {
  const { client, close, running } = served();
  await client.call('start', { intervalS: 1 });
  close();
  await sleep(0);
  assert.equal(running(), 0);
});

test('a meter that cannot start is refused, and the next start tries again', async () => {
  const { a, b } = channelPair();
  let tries = 0;
  serveMetering(b, () => {
    tries++;
    return Promise.reject(new Error('no'));
  });
  const client = createClient<MeteringCalls, MeteringEvents>(a);
  await assert.rejects(client.call('start', { intervalS: 1 }));
  await assert.rejects(client.call('start', { intervalS: 1 }));
  assert.equal(tries, 2);
  assert.equal(await client.call('read', {}), null);
  assert.equal(await client.call('stop', {}), null);
});

test('runs are told after each snapshot, and their account at their end; no other id has one', async () => {
  const { client, tick } = served();
  const heard: (readonly LiveRun[])[] = [];
  client.on('runs', runs => heard.push(runs));
  await client.call('start', { intervalS: 1 });
  await client.call('beginRun', { id: 'a', root: { pid: process.pid, kind: 'process' }, region: 'DE' });
  await client.call('runOutput', { id: 'a', chunk: 'Epoch 1/3\nEpoch 2/3\n' });
  tick();
  await sleep(5);
  const account = await client.call('endRun', { id: 'a' });
  assert.deepEqual(
    heard.map(runs => runs.map(({ id }) => id)),
    [['a']],
  );
  assert.deepEqual([account?.id, account?.region, account?.progress?.epochsTotal], ['a', 'DEU', 3]);
  assert.equal(await client.call('endRun', { id: 'a' }), null);
  tick();
  assert.equal(heard.length, 1);
});
