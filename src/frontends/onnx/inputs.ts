/** Types and values of a model's inputs: what the user gave, what the file declares, what names suggest. */
import { InputError } from '../../base/findings';
import { exact, unknown } from '../../base/known';
import type { ReadText } from '../../base/ports';
import { text } from '../../base/text';
import type { Text } from '../../base/text';
import type { ConstantData } from '../../ir/graph';
import type { Dim, TensorType } from '../../ir/tensor';
import { printType, tensor } from '../../ir/tensor';
import type { ModelInput, Need } from '../frontend';
import type { InputSpec } from '../input';
import { loadValue } from '../input';
import type { Bindings } from './dims';
import { bindDim, namesIn, resolveDim, suggestSize, wellKnownSize } from './dims';
import type { OnnxDim, OnnxGraph, OnnxType, OnnxValue } from './model';

/** Elements of a given value that are followed: a mask of 256 × 256. */
const MOST_GIVEN = 65_536;

export interface BoundInput extends ModelInput {
  readonly data?: ConstantData;
  /** Anything but a tensor: a sequence, an optional, a map. */
  readonly declared: OnnxType | undefined;
}

export interface BoundInputs {
  readonly inputs: readonly BoundInput[];
  readonly needs: readonly Need[];
  readonly bindings: Bindings;
}

/** Throws `InputError` for specs that do not fit the model. */
export async function bindInputs(
  graph: OnnxGraph,
  specs: readonly InputSpec[],
  readText: ReadText,
): Promise<BoundInputs> {
  // Before IR version 4 initialisers are listed among the inputs, as their defaults.
  const stored = new Set(graph.initialisers.map(({ name }) => name));
  const wanted = graph.inputs.filter(({ name }) => !stored.has(name));
  const given = matchSpecs(wanted, specs);
  const bindings: Bindings = new Map();
  for (const input of wanted) {
    const spec = given.get(input);
    if (spec !== undefined) bindGiven(input, spec, bindings);
  }
  const assumed = assumeSizes(wanted, given, bindings);
  const inputs: BoundInput[] = [];
  const needs: Need[] = [];
  for (const input of wanted) {
    const spec = given.get(input);
    if (spec === undefined) inputs.push(declaredInput(input, bindings, assumed, needs));
    else {
      const data = await loadValue(spec, readText, MOST_GIVEN);
      inputs.push({
        name: input.name,
        type: spec.type,
        basis: 'given',
        source: text('as given'),
        declared: input.type,
        ...(data && { data }),
      });
    }
  }
  return { inputs, needs, bindings };
}

function matchSpecs(wanted: readonly OnnxValue[], specs: readonly InputSpec[]): ReadonlyMap<OnnxValue, InputSpec> {
  const given = new Map<OnnxValue, InputSpec>();
  for (const spec of specs) {
    const free = wanted.filter(input => !given.has(input));
    const input = spec.name === undefined ? free[0] : wanted.find(({ name }) => name === spec.name);
    if (input === undefined)
      throw new InputError(
        'unknown-input',
        text('the model has no input "{0}"', spec.name ?? printType(spec.type)),
        text('its inputs are {0}', listed(wanted.map(({ name }) => name))),
      );
    given.set(input, spec);
  }
  return given;
}

const listed = (names: readonly string[]): string =>
  names.slice(0, 30).join(', ') + (names.length > 30 ? ', …' : '') || '-';

function bindGiven(input: OnnxValue, spec: InputSpec, bindings: Bindings): void {
  const declared = tensorOf(input.type);
  if (declared === undefined) return;
  const dims = spec.type.shape as readonly number[];
  const fits =
    (declared.dtype === undefined || declared.dtype === spec.type.dtype) &&
    (declared.dims === undefined ||
      (declared.dims.length === dims.length &&
        declared.dims.every((dim, axis) => typeof dim !== 'number' || dim === dims[axis])));
  if (!fits)
    throw new InputError(
      'input-mismatch',
      text('the input "{0}" takes {1}, not {2}', input.name, printDeclared(declared), printType(spec.type)),
      text('give sizes and element type as the model declares them'),
    );
  declared.dims?.forEach((dim, axis) => bindDim(dim, dims[axis] ?? 0, bindings));
}

type DeclaredTensor = Extract<OnnxType, { kind: 'tensor' }>;

