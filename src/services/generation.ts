/**
 * What it costs to make text: the prefill of n tokens, and m tokens after it one by one. The steps in between are not
 * all read: where the costs of the steps between two lie on a line, so do those of all others there.
 */
import { InputError } from '../base/findings';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { StepCost, Work } from '../estimate/generation';
import { stepCost } from '../estimate/generation';
import type { FileRead } from '../frontends/frontend';
import type { GenerationReport, PhaseReport } from '../report/generation';
import { gapReport } from './fileReport';

export interface Generate {
  readonly prefill: number;
  readonly decode: number;
}

const SYNTAX = /^prefill=(\d+),decode=(\d+)$/;

/** `prefill=512,decode=128`; both at least 1. */
export function parseGenerate(spec: string): Generate {
  const [, prefill, decode] = SYNTAX.exec(spec.replaceAll(/\s/g, '')) ?? [];
  const found = { prefill: Number(prefill), decode: Number(decode) };
  if (Object.values(found).every(value => Number.isSafeInteger(value) && value > 0)) return found;
  throw new InputError(
    'bad-option',
    text('"{0}" does not say how many tokens are given and made', spec),
    text('write for example {0}', 'prefill=512,decode=128'),
  );
}

/** Reads the model with so many tokens before the next. */
export type ReadStep = (past: number) => Promise<FileRead>;

interface Step extends StepCost {
  readonly keepsNothing: Text | undefined;
}

/** Steps that are read at most: costs of models have fewer bends than this finds. */
const MOST_READ = 100;

export async function generationOf(
  name: string,
  file: string,
  { prefill, decode }: Generate,
  read: ReadStep,
): Promise<GenerationReport> {
  const known = new Map<number, Step>();
  let failure: Text | undefined;
  const at = async (past: number): Promise<Step | undefined> => {
    const found = known.get(past) ?? (await readStep(name, past, read));
    if ('template' in found) {
      failure ??= found;
      return undefined;
    }
    known.set(past, found);
    return found;
  };
  const first = await at(prefill);
  if (first === undefined) return failed(prefill, decode, failure ?? text('the model was not read to the end'));
  // Without anything kept, the k-th token takes a call over all that are there by then.
  const recomputes = first.keepsNothing !== undefined;
  const last = prefill + decode - (recomputes ? 0 : 1);
  const workAt = async (past: number): Promise<Work | undefined> => {
    const step = await at(past);
    return recomputes ? step?.first : step?.next;
  };
  const start = recomputes ? prefill + 1 : prefill;
  const made = await sumOver(start, last, workAt, known);
  const end = known.get(last);
  const gaps = [...known.values()].flatMap(step => step.gaps).filter(({ code }) => code !== 'assumed');
  return {
    prefill: { tokens: prefill, ...first.first },
    decode: made === undefined ? null : { tokens: decode, ...made },
    firstToken: phase(await workAt(start)),
    lastToken: phase(await workAt(last)),
    method: recomputes ? 'recompute' : 'cache',
    ...(first.keepsNothing && { reason: first.keepsNothing }),
    cacheBytes: recomputes ? 0 : (end?.keptBytes ?? null),
    cacheBytesPerToken: recomputes || end === undefined || last === start ? null : perToken(first, end, last - start),
    parameters: first.parameters,
    activeParameters: recomputes ? null : first.activeParameters,
    stepsRead: known.size,
    complete: made !== undefined && gaps.length === 0,
    ...(made === undefined && { failure: failure ?? text('the costs of the tokens follow no line') }),
    gaps: [...new Map(gaps.map(gap => [JSON.stringify(gap), gapReport(file, gap)])).values()],
  };
}

const perToken = (first: Step, last: Step, steps: number): number => (last.keptBytes - first.keptBytes) / steps;

const phase = (work: Work | undefined): PhaseReport | null => (work === undefined ? null : { tokens: 1, ...work });

const failed = (prefill: number, decode: number, failure: Text): GenerationReport => ({
  prefill: null,
  decode: null,
  firstToken: null,
  lastToken: null,
  method: 'unknown',
  cacheBytes: null,
  cacheBytesPerToken: null,
  parameters: null,
  activeParameters: null,
  stepsRead: 0,
  complete: false,
  failure: text('{0} tokens and {1} more could not be read: {2}', prefill, decode, failure),
  gaps: [],
});

async function readStep(name: string, past: number, read: ReadStep): Promise<Step | Text> {
  const { models } = await read(past);
  const model = models.find(one => one.name === name);
  const { graph, step } = model ?? {};
  if (graph === undefined || step === undefined) return graph?.gaps[0]?.message ?? text('the model was not read to the end'); // prettier-ignore
  const broken = graph.gaps.find(({ code }) => code === 'invalid-model' || code === 'shape-mismatch');
  if (broken !== undefined) return broken.message;
  const cost = stepCost(graph, step.split ?? graph.nodes.length);
  if (step.split === undefined) return { ...cost, keepsNothing: step.reason ?? text('nothing is kept') };
  return {
    ...cost,
    keepsNothing: cost.keptBytes > 0 ? undefined : text('nothing that a call made is used by the next'),
  };
}

const FIELDS = ['macs', 'flops', 'trafficBytes'] as const;

/** Of all steps from `low` to `high`. Undefined where one could not be read. */
async function sumOver(
  low: number,
  high: number,
  workAt: (past: number) => Promise<Work | undefined>,
  known: ReadonlyMap<number, Step>,
): Promise<Work | undefined> {
  const [from, to] = [await workAt(low), await workAt(high)];
  if (from === undefined || to === undefined) return undefined;
  if (high - low < 2) return add(from, high === low ? undefined : to);
  const middle = Math.floor((low + high) / 2);
  const between = await workAt(middle);
  if (between === undefined) return undefined;
  // Beside the middle a second place, so that two bends do not make up for each other there.
  const other = low + Math.max(1, Math.floor((high - low) / 3));
  const beside = await workAt(other);
  if (beside === undefined) return undefined;
  const lies = (at: number, work: Work): boolean =>
    FIELDS.every(field => (work[field] - from[field]) * (high - low) === (to[field] - from[field]) * (at - low));
  if (lies(middle, between) && lies(other, beside)) return line(from, to, high - low + 1);
  if (known.size >= MOST_READ) return undefined;
  const [left, right] = [await sumOver(low, middle, workAt, known), await sumOver(middle + 1, high, workAt, known)];
  return left === undefined || right === undefined ? undefined : add(left, right);
}

const add = (a: Work, b: Work | undefined): Work => ({
  macs: a.macs + (b?.macs ?? 0),
  flops: a.flops + (b?.flops ?? 0),
  trafficBytes: a.trafficBytes + (b?.trafficBytes ?? 0),
});

const line = (from: Work, to: Work, steps: number): Work => ({
  macs: ((from.macs + to.macs) * steps) / 2,
  flops: ((from.flops + to.flops) * steps) / 2,
  trafficBytes: Math.round(((from.trafficBytes + to.trafficBytes) * steps) / 2),
});
