/** A run's progress from its output: pieces that are handed over, and files that it writes by itself. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Progress } from '../../runs/progress';
import { ProgressReader } from '../../runs/progress';

/** At each look; of a file that grows faster the end counts. */
const MOST_BYTES = 1_000_000;

export class RunOutput {
  readonly #readers = new Map<number, ProgressReader>();
  readonly #files = new Map<number, { readonly path: string; at: number }>();

  feed(stream: number, chunk: string): void {
    this.#readerOf(stream).feed(chunk);
  }

  follow(stream: number, path: string, size: number): void {
    this.#files.set(stream, { path, at: size });
  }

  /** What is known now: of the stream that tells how far the whole run is, else of any. */
  look(): Progress | undefined {
    for (const [stream, file] of this.#files) {
      const piece = readFrom(file);
      if (piece !== '') this.feed(stream, piece);
    }
    const told = [...this.#readers.values()].flatMap(({ progress }) => progress ?? []);
    return told.find(({ fraction }) => fraction !== null) ?? told[0];
  }

  #readerOf(stream: number): ProgressReader {
    const reader = this.#readers.get(stream) ?? new ProgressReader();
    this.#readers.set(stream, reader);
    return reader;
  }
}

function readFrom(file: { readonly path: string; at: number }): string {
  try {
    const handle = openSync(file.path, 'r');
    try {
      const { size } = fstatSync(handle);
      // Shorter than before: it was begun anew.
      const from = Math.max(size < file.at ? 0 : file.at, size - MOST_BYTES);
      const buffer = Buffer.alloc(Math.max(0, size - from));
      const read = readSync(handle, buffer, 0, buffer.length, from);
      file.at = from + read;
      return buffer.toString('utf8', 0, read);
    } finally {
      closeSync(handle);
    }
  } catch {
    return '';
  }
}
