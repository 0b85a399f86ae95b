/** What became of a file's models between two texts: totals, their differences, and the layers that are not the same. */
import type { DiagnosticReport, FileReport, LayerReport, ModelReport } from './view';

export interface TotalsReport {
  readonly parameters: number | null;
  readonly macs: number | null;
  readonly flops: number | null;
  readonly weightBytes: number | null;
  readonly peakActivationBytes: number | null;
  readonly trafficBytes: number | null;
}

const TOTALS = ['parameters', 'macs', 'flops', 'weightBytes', 'peakActivationBytes', 'trafficBytes'] as const;

export type Change = 'added' | 'removed' | 'changed' | 'same';

export type LayerFacts = Pick<LayerReport, 'op' | 'parameters' | 'macs' | 'flops' | 'bytes' | 'outputs'>;

export interface LayerChange {
  readonly path: string;
  readonly call: number;
  readonly change: Exclude<Change, 'same'>;
  readonly before: LayerFacts | null;
  readonly after: LayerFacts | null;
}

export interface ModelChange {
  readonly name: string;
  readonly change: Change;
  /** Both were read completely; else the totals are lower bounds, and their differences are not known. */
  readonly complete: boolean;
  readonly before: TotalsReport | null;
  readonly after: TotalsReport | null;
  /** After minus before; of a model that was added or removed, the whole of it. */
  readonly deltas: TotalsReport;
  readonly layers: readonly LayerChange[];
}

export interface RevisionReport {
  /** As it was asked for; null for the files as they are on the disk. */
  readonly revision: string | null;
  readonly commit: string | null;
}

export interface ChangeReport {
  readonly schemaVersion: 1;
  readonly file: string;
  readonly before: RevisionReport;
  readonly after: RevisionReport;
  readonly models: readonly ModelChange[];
  readonly diagnostics: readonly DiagnosticReport[];
}

export interface BlamedCommit {
  readonly commit: string;
  readonly date: string;
  readonly author: string;
  readonly subject: string;
  readonly change: Exclude<Change, 'same'>;
  readonly complete: boolean;
  readonly before: TotalsReport | null;
  readonly after: TotalsReport | null;
  readonly deltas: TotalsReport;
}

export interface BlameReport {
  readonly schemaVersion: 1;
  readonly file: string;
  readonly model: string;
  /** Commits that changed one of the files that the model is made of. */
  readonly commits: number;
  /** Those that changed its cost, the newest first. */
  readonly changes: readonly BlamedCommit[];
}

/** `certain` is whether a model that is missing is known not to be there: a text with a syntax error does not tell. */
export function modelChange(
  before: ModelReport | undefined,
  after: ModelReport | undefined,
  certain = true,
): ModelChange {
  const layers = layerChanges(before?.layers ?? [], after?.layers ?? []);
  const [old, now] = [before && totalsOf(before), after && totalsOf(after)];
  const complete = (before?.complete ?? certain) && (after?.complete ?? certain);
  const deltas = Object.fromEntries(
    TOTALS.map(name => [name, complete ? difference(old && old[name], now && now[name]) : null]),
  ) as unknown as TotalsReport;
  const isSame =
    old !== undefined && now !== undefined && layers.length === 0 && TOTALS.every(name => old[name] === now[name]);
  const change = old === undefined ? 'added' : now === undefined ? 'removed' : isSame ? 'same' : 'changed';
  return { name: after?.name ?? before?.name ?? '', change, complete, before: old ?? null, after: now ?? null, deltas, layers }; // prettier-ignore
}

/** Of every model that either text has, in the order of the newer one; undefined for a file that was not there. */
export function modelChanges(before: Read | undefined, after: Read | undefined): ModelChange[] {
  const old = new Map(before?.models.map(model => [model.name, model]));
  const kept = new Set(after?.models.map(({ name }) => name));
  const gone = before?.models.filter(({ name }) => !kept.has(name)) ?? [];
  return [
    ...(after?.models ?? []).map(model => modelChange(old.get(model.name), model, isWhole(before))),
    ...gone.map(model => modelChange(model, undefined, isWhole(after))),
  ];
}

type Read = Pick<FileReport, 'models' | 'diagnostics'>;

/** Whether what is not in it is known not to be there. */
export const isWhole = (read: { readonly diagnostics: readonly { readonly code: string }[] } | undefined): boolean =>
  read?.diagnostics.some(({ code }) => code === 'syntax-error') !== true;

/** Differences of totals alone; null where either was not read completely. */
export function totalDeltas(before: ModelReport, after: ModelReport): TotalsReport | null {
  if (!before.complete || !after.complete) return null;
  return Object.fromEntries(
    TOTALS.map(name => [name, difference(before[name], after[name])]),
  ) as unknown as TotalsReport;
}

const totalsOf = (model: ModelReport): TotalsReport =>
  Object.fromEntries(TOTALS.map(name => [name, model[name]])) as unknown as TotalsReport;

/** What is not there costs nothing; what is not known stays so. */
function difference(before: number | null | undefined, after: number | null | undefined): number | null {
  return before === null || after === null ? null : (after ?? 0) - (before ?? 0);
}

function layerChanges(before: readonly LayerReport[], after: readonly LayerReport[]): LayerChange[] {
  const key = ({ path, call }: LayerReport): string => `${call} ${path}`;
  const old = new Map(before.map(layer => [key(layer), layer]));
  const now = new Set(after.map(key));
  return [
    ...after.flatMap(layer => layerChange(old.get(key(layer)), layer) ?? []),
    ...before.filter(layer => !now.has(key(layer))).flatMap(layer => layerChange(layer, undefined) ?? []),
  ];
}

function layerChange(before: LayerReport | undefined, after: LayerReport | undefined): LayerChange | undefined {
  const layer = after ?? before;
  const [old, now] = [before && factsOf(before), after && factsOf(after)];
  if (layer === undefined || (old !== undefined && now !== undefined && isEqual(old, now))) return undefined;
  const change = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
  return {
    path: layer.path,
    call: layer.call,
    change,
    before: old ?? null,
    after: now ?? null,
  };
}

const factsOf = ({ op, parameters, macs, flops, bytes, outputs }: LayerReport): LayerFacts =>
  ({ op, parameters, macs, flops, bytes, outputs }); // prettier-ignore

const isEqual = (one: LayerFacts, other: LayerFacts): boolean =>
  one.op === other.op &&
  one.parameters === other.parameters &&
  one.macs === other.macs &&
  one.flops === other.flops &&
  one.bytes === other.bytes &&
  one.outputs.length === other.outputs.length &&
  one.outputs.every((output, index) => output === other.outputs[index]);
