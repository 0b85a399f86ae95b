/**
 * How the cost of a model grows with the sizes of its inputs. Found by reading the model again at other sizes,
 * not by algebra: a size at which it was not read says nothing.
 */
import { InputError } from '../base/findings';
import { isUnknown } from '../base/known';
import { text } from '../base/text';
import type { Text } from '../base/text';
import { peakActivations } from '../estimate/memory';
import { rollUp } from '../estimate/rollup';
import type { FileRead, ModelInput, ModelRead } from '../frontends/frontend';
import { printType } from '../ir/tensor';
import type { TensorType } from '../ir/tensor';
import type { GrowthReport, GrowthValue, Trend } from '../report/growth';

/** Reads the file with these inputs, given as SPECs. */
export type ReadAgain = (model: string, inputs: readonly string[]) => Promise<FileRead>;

interface Direction {
  readonly of: GrowthReport['of'];
  /** Axes of an input that grow together. */
  axes(type: readonly number[], input: ModelInput): readonly number[];
}

const DIRECTIONS: readonly Direction[] = [
  { of: 'batch', axes: shape => (shape.length > 0 ? [0] : []) },
  { of: 'length', axes: (shape, { type }) => (isSequence(shape, type) ? [1] : []) },
  { of: 'resolution', axes: shape => (shape.length >= 4 ? shape.slice(2).map((_, index) => index + 2) : []) },
];

const isSequence = (shape: readonly number[], { dtype }: TensorType): boolean =>
  shape.length === 3 || (shape.length === 2 && (dtype === 'int64' || dtype === 'int32'));

/** Upwards first; downwards where a model has a longest length. Steps are equal, so that differences tell the degree. */
const FACTORS = [
  [1, 2, 3, 4],
  [0.25, 0.5, 0.75, 1],
] as const;

/** Of one model that was read to the end; `specs` are the inputs as they were given, for the values in them. */
export async function growthOf(read: ModelRead, specs: readonly string[], again: ReadAgain): Promise<GrowthReport[]> {
  if (read.status !== 'ok' || read.graph === undefined) return [];
  const found: GrowthReport[] = [];
  for (const direction of DIRECTIONS) {
    const grown = read.inputs.map(input => ({ input, axes: axesOf(direction, input) }));
    if (grown.every(({ axes }) => axes.length === 0)) continue;
    const tried: (readonly GrowthValue[] | Text)[] = [];
    for (const factors of FACTORS)
      if (!tried.some(isValues) && factors.every(factor => isWhole(grown, factor)))
        tried.push(await measureAll(read, grown, factors, specs, again));
    const values = tried.find(isValues);
    const reason = values === undefined ? tried.find((one): one is Text => !isValues(one)) : undefined;
    const inputs = grown.filter(({ axes }) => axes.length > 0).map(({ input: { name }, axes }) => ({ name, axes }));
    const of = (quantity: 'macs' | 'peakActivationBytes'): Trend | null =>
      values === undefined ? null : trend(values.map(value => value[quantity]));
    const trends = { macs: of('macs'), peakActivationBytes: of('peakActivationBytes') };
    found.push({ of: direction.of, inputs, ...trends, values: values ?? [], ...(reason && { reason }) });
  }
  return found;
}

function axesOf(direction: Direction, input: ModelInput): readonly number[] {
  const { shape } = input.type;
  if (isUnknown(shape)) return [];
  const known = shape.filter((dim): dim is number => !isUnknown(dim));
  return known.length < shape.length ? [] : direction.axes(known, input);
}

interface Grown {
  readonly input: ModelInput;
  readonly axes: readonly number[];
}

const isValues = (tried: readonly GrowthValue[] | Text): tried is readonly GrowthValue[] => Array.isArray(tried);

const isWhole = (grown: readonly Grown[], factor: number): boolean =>
  grown.every(({ input: { type }, axes }) =>
    axes.every(axis => isUnknown(type.shape) || Number.isInteger(Number(type.shape[axis]) * factor)),
  );

/** At each of the sizes, or why one could not be read. */
async function measureAll(
  read: ModelRead,
  grown: readonly Grown[],
  factors: readonly number[],
  specs: readonly string[],
  again: ReadAgain,
): Promise<readonly GrowthValue[] | Text> {
  const values: GrowthValue[] = [];
  for (const factor of factors) {
    const measured = await measure(read, grown, factor, specs, again);
    if ('template' in measured) return measured;
    values.push(measured);
  }
  return values;
}

async function measure(
  read: ModelRead,
  grown: readonly Grown[],
  factor: number,
  specs: readonly string[],
  again: ReadAgain,
): Promise<GrowthValue | Text> {
  const inputs = grown.map(one => specOf(one, factor, specs));
  try {
    const { models } = await again(read.name, inputs);
    const model = models.find(({ name }) => name === read.name);
    if (model?.status !== 'ok' || model.graph === undefined)
      return model?.graph?.gaps[0]?.message ?? text('the model was not read to the end');
    return { factor, macs: rollUp(model.graph).macs, peakActivationBytes: peakActivations(model.graph).bytes };
  } catch (error) {
    if (error instanceof InputError) return error.text;
    throw error;
  }
}

/** What was given as a number or a file stays so. */
function specOf({ input: { name, type }, axes }: Grown, factor: number, specs: readonly string[]): string {
  const { shape } = type;
  const dims = isUnknown(shape) ? [] : shape.map((dim, axis) => (typeof dim === 'number' && axes.includes(axis) ? dim * factor : dim)); // prettier-ignore
  const value = specs.map(spec => /^\s*(?:(.+?)=)?\w+\[[^\]]*\]=(.*)$/s.exec(spec)).find(match => match?.[1] === name);
  return `${name}=${printType({ ...type, shape: dims })}${value?.[2] === undefined ? '' : `=${value[2]}`}`;
}

/** Of the values at four sizes at equal distances. Exact: counts are integers. */
export function trend(values: readonly number[]): Trend {
  const slopes = differences(values);
  const curves = differences(slopes);
  if (slopes.every(slope => slope === 0)) return 'constant';
  if (curves.every(curve => curve === 0)) return 'linear';
  return differences(curves).every(rest => rest === 0) ? 'quadratic' : 'irregular';
}

const differences = (values: readonly number[]): number[] =>
  values.slice(1).map((value, index) => value - (values[index] ?? 0));
