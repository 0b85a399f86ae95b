/** A look at a model file before the runtime sees it: what the runtime would call a parsing failure has simpler names. */
import { open, stat } from 'node:fs/promises';
import { InputError } from '../base/findings';
import { text } from '../base/text';

/** Throws `InputError` for what is certainly no model; returns the size in bytes. */
export async function checkModelFile(path: string): Promise<number> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined)
    throw new InputError('missing-file', text('there is no file "{0}"', path), text('check the path'));
  if (!info.isFile()) throw new InputError('invalid-model', text('"{0}" is no file', path), text('check the path'));
  if (info.size === 0)
    throw new InputError('invalid-model', text('"{0}" is empty', path), text('download or export it again'));
  if (await isPointer(path))
    throw new InputError(
      'git-lfs-pointer',
      text('"{0}" only stands for a model that git-lfs has not fetched', path),
      text('run "git lfs pull" in its repository'),
    );
  return info.size;
}

const POINTER = 'version https://git-lfs';

async function isPointer(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(POINTER.length), 0, POINTER.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === POINTER;
  } finally {
    await file.close();
  }
}
