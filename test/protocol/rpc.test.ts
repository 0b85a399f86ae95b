/** Calls, refusals, cancelling and closing over a channel in memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../../src/base/findings';
import { text } from '../../src/base/text';
import { seconds } from '../../src/base/units';
import type { CallOptions, Handlers } from '../../src/protocol/rpc';
import { RpcError, createClient, isCancelled, serve } from '../../src/protocol/rpc';
import { channelPair } from '../support/fakeChannel';

interface Calls {
  add: { params: { a: number; b: number }; result: number };
  count: { params: { to: number }; result: string; progress: number };
  nothing: { params: undefined; result: undefined };
  refuse: { params: undefined; result: number };
  fail: { params: undefined; result: number };
  wait: { params: undefined; result: number };
}

interface Events {
  tick: { watts: number };
}

const handlers: Handlers<Calls> = {
  add: ({ a, b }) => a + b,
  count: async ({ to }, { progress }) => {
    for (let i = 1; i <= to; i++) progress(i);
    return Promise.resolve(`counted to ${to}`);
  },
  nothing: () => undefined,
  refuse: () => {
    throw new InputError('bad-dims', text('{0} dims are wrong', 2), text('Give others.'));
  },
  fail: () => {
    throw new TypeError('a bug of ours');
  },
  wait: (_, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    }),
};

function connect(own: Handlers<Calls> = handlers, onFault: (error: unknown) => void = () => undefined) {
  const pair = channelPair();
  const server = serve<Calls, Events>(pair.b, own, { onFault });
  const client = createClient<Calls, Events>(pair.a);
  return { ...pair, server, client };
}

const rejectedCode = async (promise: Promise<unknown>): Promise<string> => {
  const error: unknown = await promise.then(
    () => assert.fail('was answered'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof RpcError || error instanceof InputError, String(error));
  return error.code;
};

const tick = (): Promise<void> => new Promise(done => setTimeout(done, 5));

test('answers arrive, each at its own call', async () => {
  const { client } = connect();
  const sums = await Promise.all([1, 2, 3].map(n => client.call('add', { a: n, b: 10 })));
  assert.deepEqual(sums, [11, 12, 13]);
});

test('progress comes before the answer, in order', async () => {
  const { client } = connect();
  const seen: number[] = [];
  assert.equal(await client.call('count', { to: 3 }, { onProgress: n => seen.push(n) }), 'counted to 3');
  assert.deepEqual(seen, [1, 2, 3]);
});

test('a refusal keeps its code, text and remedy', async () => {
  const { client } = connect();
  await assert.rejects(client.call('refuse', undefined), (error: unknown) => {
    assert.ok(error instanceof InputError);
    assert.equal(error.code, 'bad-dims');
    assert.deepEqual(error.text, { template: '{0} dims are wrong', args: [2] });
    assert.deepEqual(error.remedy, { template: 'Give others.', args: [] });
    return true;
  });
});

test('a fault of ours is internal, reported on its side, with its words for the log', async () => {
  const faults: unknown[] = [];
  const { client } = connect(handlers, error => {
    faults.push(error);
  });
  await assert.rejects(client.call('fail', undefined), (error: unknown) => {
    assert.ok(error instanceof RpcError && error.code === 'internal');
    assert.match(error.detail ?? '', /a bug of ours/);
    return true;
  });
  assert.equal(faults.length, 1);
});

test('an unknown method is an error reply, inherited names too', async () => {
  const { client } = connect();
  for (const name of ['subtract', 'constructor', 'toString', '__proto__'])
    assert.equal(await rejectedCode(client.call(name as 'add', { a: 1, b: 1 })), 'unknown-method');
});

test('what cannot be cloned is refused at either end', async () => {
  const { client } = connect({ ...handlers, add: () => (() => 1) as never });
  assert.equal(await rejectedCode(client.call('add', (() => 1) as never)), 'unsendable');
  assert.equal(await rejectedCode(client.call('add', { a: 1, b: 1 })), 'internal');
});

const cancellations: readonly [name: string, when: 'before' | 'during'][] = [
  ['before the call', 'before'],
  ['during the call', 'during'],
];
for (const [name, when] of cancellations) {
  test(`cancelling ${name} rejects and reaches the handler`, async () => {
    let aborted = 0;
    const { client } = connect({
      ...handlers,
      wait: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted++;
            reject(signal.reason as Error);
          });
        }),
    });
    const controller = new AbortController();
    if (when === 'before') controller.abort();
    const call = client.call('wait', undefined, { signal: controller.signal });
    if (when === 'during') setTimeout(() => controller.abort(), 1);
    const error: unknown = await call.catch((reason: unknown) => reason);
    assert.ok(isCancelled(error));
    await tick();
    assert.equal(aborted, when === 'during' ? 1 : 0);
  });
}

const givenUp: readonly [string, CallOptions<never>, string][] = [
  ['a timeout', { timeout: seconds(0.002) }, 'timeout'],
];
for (const [name, options, code] of givenUp) {
  test(`${name} rejects, and a late answer is passed over`, async () => {
    const { client } = connect({ ...handlers, wait: () => new Promise(done => setTimeout(done, 10, 1)) });
    assert.equal(await rejectedCode(client.call('wait', undefined, options)), code);
    await new Promise(done => setTimeout(done, 20));
    assert.equal(await client.call('add', { a: 1, b: 1 }), 2);
  });
}

test('a closed channel rejects what is pending, aborts what runs, and refuses what comes later', async () => {
  let aborted = false;
  const { client, close } = connect({
    ...handlers,
    wait: (_, { signal }) => new Promise(() => signal.addEventListener('abort', () => (aborted = true))),
  });
  const pending = [client.call('wait', undefined), client.call('wait', undefined)];
  await tick();
  close();
  for (const call of pending) assert.equal(await rejectedCode(call), 'closed');
  assert.equal(aborted, true);
  assert.equal(await rejectedCode(client.call('add', { a: 1, b: 1 })), 'closed');
});

test('a disposed client rejects what is pending', async () => {
  const { client } = connect();
  const call = client.call('wait', undefined);
  client.dispose();
  assert.equal(await rejectedCode(call), 'closed');
});

test('events reach their listeners until those are disposed', async () => {
  const { client, server, close } = connect();
  const seen: number[] = [];
  const listener = client.on('tick', ({ watts }) => seen.push(watts));
  server.emit('tick', { watts: 7 });
  await tick();
  listener.dispose();
  server.emit('tick', { watts: 8 });
  await tick();
  assert.deepEqual(seen, [7]);
  close();
  server.emit('tick', { watts: 9 }); // nobody there: no complaint
});

test('both ends may ask and answer on one channel', async () => {
  const { a, b } = channelPair();
  serve<Calls>(a, handlers);
  serve<Calls>(b, { ...handlers, add: ({ a: x, b: y }) => x * y });
  const [asksB, asksA] = [createClient<Calls>(a), createClient<Calls>(b)];
  assert.deepEqual(await Promise.all([asksB.call('add', { a: 3, b: 4 }), asksA.call('add', { a: 3, b: 4 })]), [12, 7]);
});

test('other traffic is passed over', async () => {
  const { a, client } = connect();
  for (const stray of [null, 7, 'text', {}, { rpc: 'request' }, { rpc: 3, id: 1 }, { type: 'theme' }]) a.send(stray);
  assert.equal(await client.call('add', { a: 1, b: 2 }), 3);
});
