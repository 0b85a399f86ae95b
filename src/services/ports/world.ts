/** Files for the front ends, through Node. Missing files are an answer, not an exception; directories are no files. */
import { statSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import type { RangeReader } from '../../base/ports';
import type { World } from '../../frontends/frontend';

/** A source file beyond this size is generated data, and would stall the interpreter. */
const MAX_TEXT_BYTES = 32_000_000;

export const nodeWorld: World = {
  stamp: path => {
    try {
      const info = statSync(path, { throwIfNoEntry: false, bigint: true });
      return info === undefined ? 'none' : `${info.mtimeNs} ${info.ctimeNs} ${info.size} ${info.ino}`;
    } catch {
      return undefined;
    }
  },
  readText: async path => {
    try {
      // Most of what is asked for is not there, which is not worth a thread.
      const info = statSync(path, { throwIfNoEntry: false });
      return info?.isFile() === true && info.size <= MAX_TEXT_BYTES ? await readFile(path, 'utf8') : undefined;
    } catch {
      return undefined;
    }
  },
  openRange: async path => {
    try {
      const info = await stat(path);
      return info.isFile() ? rangeReader(path, info.size) : undefined;
    } catch {
      return undefined;
    }
  },
};

/** Opens the file for each read: nothing stays open, and a file replaced meanwhile is a short read. */
function rangeReader(path: string, size: number): RangeReader {
  return {
    size,
    read: async (offset, length) => {
      const handle = await open(path, 'r');
      try {
        const buffer = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
        let filled = 0;
        while (filled < buffer.length) {
          const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, offset + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return filled === buffer.length ? buffer : buffer.subarray(0, filled);
      } finally {
        await handle.close();
      }
    },
  };
}
