/** Files under /proc and /sys through Node, read synchronously: the kernel answers from memory. */
import { readFileSync, readdirSync } from 'node:fs';
import type { SysFiles } from '../../meters/world';

export const nodeSysFiles: SysFiles = {
  read: path => {
    try {
      return { ok: true, text: readFileSync(path, 'utf8') };
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EACCES' || code === 'EPERM') return { ok: false, why: 'denied' };
      return { ok: false, why: code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'failed' };
    }
  },
  list: path => {
    try {
      return readdirSync(path);
    } catch {
      return [];
    }
  },
  bytes: path => {
    try {
      return readFileSync(path);
    } catch {
      return undefined;
    }
  },
};

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
