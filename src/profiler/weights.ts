/** Writes the generated weights of an emitted model as the external data file that its tensors point to. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../base/findings';
import { text } from '../base/text';
import type { PlannedTensor, WeightPlan } from '../protocol/profiler';
import { Source, bytesOf, store } from './elements';

/** Elements made and written at a time: even, so that 4-bit pairs stay together. */
const PIECE = 1 << 20;

/** Returns the file's path. `onProgress` hears the share of bytes written. */
export async function writeWeights(
  plan: WeightPlan,
  folder: string,
  onProgress: (fraction: number) => void = () => undefined,
): Promise<string> {
  if (plan.file === '' || /[/\\]|^\.\.?$/.test(plan.file)) throw new RangeError(`not a plain file name: ${plan.file}`);
  const path = join(folder, plan.file);
  const file = await open(path, 'w');
  try {
    // Gaps between tensors, for alignment, read as zeros.
    await file.truncate(plan.bytes);
    const source = new Source(plan.seed);
    let written = 0;
    for (const tensor of plan.tensors) {
      await writeTensor(file, tensor, source);
      written += tensor.bytes;
      onProgress(plan.bytes === 0 ? 1 : written / plan.bytes);
    }
  } catch (error) {
    throw explain(error, plan.bytes);
  } finally {
    await file.close();
  }
  return path;
}

async function writeTensor(file: FileHandle, tensor: PlannedTensor, source: Source): Promise<void> {
  let offset = tensor.offset;
  for (let left = tensor.elements; left > 0; left -= PIECE) {
    const bytes = bytesOf(store(tensor.dtype, source.take(tensor.fill, Math.min(left, PIECE))));
    await file.write(bytes, 0, bytes.length, offset);
    offset += bytes.length;
  }
  if (offset !== tensor.offset + tensor.bytes)
    throw new RangeError(`${tensor.name}: planned ${tensor.bytes} bytes, made ${offset - tensor.offset}`);
}

function explain(error: unknown, bytes: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EFBIG') return error;
  return new InputError(
    'disk-full',
    text('there is no room for {0} MB of generated weights', Math.ceil(bytes / 1e6)),
    text('free some space in the folder for temporary files, or point TMPDIR to a larger one'),
  );
}
