/** Finding the process behind a run that nobody names: a debugged program, a notebook's kernel. Through /proc. */
import type { Root } from '../../report/liveRun';
import type { Process } from '../../runs/processes';
import { TICKS_PER_S } from '../../runs/processes';
import { nodeSysFiles } from './sysfs';
import { procSource } from './processes';

/** Words of a process's command line. */
export type CommandLine = readonly string[];

interface Candidate extends Process {
  readonly words: CommandLine;
}

/**
 * The one process that began within the last seconds and is what is wanted; of a process and its children the process.
 * Undefined where there is none, or where several could be meant.
 */
export function youngProcess(withinS: number, isWanted: (words: CommandLine) => boolean): Root | undefined {
  const upS = uptimeS();
  if (upS === undefined) return undefined;
  const earliest = (upS - withinS) * TICKS_PER_S;
  return only(candidates(process => process.began >= earliest, isWanted));
}

/** Kernels of notebooks, which are named so by what starts them. */
export const kernels = (): readonly Process[] => outermost(candidates(() => true, isKernel));

const isKernel = (words: CommandLine): boolean =>
  words.some(word => /^(ipykernel(_launcher)?|xpython|xeus-python)$/.test(word) || /[\\/](ipykernel_launcher(\.py)?|xpython)$/.test(word)); // prettier-ignore

/** The kernel that has been working: the only one with a second's worth of use, or the only one at all. */
export function busyKernel(before: readonly Process[]): Root | undefined {
  const now = kernels();
  if (now.length === 1) return only(now);
  const used = now.map(kernel => {
    const then = before.find(({ pid, began }) => pid === kernel.pid && began === kernel.began);
    return { kernel, usedS: kernel.ownS + kernel.waitedS - (then ? then.ownS + then.waitedS : 0) };
  });
  const [first, second] = used.sort((a, b) => b.usedS - a.usedS);
  if (first === undefined || first.usedS < LEAST_S || (second !== undefined && second.usedS > first.usedS / 4)) return undefined; // prettier-ignore
  return { pid: first.kernel.pid, kind: 'process' };
}

const LEAST_S = 0.2;

function candidates(
  isCandidate: (process: Process) => boolean,
  isWanted: (words: CommandLine) => boolean,
): readonly Candidate[] {
  const all = procSource().all() ?? new Map<number, Process>();
  return [...all.values()].filter(isCandidate).flatMap(process => {
    const answer = nodeSysFiles.read(`/proc/${process.pid}/cmdline`);
    const words = answer.ok ? answer.text.split('\0').filter(word => word !== '') : [];
    return words.length > 0 && isWanted(words) ? [{ ...process, words }] : [];
  });
}

function outermost<P extends Process>(found: readonly P[]): readonly P[] {
  const pids = new Set(found.map(({ pid }) => pid));
  return found.filter(({ parent }) => !pids.has(parent));
}

function only(found: readonly Process[]): Root | undefined {
  const [first, ...others] = outermost(found);
  return first === undefined || others.length > 0 ? undefined : { pid: first.pid, kind: 'process' };
}

function uptimeS(): number | undefined {
  const answer = nodeSysFiles.read('/proc/uptime');
  const value = answer.ok ? Number.parseFloat(answer.text) : NaN;
  return Number.isFinite(value) ? value : undefined;
}
