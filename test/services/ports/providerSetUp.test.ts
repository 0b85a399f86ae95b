/** Setting up the provider for NVIDIA GPUs, against a server of this machine: how it ends well and how it may not. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, before, beforeEach, test } from 'node:test';
import { render } from '../../../src/base/text';
import type { ProviderPackage } from '../../../src/profiler/cuda';
import { CUDA_PACKAGE } from '../../../src/profiler/cuda';
import { removeProvider, setUpProvider, type SetUpOptions } from '../../../src/services/ports/providerSetUp';
import { zipBytes } from '../../support/zipBytes';

const [SHARED = '', CUDA = ''] = CUDA_PACKAGE.entries;
const shared = Buffer.from('shared');
const cuda = Buffer.alloc(300_000, 'cuda');
const archive = zipBytes({ [SHARED]: shared, 'other/file': Buffer.from('no'), [CUDA]: cuda });

let server: Server;
let answer: RequestListener = (_, response) => response.end(archive);
let folder = '';
let wanted: ProviderPackage;
before(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  wanted = {
    ...CUDA_PACKAGE,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/package.whl`,
    bytes: archive.length,
    unpackedBytes: shared.length + cuda.length,
    sha256: createHash('sha256').update(archive).digest('hex'),
  };
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'set-up-test-'));
  answer = (_, response) => response.end(archive);
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const target = (): string => join(folder, 'cuda');
const setUp = (options: SetUpOptions = {}, more: Partial<ProviderPackage> = {}) =>
  setUpProvider({ ...wanted, ...more }, target(), options);

async function refusal(options: SetUpOptions, more: Partial<ProviderPackage> = {}): Promise<string> {
  const outcome = await setUp(options, more);
  assert.ok(outcome.kind === 'refused', JSON.stringify(outcome));
  assert.ok(outcome.remedy !== undefined);
  // Nothing half done is left.
  assert.deepEqual(await readdir(folder), []);
  return `${outcome.code}: ${render(outcome.text)}`;
}

test('the files are there, whole, and nothing else; progress runs to the end', async () => {
  const seen: number[] = [];
  const outcome = await setUp({
    onProgress: ({ stage, fraction }) => {
      if (stage === 'downloading') seen.push(fraction);
    },
  });
  assert.deepEqual(outcome, { kind: 'finished', value: null });
  assert.deepEqual((await readdir(target())).sort(), ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so']); // prettier-ignore
  assert.ok((await readFile(join(target(), 'libonnxruntime_providers_cuda.so'))).equals(cuda));
  assert.equal(String(await readFile(join(target(), 'libonnxruntime_providers_shared.so'))), 'shared');
  assert.deepEqual(await readdir(folder), ['cuda']);
  assert.equal(seen.at(-1), 1);
  assert.equal(await removeProvider(target()), true);
  assert.equal(await removeProvider(target()), false);
});

test('a redirect is followed', async () => {
  answer = ({ url }, response) => {
    if (url === '/moved') response.end(archive);
    else response.writeHead(302, { location: '/moved' }).end();
  };
  assert.equal((await setUp()).kind, 'finished');
});

test('what was set up before stays until the new one is whole', async () => {
  await mkdir(target());
  await writeFile(join(target(), 'old'), '');
  assert.equal((await setUp({}, { sha256: 'other' })).kind, 'refused');
  assert.deepEqual(await readdir(target()), ['old']);
  assert.equal((await setUp()).kind, 'finished');
  assert.ok(!(await readdir(target())).includes('old'));
});

test('a wrong hash', async () => assert.match(await refusal({}, { sha256: 'f00' }), /^wrong-hash: .*instead of f00/));

test('a cut connection', async () => {
  answer = (_, response) => {
    response.writeHead(200, { 'content-length': String(archive.length) });
    response.write(archive.subarray(0, 300), () => response.destroy());
  };
  assert.match(await refusal({}), /^download-failed: /);
});

test('a server that refuses', async () => {
  answer = (_, response) => response.writeHead(404).end('no');
  assert.match(await refusal({}), /^download-failed: .*the server answers 404/);
});

test('no server', async () => assert.match(await refusal({}, { url: 'http://127.0.0.1:1/x' }), /^download-failed: /));

test('a file that does not end', async () => {
  answer = (_, response) => {
    const write = (): void => {
      if (!response.destroyed) response.write(Buffer.alloc(1 << 16), () => setImmediate(write));
    };
    write();
  };
  assert.match(await refusal({}), /^download-failed: .*larger than it should be/);
});

test('an archive of another kind', async () => {
  answer = (_, response) => response.end('plain');
  const sha256 = createHash('sha256').update('plain').digest('hex');
  assert.match(await refusal({}, { sha256 }), /^download-failed: .*no zip archive/);
});

test('a disk that is too full is seen before anything is fetched', async () => {
  let asked = false;
  answer = (_, response) => {
    asked = true;
    response.end(archive);
  };
  assert.match(await refusal({ freeBytes: () => Promise.resolve(archive.length) }), /^disk-full: /);
  assert.equal(asked, false);
});

for (const [when, full] of [
  ['while it is fetched', 'archive'],
  ['while it is unpacked', 'providers_cuda'],
] as const)
  test(`a disk that fills up ${when}`, async () => {
    const write = (_: Buffer, __: string, done: (error: Error) => void): void =>
      done(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
    const open = (path: string): Writable => (path.includes(full) ? new Writable({ write }) : createWriteStream(path));
    assert.match(await refusal({ open }), /^disk-full: /);
  });

test('cancelled on the way: at once, and nothing is left', async () => {
  answer = (_, response) => {
    response.writeHead(200);
    response.write(archive.subarray(0, 300));
  };
  const stop = new AbortController();
  let askedAt = 0;
  const outcome = await setUp({
    signal: stop.signal,
    onProgress: () => {
      askedAt ||= performance.now();
      stop.abort();
    },
  });
  assert.deepEqual(outcome, { kind: 'cancelled' });
  assert.ok(performance.now() - askedAt < 1000);
  assert.deepEqual(await readdir(folder), []);
  await rm(folder, { recursive: true });
});

test('the package fits the runtime that is shipped', async () => {
  const { dependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
    dependencies: Record<string, string>;
  };
  assert.equal(CUDA_PACKAGE.version, dependencies['onnxruntime-node']);
  assert.match(CUDA_PACKAGE.url, new RegExp(`onnxruntime_gpu-${CUDA_PACKAGE.version}-.*x86_64\\.whl$`));
  assert.match(CUDA_PACKAGE.sha256, /^[0-9a-f]{64}$/);
});