const tensorOf = (type: OnnxType | undefined): DeclaredTensor | undefined =>
  type?.kind === 'tensor' ? type : type?.kind === 'optional' ? tensorOf(type.element) : undefined;

const printDeclared = ({ dtype, dims }: DeclaredTensor): string =>
  `${dtype ?? '?'}[${dims === undefined ? '*' : dims.map(dim => dim ?? '?').join(',')}]`;

/** Names that exporters make up for sizes that nobody named. */
const MADE_UP = /^(unk__\d+|s\d+|(.*[._])?(dynamic_?)?(dim|dimension|axes|axis)[._]?\d*([._]\d+)*)$/i;

/** Binds well-known names, and the first axis of what has several to one; returns what was assumed. */
function assumeSizes(
  wanted: readonly OnnxValue[],
  given: ReadonlyMap<OnnxValue, InputSpec>,
  bindings: Bindings,
): ReadonlyMap<string, number> {
  const assumed = new Map<string, number>();
  for (const input of wanted) {
    if (given.has(input)) continue;
    const dims = tensorOf(input.type)?.dims ?? [];
    dims.forEach((dim, axis) => {
      if (typeof dim !== 'string' || resolveDim(dim, bindings) !== undefined) return;
      for (const name of namesIn(dim)) {
        const size = wellKnownSize(name) ?? (axis === 0 && dims.length > 1 && MADE_UP.test(name) ? 1 : undefined);
        if (size === undefined || bindings.has(name)) continue;
        bindings.set(name, size);
        assumed.set(name, size);
      }
    });
  }
  return assumed;
}

function declaredInput(
  input: OnnxValue,
  bindings: Bindings,
  assumed: ReadonlyMap<string, number>,
  needs: Need[],
): BoundInput {
  const declared = tensorOf(input.type);
  const { name } = input;
  if (declared?.dims === undefined || declared.dtype === undefined) {
    const lost = unknown(text('the model does not declare the type of the input "{0}"', name));
    const type = tensor(declared?.dtype ?? lost, lost);
    needs.push({ of: 'argument', name });
    return { name, type, basis: 'declared', source: text('from the file'), declared: input.type };
  }
  const { dims } = declared;
  const notes: string[] = [];
  const shape = dims.map((dim, axis): Dim => {
    const size = resolveDim(dim, bindings) ?? (dim === undefined && axis === 0 && dims.length > 1 ? 1 : undefined);
    if (size === undefined) {
      addNeed(needs, {
        of: 'dim',
        name: typeof dim === 'string' ? dim : '',
        input: name,
        axis,
        suggestion: suggestSize(dims, axis),
      });
      return unknown(text('the size {0} of the input "{1}" is not given', `${axis}${dim ? ` (${dim})` : ''}`, name));
    }
    if (dim === undefined) notes.push(`[${axis}] = ${size}`);
    else if (typeof dim === 'string')
      for (const part of namesIn(dim)) if (assumed.has(part)) notes.push(`${part} = ${assumed.get(part) ?? size}`);
    return exact(size);
  });
  const source: Text =
    notes.length === 0 ? text('from the file') : text('from the file; assumed {0}', [...new Set(notes)].join(', '));
  const type: TensorType = tensor(declared.dtype, shape);
  return { name, type, basis: notes.length === 0 ? 'declared' : 'assumed', source, declared: input.type };
}

/** A named size is asked for once, an anonymous one for each place. */
function addNeed(needs: Need[], need: Need): void {
  if (need.name !== '' && !MADE_UP.test(need.name) && needs.some(({ name }) => name === need.name)) return;
  needs.push(need);
}

/** The declared type of a value inside the graph, with the names bound; undefined where that leaves the rank unknown. */
export function declaredType(
  type: OnnxType | undefined,
  bindings: ReadonlyMap<string, number>,
): TensorType | undefined {
  const declared = tensorOf(type);
  if (declared?.dims === undefined || declared.dtype === undefined) return undefined;
  const shape = declared.dims.map((dim: OnnxDim): Dim => {
    const size = resolveDim(dim, bindings);
    return size === undefined ? unknown(text('the file does not say the size "{0}"', dim ?? '?')) : exact(size);
  });
  return tensor(declared.dtype, shape);
}
