/**
 * What git has stored, through one `git cat-file --batch`: a line asks, a header and the content answer, in order. Trees
 * are walked here, each read once: from one commit to the next most of them are the same.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { InputError } from '../../base/findings';
import { text } from '../../base/text';

interface Stored {
  readonly id: string;
  readonly kind: string;
  readonly content: Buffer;
}

interface Entry {
  readonly id: string;
  readonly isFolder: boolean;
}

type Folder = ReadonlyMap<string, Entry>;

const NOTHING: Folder = new Map();
const MOST_KEPT = 4000;

export class Objects {
  readonly #batch: Batch;
  readonly #roots = new Map<string, Promise<Folder>>();
  readonly #folders = new Map<string, Promise<Folder>>();

  constructor(catFile: ChildProcessWithoutNullStreams) {
    this.#batch = new Batch(catFile);
  }

  async idOf(commit: string, path: string): Promise<string | undefined> {
    let folder = await once(this.#roots, commit, () => this.#folder(`${commit}^{tree}`));
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    for (const part of parts) {
      const inner = folder.get(part);
      if (inner?.isFolder !== true) return undefined;
      folder = await once(this.#folders, inner.id, () => this.#folder(inner.id));
    }
    const found = folder.get(name);
    return found === undefined || found.isFolder ? undefined : found.id;
  }

  async read(commit: string, path: string): Promise<Uint8Array | undefined> {
    const id = await this.idOf(commit, path);
    const stored = id === undefined ? undefined : await this.#batch.ask(id);
    return stored?.kind === 'blob' ? stored.content : undefined;
  }

  dispose(): void {
    this.#batch.dispose();
  }

  async #folder(asked: string): Promise<Folder> {
    const stored = await this.#batch.ask(asked);
    return stored?.kind === 'tree' ? entriesOf(stored) : NOTHING;
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  let value = known.get(key);
  if (value === undefined) {
    if (known.size >= MOST_KEPT) known.clear();
    known.set(key, (value = make()));
  }
  return value;
}

/** `mode name`, a zero, and the bytes of the id, again and again. */
function entriesOf({ id, content }: Stored): Folder {
  const found = new Map<string, Entry>();
  const size = id.length / 2;
  for (let at = 0; at < content.length;) {
    const blank = content.indexOf(32, at);
    const zero = content.indexOf(0, blank);
    if (blank < 0 || zero < 0) break;
    const mode = content.toString('latin1', at, blank);
    at = zero + 1 + size;
    found.set(content.toString('utf8', blank + 1, zero), {
      id: content.toString('hex', zero + 1, at),
      isFolder: mode === '40000',
    });
  }
  return found;
}

/** Questions and answers in their order. */
class Batch {
  readonly #waiting: {
    readonly done: (stored: Stored | undefined) => void;
    readonly failed: (error: Error) => void;
  }[] = [];
  #pieces: Buffer[] = [];
  #size = 0;
  #needed = 0;

  constructor(private readonly child: ChildProcessWithoutNullStreams) {
    child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    const fail = (): void => this.#waiting.splice(0).forEach(({ failed }) => failed(ended()));
    child.once('error', fail);
    child.once('close', fail);
    child.stdin.on('error', fail);
    child.stderr.resume();
  }

  ask(asked: string): Promise<Stored | undefined> {
    if (asked.includes('\n')) return Promise.resolve(undefined);
    // That a file was not there is an answer, and this is none.
    if (this.child.exitCode !== null) return Promise.reject(ended());
    return new Promise((done, failed) => {
      this.#waiting.push({ done, failed });
      this.child.stdin.write(`${asked}\n`);
    });
  }

  dispose(): void {
    this.child.stdin.end();
    this.child.kill();
  }

  #receive(chunk: Buffer): void {
    this.#pieces.push(chunk);
    this.#size += chunk.length;
    if (this.#size < this.#needed) return;
    let data = Buffer.concat(this.#pieces);
    for (let next = answerIn(data); next !== undefined; next = answerIn(data)) {
      if (next.length > data.length) {
        this.#needed = next.length;
        break;
      }
      this.#needed = 0;
      this.#waiting.shift()?.done(next.stored(data));
      data = data.subarray(next.length);
    }
    this.#pieces = [data];
    this.#size = data.length;
  }
}

const ended = (): InputError => new InputError('git-failed', text('git ended before it had answered'));

interface Answer {
  /** Of header, content and the line's end behind it. */
  readonly length: number;
  readonly stored: (data: Buffer) => Stored | undefined;
}

function answerIn(data: Buffer): Answer | undefined {
  const end = data.indexOf(10);
  if (end < 0) return undefined;
  const [, id = '', kind, digits] = /^(\S+) (\w+) (\d+)$/.exec(data.toString('utf8', 0, end)) ?? [];
  const size = Number(digits);
  // `… missing`, or ambiguous.
  if (kind === undefined) return { length: end + 1, stored: () => undefined };
  const stored = (all: Buffer): Stored => ({ id, kind, content: Buffer.from(all.subarray(end + 1, end + 1 + size)) });
  return { length: end + 1 + size + 1, stored };
}
