/** Files and folders named on the command line: refused before anything reads them where they cannot be read. */
import { access, constants, stat } from 'node:fs/promises';
import { InputError } from '../base/findings';
import { text } from '../base/text';
import type { AnalyzeRequest } from '../protocol/analysis';

/** Throws `InputError` where the file is missing, a folder, or not to be read, or a search path is no folder. */
export async function checkPaths({ path, searchPath }: Pick<AnalyzeRequest, 'path' | 'searchPath'>): Promise<void> {
  const info = await stat(path).catch((error: unknown) => {
    throw refused(path, error);
  });
  if (info.isDirectory())
    throw new InputError('is-a-folder', text('"{0}" is a folder', path), text('name a file in it'));
  await access(path, constants.R_OK).catch((error: unknown) => {
    throw refused(path, error);
  });
  for (const folder of searchPath)
    // A mistyped one would only show as imports that cannot be followed.
    if ((await stat(folder).catch(() => undefined))?.isDirectory() !== true)
      throw new InputError('missing-folder', text('there is no folder "{0}"', folder), text('check the path'));
}

/** What the system says about a file, as a refusal; anything else stays what it is. */
export function refused(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ERR_INVALID_ARG_VALUE')
    return new InputError('missing-file', text('there is no file "{0}"', path), text('check the path'));
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new InputError(
      'no-permission',
      text('"{0}" may not be read or written', path),
      text('check the permissions of the file'),
    );
  return error;
}
