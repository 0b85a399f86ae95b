/** All op entries, and lookup by core name, PyTorch spelling and ONNX op. Refuses duplicates when it is built. */
import * as activation from './activation';
import * as adaptivePool from './adaptivePool';
import * as arithmetic from './arithmetic';
import * as attention from './attention';
import * as axes from './axes';
import * as comparison from './comparison';
import * as complex from './complex';
import * as contribAttention from './contribAttention';
import * as contribFused from './contribFused';
import * as contribPacked from './contribPacked';
import * as conv from './conv';
import * as convTranspose from './convTranspose';
import * as convert from './convert';
import * as dataDependent from './dataDependent';
import * as detection from './detection';
import * as einsum from './einsum';
import * as fill from './fill';
import * as fourier from './fourier';
import * as fused from './fused';
import * as gather from './gather';
import * as join from './join';
import * as linalg from './linalg';
import * as linear from './linear';
import * as math from './math';
import * as matrices from './matrices';
import * as norm from './norm';
import * as order from './order';
import * as pad from './pad';
import * as pieces from './pieces';
import * as pool from './pool';
import * as quantise from './quantise';
import * as rearrange from './rearrange';
import * as recurrent from './recurrent';
import * as reduce from './reduce';
import * as reshape from './reshape';
import * as resize from './resize';
import * as scatter from './scatter';
import * as slices from './slices';
import * as softmax from './softmax';
import * as sparse from './sparse';
import * as special from './special';
import * as statistics from './statistics';
import * as blocked from './blocked';
import * as experts from './experts';
import * as losses from './losses';
import * as onnxAttention from './onnxAttention';
import * as quantisedMoves from './quantisedMoves';
import * as strings from './strings';
import * as trees from './trees';
import type { OnnxSpelling, OpEntry, TorchSpelling } from './op';

/** Only the exports that are entries; families export helpers too. */
const isEntry = (value: unknown): value is OpEntry =>
  typeof value === 'object' && value !== null && 'infer' in value && 'examples' in value;

const families: readonly Readonly<Record<string, unknown>>[] = [
  activation,
  adaptivePool,
  arithmetic,
  attention,
  axes,
  comparison,
  complex,
  contribAttention,
  contribFused,
  contribPacked,
  conv,
  convTranspose,
  convert,
  dataDependent,
  detection,
  einsum,
  fill,
  fourier,
  fused,
  gather,
  join,
  linalg,
  linear,
  math,
  matrices,
  norm,
  order,
  pad,
  pieces,
  pool,
  quantise,
  rearrange,
  recurrent,
  reduce,
  reshape,
  resize,
  scatter,
  slices,
  softmax,
  sparse,
  special,
  statistics,
  blocked,
  experts,
  losses,
  onnxAttention,
  quantisedMoves,
  strings,
  trees,
];

export const entries: readonly OpEntry[] = families
  .flatMap(family => Object.values(family))
  // A family of many like ops is one table.
  .flatMap(value => (Array.isArray(value) ? (value as unknown[]) : [value]))
  .filter(isEntry);

export interface Spelled<S> {
  readonly entry: OpEntry;
  readonly spelling: S;
}

const byName = index(entries.map(entry => [entry.name, entry]));
const byTorch = index<Spelled<TorchSpelling>>(spellings(entry => entry.torch));
const byOnnx = index<Spelled<OnnxSpelling>>(spellings(entry => entry.onnx));

export const entryOf = (name: string): OpEntry | undefined => byName.get(name);
/** By qualified name: `torch.nn.functional.conv2d`, `torch.Tensor.view`. */
export const torchOp = (name: string): Spelled<TorchSpelling> | undefined => byTorch.get(name);
/** By `Op` in the default domain, `domain:Op` elsewhere. */
export const onnxOp = (name: string): Spelled<OnnxSpelling> | undefined => byOnnx.get(name);

function spellings<S>(pick: (entry: OpEntry) => Readonly<Record<string, S>> | undefined): [string, Spelled<S>][] {
  return entries.flatMap(entry =>
    Object.entries(pick(entry) ?? {}).map(([name, spelling]): [string, Spelled<S>] => [name, { entry, spelling }]),
  );
}

function index<T>(pairs: readonly (readonly [string, T])[]): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const [name, value] of pairs) {
    if (map.has(name)) throw new Error(`"${name}" is claimed twice`);
    map.set(name, value);
  }
  return map;
}
