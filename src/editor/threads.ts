/** Our programs that run as worker threads beside the extension host: bounded in memory, their output in the log. */
import { Worker } from 'node:worker_threads';
import type { Log } from '../base/ports';
import { workerChannel } from '../services/ports/channels';
import type { Program } from './restarting';

export interface ThreadOptions {
  readonly file: string;
  /** Heap of the thread, in MiB: a model that needs more ends the thread, not the editor. */
  readonly heapMiB: number;
  readonly log: Log;
}

const YOUNG_MIB = 96;

export function startThread({ file, heapMiB, log }: ThreadOptions): Program {
  const worker = new Worker(file, {
    // Room for what one model takes, so that it is not copied again and again while it is read.
    resourceLimits: { maxOldGenerationSizeMb: heapMiB, maxYoungGenerationSizeMb: YOUNG_MIB },
    stdout: true,
    stderr: true,
  });
  const tell = (chunk: unknown): void => log.info(String(chunk).trimEnd());
  worker.stdout.on('data', tell);
  worker.stderr.on('data', tell);
  worker.on('error', error => log.error(error instanceof Error ? (error.stack ?? error.message) : String(error)));
  // The editor does not wait for it.
  worker.unref();
  return { channel: workerChannel(worker), end: () => void worker.terminate() };
}
