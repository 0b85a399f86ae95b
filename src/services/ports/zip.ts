/** One entry of a zip archive on the disk, unpacked as a stream: the archives are too large for memory. */
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

/** Offsets are those of PKWARE's APPNOTE.TXT, 4.3. */
const END = 0x06054b50;
const END_BYTES = 22;
const CENTRAL = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

export async function unpackEntry(
  archive: string,
  entry: string,
  target: Writable,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    const { start, bytes, method } = await find(archive, entry);
    if (method !== STORED && method !== DEFLATED) throw new Error(`"${entry}" is packed in an unknown way`);
    // `end` is the last byte that is read.
    const packed = createReadStream(archive, { start, end: start + bytes - 1 });
    const options = { ...(signal && { signal }) };
    if (method === STORED) await pipeline(packed, target, options);
    else await pipeline(packed, createInflateRaw(), target, options);
  } finally {
    target.destroy();
  }
}

interface Found {
  readonly start: number;
  readonly bytes: number;
  readonly method: number;
}

async function find(archive: string, wanted: string): Promise<Found> {
  const file = await open(archive);
  try {
    const { size } = await file.stat();
    // A comment of up to 64 KiB may follow the end record.
    const tail = await bytesAt(file, Math.max(0, size - END_BYTES - 0xffff), Math.min(size, END_BYTES + 0xffff));
    const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
    if (end < 0 || tail.readUInt32LE(end) !== END) throw new Error('this is no zip archive');
    const directory = await bytesAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    for (let at = 0; at + CENTRAL_BYTES <= directory.length && directory.readUInt32LE(at) === CENTRAL;) {
      const [name, extra, comment] = [28, 30, 32].map(offset => directory.readUInt16LE(at + offset));
      const ending = at + CENTRAL_BYTES + (name ?? 0);
      if (directory.toString('utf8', at + CENTRAL_BYTES, ending) === wanted) {
        const header = directory.readUInt32LE(at + 42);
        const local = await bytesAt(file, header, LOCAL_BYTES);
        const start = header + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
        return { start, bytes: directory.readUInt32LE(at + 20), method: directory.readUInt16LE(at + 10) };
      }
      at = ending + (extra ?? 0) + (comment ?? 0);
    }
    throw new Error(`the archive has no "${wanted}"`);
  } finally {
    await file.close();
  }
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
