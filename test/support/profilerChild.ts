/** The real child process for tests: its program bundled as the product bundles it, and small models in a folder. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { TinyModel } from './onnxBytes';
import { onnxBytes } from './onnxBytes';

export interface Workshop {
  readonly childPath: string;
  /** Where the profiler is told to put its folders; empty when nothing runs. */
  readonly temporaryFolder: string;
  /** For whatever else a test writes. */
  readonly scratch: string;
  file(name: string, content: TinyModel | Uint8Array | string): Promise<string>;
  close(): Promise<void>;
}

export async function openWorkshop(): Promise<Workshop> {
  // Below the repository, so that the runtime is found.
  const programs = join('out', 'profiler-test', String(process.pid));
  const childPath = join(process.cwd(), programs, 'profiler.cjs');
  await build({
    entryPoints: ['src/profiler/worker.ts'],
    outfile: childPath,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external: ['onnxruntime-node'],
    supported: { 'dynamic-import': false },
    logLevel: 'warning',
  });
  const folder = await mkdtemp(join(tmpdir(), 'profiler-test-'));
  const temporaryFolder = join(folder, 'temporary');
  await mkdir(temporaryFolder);
  return {
    childPath,
    temporaryFolder,
    scratch: folder,
    file: async (name, content) => {
      const path = join(folder, name);
      const plain = typeof content === 'string' || content instanceof Uint8Array;
      await writeFile(path, plain ? content : onnxBytes(content));
      return path;
    },
    close: async () => {
      await rm(folder, { recursive: true, force: true });
      await rm(programs, { recursive: true, force: true });
    },
  };
}

/** x [batch, 3] → y, with a product named `mm` and a `relu`. */
export const smallModel: TinyModel = {
  inputs: [{ name: 'x', dtype: 'float32', dims: ['batch', 3] }],
  outputs: [{ name: 'y', dtype: 'float32', dims: ['batch', 4] }],
  nodes: [
    { op: 'MatMul', inputs: ['x', 'w'], outputs: ['h'], name: 'mm' },
    { op: 'Relu', inputs: ['h'], outputs: ['y'], name: 'relu' },
  ],
  initializers: [{ name: 'w', dtype: 'float32', dims: [3, 4], data: 0.5 }],
};

/** y = x³² for square x: seconds per run where the size is a thousand or two. */
export const slowModel = (size: number, products = 32): TinyModel => ({
  inputs: [{ name: 'x', dtype: 'float32', dims: [size, size] }],
  outputs: [{ name: `y${products}`, dtype: 'float32', dims: [size, size] }],
  nodes: Array.from({ length: products }, (_, i) => ({
    op: 'MatMul',
    inputs: [i === 0 ? 'x' : `y${i}`, 'x'],
    outputs: [`y${i + 1}`],
    name: `mm${i}`,
  })),
});
