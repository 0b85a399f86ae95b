/**
 * Downloads the runtime's provider library when the user has said so: in pieces to a folder of its own, checked against
 * the hash that was known before, unpacked, and renamed into place when all is right. Whatever goes wrong leaves nothing.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, statfs } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { basename, join } from 'node:path';
import type { Writable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InputError } from '../../base/findings';
import { text } from '../../base/text';
import type { Outcome } from '../../profiler/outcome';
import { refused } from '../../profiler/outcome';
import type { ProviderPackage } from '../../profiler/cuda';
import { unpackEntry } from './zip';

export interface SetUpOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SetUpProgress) => void;
  /** For tests. */
  readonly open?: (path: string) => Writable;
  readonly freeBytes?: (folder: string) => Promise<number>;
}

export interface SetUpProgress {
  readonly stage: 'downloading' | 'unpacking';
  /** From 0 to 1. */
  readonly fraction: number;
}

/** Puts the package's files into `folder`, which then holds nothing else. */
export async function setUpProvider(
  wanted: ProviderPackage,
  folder: string,
  { signal, onProgress = () => undefined, open = createWriteStream, freeBytes = freeBytesOf }: SetUpOptions = {},
): Promise<Outcome<null>> {
  const work = `${folder}.${process.pid}.part`;
  try {
    await rm(work, { recursive: true, force: true });
    await mkdir(work, { recursive: true });
    if ((await freeBytes(work)) < wanted.bytes + wanted.unpackedBytes) throw diskFull(wanted);
    const archive = join(work, 'archive');
    const found = await download(wanted, open(archive), signal, onProgress);
    if (found !== wanted.sha256) throw wrongHash(wanted, found);
    const made = join(work, 'files');
    await mkdir(made);
    for (const [index, entry] of wanted.entries.entries()) {
      onProgress({ stage: 'unpacking', fraction: index / wanted.entries.length });
      await unpackEntry(archive, entry, open(join(made, basename(entry))), signal);
    }
    await rm(folder, { recursive: true, force: true });
    await rename(made, folder);
    return { kind: 'finished', value: null };
  } catch (error) {
    if (signal?.aborted === true) return { kind: 'cancelled' };
    return refused(explained(error, wanted));
  } finally {
    await rm(work, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** False where there was nothing. */
export async function removeProvider(folder: string): Promise<boolean> {
  try {
    await rm(folder, { recursive: true });
    return true;
  } catch {
    return false;
  }
}

/** The hash of what arrived. */
async function download(
  { url, bytes }: ProviderPackage,
  file: Writable,
  signal: AbortSignal | undefined,
  onProgress: (progress: SetUpProgress) => void,
): Promise<string> {
  const response = await ask(url, signal).catch((error: unknown) => {
    file.destroy();
    throw error;
  });
  const hash = createHash('sha256');
  let arrived = 0;
  const watch = new Transform({
    transform: (chunk: Buffer, _, done) => {
      hash.update(chunk);
      arrived += chunk.length;
      onProgress({ stage: 'downloading', fraction: Math.min(1, arrived / bytes) });
      // More than was announced is another file, and would fill the disk before its hash is known.
      done(arrived > 2 * bytes ? new Error('the file is larger than it should be') : null, chunk);
    },
  });
  await pipeline(response, watch, file, { ...(signal && { signal }) });
  return hash.digest('hex');
}

const MOST_REDIRECTS = 5;
const SILENCE_MS = 30_000;

async function ask(url: string, signal: AbortSignal | undefined, redirects = 0): Promise<http.IncomingMessage> {
  const { get } = url.startsWith('http:') ? http : https;
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const request = get(url, { ...(signal && { signal }), timeout: SILENCE_MS }, resolve);
    request.once('timeout', () => request.destroy(new Error('the server does not answer')));
    request.once('error', reject);
  });
  const { statusCode = 0, headers } = response;
  if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined && redirects < MOST_REDIRECTS) {
    response.resume();
    return ask(new URL(headers.location, url).href, signal, redirects + 1);
  }
  if (statusCode !== 200) {
    response.resume();
    throw new Error(`the server answers ${statusCode}`);
  }
  return response;
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6);

const diskFull = ({ bytes, unpackedBytes }: ProviderPackage): InputError =>
  new InputError(
    'disk-full',
    text('the disk has not enough room: {0} MB are needed', megabytes(bytes + unpackedBytes)),
    text('make room and try again'),
  );

const wrongHash = ({ title, sha256 }: ProviderPackage, found: string): InputError =>
  new InputError(
    'wrong-hash',
    text('what was downloaded is not {0}: its SHA-256 is {1} instead of {2}', title, found, sha256),
    text('nothing of it was kept; try again, and ask whoever runs your network if it happens again'),
  );

function explained(error: unknown, wanted: ProviderPackage): InputError {
  if (error instanceof InputError) return error;
  const said = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(wanted);
  return new InputError(
    'download-failed',
    text('{0} could not be downloaded: {1}', wanted.title, said),
    text('check the connection and try again'),
  );
}

export { canHaveCuda, CUDA_PACKAGE, holdsProvider } from '../../profiler/cuda';
export type { ProviderPackage } from '../../profiler/cuda';
export type { Outcome } from '../../profiler/outcome';
