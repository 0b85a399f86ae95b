/** Our end of the recorder: a program in a session of its own, told through its input what happens to the run. */
import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { FromRecorder, RunStart, ToRecorder } from '../protocol/recorder';
import type { Watcher } from './wrapped';

type Done = Extract<FromRecorder, { kind: 'done' }>;

/** So much that waits to be told is left out: progress comes again. */
const MOST_WAITING = 1_000_000;
/** A disk that is slow to flush, and git on a large repository. */
const ANSWER_MS = 30_000;

export class RecorderLink implements Watcher {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly ready: Promise<void>;
  readonly #done: Promise<Done | undefined>;

  constructor(program: string, start: RunStart) {
    this.#child = spawn(process.execPath, [program], { detached: true, stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true }); // prettier-ignore
    // It may end before it has read everything; then it is asked for its answer in vain.
    this.#child.stdin.on('error', () => undefined);
    let isReady = (): void => undefined;
    this.ready = new Promise(done => (isReady = done));
    this.#done = new Promise(done => {
      createInterface({ input: this.#child.stdout }).on('line', line => {
        const message = JSON.parse(line) as FromRecorder;
        if (message.kind === 'ready') isReady();
        else done(message);
      });
      const ended = (): void => {
        isReady();
        done(undefined);
      };
      this.#child.once('error', ended);
      this.#child.once('close', ended);
    });
    this.#tell({ kind: 'begin', start });
  }

  began(pid: number): void {
    this.#tell({ kind: 'root', pid, atMs: Date.now() });
  }

  output(stream: number, chunk: string): void {
    if (this.#child.stdin.writableLength < MOST_WAITING) this.#tell({ kind: 'output', stream, chunk });
  }

  file(stream: number, path: string, size: number): void {
    this.#tell({ kind: 'file', stream, path, size });
  }

  async exited(exitCode: number): Promise<Done | undefined> {
    this.#tell({ kind: 'exit', exitCode, atMs: Date.now() });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>(done => {
      timer = setTimeout(() => done(undefined), ANSWER_MS);
    });
    const answer = await Promise.race([this.#done, late]);
    clearTimeout(timer);
    return answer;
  }

  /** Lets it go on alone, and ours end. */
  close(): void {
    this.#child.stdin.end();
    this.#child.stdout.destroy();
    this.#child.unref();
  }

  #tell(message: ToRecorder): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }
}
