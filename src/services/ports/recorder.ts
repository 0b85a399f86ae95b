/** The recorder of runs on this machine. */
import { readlinkSync } from 'node:fs';
import os from 'node:os';
import { RunRecorder } from '../runs/recorder';
import { nodeClocks } from './clock';
import { procSource } from './processes';

export const nodeRecorder = (): RunRecorder =>
  new RunRecorder({
    processes: procSource(),
    clock: nodeClocks,
    threads: Math.max(1, os.availableParallelism()),
    ownIds: hasOwnProcessIds(),
  });

/** The first space of process ids has this number in every Linux (proc_ns.h); a container's has another. */
function hasOwnProcessIds(): boolean {
  try {
    return readlinkSync('/proc/self/ns/pid') !== 'pid:[4026531836]';
  } catch {
    return false;
  }
}
