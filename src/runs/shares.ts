/**
 * Which share of a domain's energy belongs to each run within one span between two readings of the meter, and by which
 * rule. Knows no joules. Shares of all runs in a domain never sum to more than 1: the rest is other programs'.
 */
import type { Text } from '../base/text';
import { text } from '../base/text';

/** One run within a span. A process belongs to one run: the innermost one, where a run starts another. */
export interface RunSpan {
  readonly id: string;
  /** For how much of the span the run lived. */
  readonly livedS: number;
  /** CPU seconds of its process tree in the span, children that ended included; null where they cannot be told. */
  readonly cpuS: number | null;
  /** GPU domains on which its processes were seen; null where the list of a GPU's processes cannot be matched to ours. */
  readonly gpus: readonly string[] | null;
}

/**
 * `cpu-time`: by CPU seconds against those of all programs. `gpu-alone`: nobody else was on the GPU. `gpu-shared`: a
 * list of processes tells presence and not shares, so the value is an equal part and the range all that is possible.
 * `module`: CPU time for a counter that holds a GPU too, whose users are not known.
 */
export type Rule = 'cpu-time' | 'gpu-alone' | 'gpu-shared' | 'module';

export interface Share {
  readonly id: string;
  readonly rule: Rule;
  /** Of what the domain drew above its idle. */
  readonly active: Range;
  /** Of its idle. */
  readonly idle: number;
}

export interface Range {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export type Shares =
  | { readonly known: true; readonly shares: readonly Share[] }
  /** The runs that may have had a part, and why it is not known which. */
  | { readonly known: false; readonly runs: readonly string[]; readonly reason: Text };

/** What is known of all programs in the span. */
export interface Load {
  readonly seconds: number;
  /** CPU seconds of all programs; null where the system does not tell them. */
  readonly busyS: number | null;
  readonly runs: readonly RunSpan[];
}

/** `others`: programs outside of all runs that were on the GPU; null where that is not known. */
export function sharesOf(domain: string, load: Load, others: number | null): Shares {
  if (domain.startsWith('gpu:')) return gpuShares(domain, load, others);
  const shares = cpuShares(load);
  if (!shares.known || !HOLDS_GPU.includes(domain)) return shares;
  return { known: true, shares: shares.shares.map(openToGpu) };
}

/** Domains of the meter that hold processor and GPU in one. */
const HOLDS_GPU = ['module', 'machine'];

function cpuShares({ seconds, busyS, runs }: Load): Shares {
  const told = runs.flatMap(({ id, cpuS, livedS }) => (cpuS === null ? [] : [{ id, cpuS, livedS }]));
  if (busyS === null || (told.length === 0 && runs.length > 0)) {
    const reason = text('the CPU time of its processes, or of all programs, is not told here');
    return { known: false, runs: runs.map(({ id }) => id), reason };
  }
  // Both are counted in ticks, at moments a little apart: the parts may seem more than the whole.
  const total = Math.max(
    busyS,
    told.reduce((sum, { cpuS }) => sum + cpuS, 0),
  );
  const shares = told.map(({ id, cpuS, livedS }): Share => {
    const share = total > 0 ? cpuS / total : 0;
    return { id, rule: 'cpu-time', active: cpuRange(share), idle: share * lived(livedS, seconds) };
  });
  return { known: true, shares };
}

/**
 * A second of vector arithmetic draws up to twice what a second of waiting for memory does, on the same core at the
 * same clock (e.g. Schöne et al. 2019 on Skylake-SP, FIRESTARTER against a busy loop). Who did everything did all of it
 * at any factor, so the range closes at both ends.
 */
const UNEQUAL = 2;

const cpuRange = (share: number): Range => ({
  value: share,
  low: share / (share + UNEQUAL * (1 - share)),
  high: (UNEQUAL * share) / (UNEQUAL * share + 1 - share),
});

const lived = (livedS: number, seconds: number): number => (seconds > 0 ? Math.min(1, livedS / seconds) : 0);

/** A counter of processor and GPU in one: the GPU's work may have been anybody's. */
const openToGpu = (share: Share): Share => ({
  ...share,
  rule: 'module',
  active: { value: share.active.value, low: 0, high: 1 },
});

function gpuShares(domain: string, { seconds, runs }: Load, others: number | null): Shares {
  const unmatched = runs.filter(({ gpus }) => gpus === null);
  const present = runs.filter(({ gpus }) => gpus?.includes(domain));
  if (unmatched.length > 0 || (others === null && present.length > 0)) {
    const reason = text('which programs use this GPU cannot be told here, as in a container that does not see the host’s'); // prettier-ignore
    return { known: false, runs: [...unmatched, ...present].map(({ id }) => id), reason };
  }
  const parties = present.length + (others ?? 0);
  const shares = present.map(({ id, livedS }): Share => {
    const part = lived(livedS, seconds);
    if (parties > 1)
      return { id, rule: 'gpu-shared', active: { value: 1 / parties, low: 0, high: 1 }, idle: part / parties };
    // What it drew above idle was this run's whenever in the span it was.
    return { id, rule: 'gpu-alone', active: { value: 1, low: 1, high: 1 }, idle: part };
  });
  return { known: true, shares };
}
