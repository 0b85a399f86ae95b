/**
 * The runtime's provider for NVIDIA GPUs is too large for its package: which file holds it, and where it may lie already.
 * The runtime opens its provider libraries beside its own, so a child is shown a folder that holds both.
 */
import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface ProviderPackage {
  /** Of the runtime that it fits: the two speak an interface that no other version has. */
  readonly version: string;
  /** What people know it as. */
  readonly title: string;
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Files in the archive that are kept, by their paths in it. */
  readonly entries: readonly string[];
  readonly unpackedBytes: number;
  /** What must be installed besides it. */
  readonly needs: string;
}

const CAPI = 'onnxruntime/capi';
const SHARED = 'libonnxruntime_providers_shared.so';
export const CUDA_LIBRARY = 'libonnxruntime_providers_cuda.so';

/**
 * The wheel that the runtime's makers publish on PyPI; address and hash are those of the index
 * (https://pypi.org/project/onnxruntime-gpu/1.30.0/#files).
 */
export const CUDA_PACKAGE: ProviderPackage = {
  version: '1.30.0',
  title: 'onnxruntime-gpu 1.30.0',
  url: 'https://files.pythonhosted.org/packages/9e/80/d96143329dbe925d434b016c890a5caa785fac8e14a1570e5d6818b63545/onnxruntime_gpu-1.30.0-cp312-cp312-manylinux_2_28_x86_64.whl',
  bytes: 246_685_715,
  sha256: '6acc0f4b3d5ac5f2984432faa59dd8fcce6775f8b43a7140afa0f322c7a703b1',
  entries: [`${CAPI}/${SHARED}`, `${CAPI}/${CUDA_LIBRARY}`],
  unpackedBytes: 272_064_536,
  needs: 'CUDA 13, cuDNN 9',
};

/** Only there does the runtime know the provider. */
export const canHaveCuda = (platform: string, arch: string): boolean => platform === 'linux' && arch === 'x64';

/** Folders of the runtime's provider and of what it needs in turn. */
export interface ProviderLibraries {
  readonly folder: string;
  /** Where the maker's own libraries lie that the provider is linked against; empty where the system has them. */
  readonly needed: readonly string[];
}

export const holdsProvider = (folder: string): boolean =>
  existsSync(join(folder, SHARED)) && existsSync(join(folder, CUDA_LIBRARY));

/** Beside the runtime itself; undefined where there is no runtime. */
export function runtimeFolder(childPath: string): string | undefined {
  try {
    const entry = createRequire(childPath).resolve('onnxruntime-node');
    return join(dirname(entry), '..', 'bin', 'napi-v6', process.platform, process.arch);
  } catch {
    return undefined;
  }
}

/** The provider in a Python environment that has the GPU variant of the very same version. */
export function librariesInPython(sitePackages: readonly string[]): ProviderLibraries | undefined {
  const site = sitePackages.find(
    folder =>
      existsSync(join(folder, `onnxruntime_gpu-${CUDA_PACKAGE.version}.dist-info`)) &&
      holdsProvider(join(folder, CAPI)),
  );
  return site === undefined ? undefined : { folder: join(site, CAPI), needed: neededIn(site) };
}

/** The GPU maker's libraries as Python packages bring them. */
export function neededIn(site: string): readonly string[] {
  try {
    const root = join(site, 'nvidia');
    return readdirSync(root)
      .flatMap(name => [join(root, name, 'lib'), join(root, name)])
      .filter(folder => existsSync(folder) && readdirSync(folder).some(file => file.includes('.so')));
  } catch {
    return [];
  }
}

/** Folders of packages of an interpreter, from where it lies: nothing is run. */
export function sitePackagesOf(interpreter: string): readonly string[] {
  const root = dirname(dirname(interpreter));
  const versions = [join(root, 'lib'), join(root, 'local', 'lib')].flatMap(folder =>
    list(folder).flatMap(name => (/^python3(\.\d+)?$/.test(name) ? [join(folder, name)] : [])),
  );
  return versions.flatMap(folder => [join(folder, 'site-packages'), join(folder, 'dist-packages')]).filter(existsSync);
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const RUNTIME = 'libonnxruntime.so.1';

/**
 * Variables for a child that shall find the libraries: a folder of links to them and to the runtime, which the loader
 * searches first. Made in the child's own folder, so that nothing of it outlives the child.
 */
export function environmentWith(
  { folder, needed }: ProviderLibraries,
  runtime: string,
  childFolder: string,
  environment: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  for (const [from, name] of [
    [runtime, RUNTIME],
    [folder, SHARED],
    [folder, CUDA_LIBRARY],
  ] as const)
    symlinkSync(join(from, name), join(childFolder, name));
  const before = environment['LD_LIBRARY_PATH'];
  return { ...environment, LD_LIBRARY_PATH: [childFolder, ...needed, ...(before ? [before] : [])].join(':') };
}
