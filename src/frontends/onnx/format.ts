/** What a file is that claims to be ONNX, told from its first bytes, so that the refusal can say how to mend it. */
import { InputError } from '../../base/findings';
import type { RangeReader } from '../../base/ports';
import { text } from '../../base/text';
import type { Malformed } from './wire';
import { MOST_FIELDS } from './wire';

const EXPORT = text('export the model to ONNX, for example with torch.onnx.export');

interface Format {
  readonly name: string;
  readonly matches: (bytes: Uint8Array, start: string) => boolean;
}

/** Magic numbers from the formats' own documentation. */
const FORMATS: readonly Format[] = [
  { name: 'PyTorch / Keras (zip)', matches: (_, start) => start.startsWith('PK\u0003\u0004') },
  { name: 'PyTorch (pickle)', matches: bytes => bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 0) <= 5 },
  { name: 'HDF5', matches: (_, start) => start.startsWith('\u0089HDF') },
  { name: 'TensorFlow Lite', matches: (_, start) => start.slice(4, 8) === 'TFL3' },
  { name: 'ORT', matches: (_, start) => start.slice(4, 8) === 'ORTM' },
  { name: 'GGUF', matches: (_, start) => start.startsWith('GGUF') },
  { name: 'gzip', matches: bytes => bytes[0] === 0x1f && bytes[1] === 0x8b },
  { name: 'safetensors', matches: (_, start) => start.slice(8, 10) === '{"' },
  { name: 'HTML', matches: (_, start) => /^\s*<(!doctype|html|\?xml)/i.test(start) },
  { name: 'JSON', matches: (_, start) => /^\s*[{[]\s*["{[]/.test(start) },
];

/** Throws `InputError` where the file is known to be something else. */
export async function refuseOtherFormats(path: string, reader: RangeReader): Promise<void> {
  if (reader.size === 0)
    throw new InputError('empty-file', text('"{0}" is empty', path), text('export or download the model again'));
  const bytes = await reader.read(0, Math.min(reader.size, 256));
  const start = String.fromCharCode(...bytes);
  if (start.startsWith('version https://git-lfs.github.com/spec/'))
    throw new InputError(
      'git-lfs-pointer',
      text('"{0}" is a Git LFS pointer, not the model itself', path),
      text('run "git lfs pull" to fetch the file'),
    );
  const format = FORMATS.find(({ matches }) => matches(bytes, start));
  if (format !== undefined)
    throw new InputError('wrong-format', text('"{0}" is a {1} file, not ONNX', path, format.name), EXPORT);
}

/** What a broken message means to the user. What exactly is wrong at that byte is for developers: `error.message`. */
export function refuseMalformed(path: string, size: number, error: Malformed): InputError {
  if (error.kind === 'too-large')
    return new InputError(
      'too-large',
      text('"{0}" has more than {1} fields; so many are not read', path, MOST_FIELDS),
      text('simplify the model before it is saved'),
    );
  if (error.kind === 'truncated')
    return new InputError(
      'truncated-file',
      text('"{0}" ends early: it has {1} bytes and should have more', path, size),
      text('download or copy the file again; it is incomplete'),
    );
  return new InputError(
    'invalid-model',
    text('"{0}" is no valid ONNX model: it breaks off making sense at byte {1}', path, error.offset),
    text('check that it is an ONNX file, and export or download it again'),
  );
}
