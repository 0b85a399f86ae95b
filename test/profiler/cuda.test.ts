/** Where the provider for NVIDIA GPUs is found, and that a child then opens it there. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { render } from '../../src/base/text';
import { createProfiler } from '../../src/profiler/client';
import { CUDA_PACKAGE, librariesInPython, type ProviderLibraries, sitePackagesOf } from '../../src/profiler/cuda';
import type { Workshop } from '../support/profilerChild';
import { openWorkshop } from '../support/profilerChild';

let folder = '';
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'cuda-test-'))));
after(() => rm(folder, { recursive: true, force: true }));

async function put(path: string, content = ''): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

describe('a Python environment', () => {
  const site = 'env/lib/python3.12/site-packages';
  before(async () => {
    await put('env/bin/python');
    await put(`${site}/onnxruntime/capi/libonnxruntime_providers_shared.so`);
    await put(`${site}/onnxruntime/capi/libonnxruntime_providers_cuda.so`);
    await put(`${site}/nvidia/cublas/lib/libcublas.so.13`);
    await put(`${site}/nvidia/readme/README`);
  });

  test('has its packages beside the interpreter', () =>
    assert.deepEqual(sitePackagesOf(join(folder, 'env/bin/python')), [join(folder, site)]));

  test('of another version is no use', async () => {
    await put(`${site}/onnxruntime_gpu-1.2.3.dist-info/METADATA`);
    assert.equal(librariesInPython([join(folder, site)]), undefined);
  });

  test('of the same version has the provider, and the libraries that it needs', async () => {
    await put(`${site}/onnxruntime_gpu-${CUDA_PACKAGE.version}.dist-info/METADATA`);
    assert.deepEqual(librariesInPython([join(folder, 'none'), join(folder, site)]), {
      folder: join(folder, site, 'onnxruntime/capi'),
      needed: [join(folder, site, 'nvidia/cublas/lib')],
    });
  });
});

describe('a child', { skip: process.platform !== 'linux' || process.arch !== 'x64' }, () => {
  let workshop: Workshop;
  before(async () => void (workshop = await openWorkshop()));
  after(() => workshop.close());

  const why = async (libraries: ProviderLibraries | undefined): Promise<string> => {
    const probed = await createProfiler({ ...workshop, libraries: () => Promise.resolve(libraries) }).probe();
    assert.ok(probed.kind === 'finished', JSON.stringify(probed));
    const cuda = probed.value.find(({ provider }) => provider === 'cuda');
    assert.ok(cuda !== undefined);
    return cuda.works ? 'works' : render(cuda.why);
  };

  test('without the provider says that it is not installed', async t => {
    const said = await why(undefined);
    if (said === 'works') t.skip('this machine has CUDA');
    else assert.match(said, /its libraries are not installed/);
  });

  test('opens the provider where it was found, and says what that lacks in turn', async () => {
    // Files that are no libraries: that the loader complains of them shows that it looked here.
    await put('made/libonnxruntime_providers_shared.so', 'not a library');
    await put('made/libonnxruntime_providers_cuda.so', 'not a library');
    assert.match(await why({ folder: join(folder, 'made'), needed: [] }), /too short|invalid ELF header/);
  });

  test('is asked again once the libraries have changed', async () => {
    const found: ProviderLibraries[] = [];
    const profiler = createProfiler({ ...workshop, libraries: () => Promise.resolve(found[0]) });
    const said = async (): Promise<string> => {
      const probed = await profiler.probe();
      const cuda = probed.kind === 'finished' ? probed.value.find(({ provider }) => provider === 'cuda') : undefined;
      return cuda?.works === false ? render(cuda.why) : 'works';
    };
    const first = await said();
    found.push({ folder: join(folder, 'made'), needed: [] });
    assert.notEqual(await said(), first);
  });
});
