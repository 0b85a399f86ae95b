/** Programs that are started late, die, come back, and are left alone when they keep dying. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../../src/base/findings';
import { text } from '../../src/base/text';
import { createRestarting, type Program } from '../../src/editor/restarting';
import { RpcError, serve } from '../../src/protocol/rpc';
import { channelPair } from '../support/fakeChannel';

interface Calls {
  add: { params: readonly number[]; result: number };
  die: { params: null; result: null };
}
interface Events {
  tick: number;
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }; // prettier-ignore

function setUp() {
  let time = 0;
  const started: { emit(value: number): void; ended: boolean }[] = [];
  const start = (): Program => {
    const { a: near, b: far, close } = channelPair();
    const server = serve<Calls, Events>(far, {
      add: numbers => numbers.reduce((a, b) => a + b, 0),
      die: () => {
        close();
        return null;
      },
    });
    const run = { emit: (value: number) => server.emit('tick', value), ended: false };
    started.push(run);
    return { channel: near, end: () => (run.ended = true) };
  };
  const client = createRestarting<Calls, Events>({
    name: 'it',
    failing: text('it fails'),
    start,
    log: silent,
    now: () => time,
  });
  return { client, started, pass: (ms: number) => (time += ms) };
}

const closed = (error: unknown): boolean => error instanceof RpcError && error.code === 'closed';
const settle = () => new Promise(resolve => setTimeout(resolve, 5));

test('nothing runs before the first call, and one program serves all', async () => {
  const { client, started } = setUp();
  assert.equal(started.length, 0);
  assert.equal(await client.call('add', [1, 2]), 3);
  assert.equal(await client.call('add', [3, 4]), 7);
  assert.equal(started.length, 1);
});

test('a death rejects what was asked, and the next call starts it again', async () => {
  const { client, started } = setUp();
  await assert.rejects(client.call('die', null), closed);
  assert.equal(await client.call('add', [1, 1]), 2);
  assert.equal(started.length, 2);
});

test('listeners outlive a death, and may come before the start', async () => {
  const { client, started } = setUp();
  const heard: number[] = [];
  const early = client.on('tick', value => heard.push(value));
  await client.call('add', []);
  client.on('tick', value => heard.push(10 * value));
  started[0]?.emit(1);
  await settle();
  await client.call('die', null).catch(() => undefined);
  await client.call('add', []);
  early.dispose();
  started[1]?.emit(2);
  await settle();
  assert.deepEqual(heard, [1, 10, 20]);
});

test('three deaths within a minute, and it rests', async () => {
  const { client, pass } = setUp();
  for (let i = 0; i < 3; i++) {
    await assert.rejects(client.call('die', null), closed);
    pass(1000);
  }
  await assert.rejects(client.call('add', [1]), (error: unknown) => {
    assert.ok(error instanceof InputError);
    assert.equal(error.text.template, 'it fails');
    return true;
  });
  pass(60_000);
  assert.equal(await client.call('add', [1]), 1);
});

test('disposing ends the program and refuses calls', async () => {
  const { client, started } = setUp();
  await client.call('add', []);
  client.dispose();
  assert.equal(started[0]?.ended, true);
  await assert.rejects(client.call('add', []), InputError);
  assert.equal(started.length, 1);
});
