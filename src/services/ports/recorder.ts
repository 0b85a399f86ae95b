/** The recorder of runs on this machine. */
import os from 'node:os';
import { RunRecorder } from '../runs/recorder';
import { nodeClocks } from './clock';
import { procSource } from './processes';

export const nodeRecorder = (): RunRecorder =>
  new RunRecorder({ processes: procSource(), clock: nodeClocks, threads: Math.max(1, os.availableParallelism()) });
