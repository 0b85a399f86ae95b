/** What goes into a model: from the request, a comment, a call in the file, or the first layer's demands. */
import { isUnknown } from '../../base/known';
import { text } from '../../base/text';
import type { ConstantData } from '../../ir/graph';
import type { DType, TensorType } from '../../ir/tensor';
import { tensor } from '../../ir/tensor';
import { InputError } from '../../base/findings';
import type { ModelInput } from '../frontend';
import type { InputSpec } from '../input';
import { parseInputSpec } from '../input';
import type { Definition, Expression } from '../python/ast';
import { PyFunction } from '../python/functions';
import type { PyModule } from '../python/module';
import { spanIn } from '../python/places';
import type { PyObject, Value } from '../python/values';
import { PyMethod } from '../python/values';
import { firstDemand } from './demands';
import { findExample } from './examples';
import { fromExampleArray, fromSizes } from './hints';
import { noted } from './notes';
import type { Session } from './session';
import { Tensor } from './tensor';
import { settingsOf } from './settings';

export interface ChosenInput extends ModelInput {
  readonly data?: ConstantData;
  /** How it is given: by position, or by the name of a parameter. */
  readonly keyword: boolean;
  /** Given by a name that no parameter has: a part of an object. */
  readonly member?: boolean;
  /** One of the tensors of a list, which is the parameter of that name. */
  readonly listedIn?: string;
}

export interface GivenInput {
  readonly spec: InputSpec;
  readonly data?: ConstantData;
}

/** Sets of inputs to try: one, unless sizes are assumed. */
export type Choices = readonly (readonly ChosenInput[])[];

interface Parameters {
  readonly names: readonly string[];
  readonly required: readonly string[];
  /** Whether any other name is taken too. */
  readonly open: boolean;
  /** The first parameter, where its annotation asks for a list of tensors. */
  readonly list?: string;
}

const forwardOf = (model: PyObject): Value | undefined => model.dict?.get('forward') ?? model.cls.lookup('forward');

/** The model's `forward`, behind what decorators put around it. */
export function forwardFunction(model: PyObject): PyFunction | undefined {
  const forward = forwardOf(model);
  let func = forward instanceof PyMethod ? forward.func : forward;
  for (let depth = 0; depth < 10; depth++) {
    const inner = func instanceof PyFunction ? func.dict?.get('__wrapped__') : undefined;
    if (!(inner instanceof PyFunction)) break;
    func = inner;
  }
  return func instanceof PyFunction ? func : undefined;
}

/** Of the model's `forward`. */
export function forwardParameters(model: PyObject): Parameters {
  const forward = forwardOf(model);
  const func = forwardFunction(model);
  if (func === undefined) return { names: ['input'], required: ['input'], open: false };
  const parameters = func.code.parameters.slice(forward instanceof PyMethod || forward === model.cls.lookup('forward') ? 1 : 0); // prettier-ignore
  const plain = parameters.filter(
    ({ form }) => form === 'plain' || form === 'positional-only' || form === 'keyword-only',
  );
  const required = plain.filter(({ fallback }) => fallback === undefined).map(({ name }) => name);
  const star = parameters.find(({ form }) => form === 'star');
  const names = plain.map(({ name }) => name);
  const open = parameters.some(({ form }) => form === 'double-star');
  const [first] = plain;
  if (first !== undefined && (isTensorList(first.annotation) || saysTensorList(func)))
    return { names, required, open, list: first.name };
  return star !== undefined && required.length === 0
    ? { names: [...names, star.name], required: [star.name], open }
    : { names, required, open };
}

const LISTS = new Set(['List', 'list', 'Sequence', 'Iterable']);

const nameOf = (expression: Expression): string =>
  expression.kind === 'name' ? expression.id : expression.kind === 'attribute' ? expression.name : '';

/** `List[Tensor]`, as detectors take their images. */
const isTensorList = (annotation: Expression | undefined): boolean =>
  annotation?.kind === 'subscript' && LISTS.has(nameOf(annotation.object)) && nameOf(annotation.index) === 'Tensor';

/** The same as the comment that stands in place of annotations in older code. */
function saysTensorList({ code, module }: PyFunction): boolean {
  const { source } = module;
  const first = 'statements' in code.body ? code.body.statements[0] : undefined;
  if (source === undefined || first === undefined) return false;
  const { comments } = source.parsed;
  return comments.some(comment => comment.start >= code.node.start && comment.start < first.start && /^#\s*type:\s*\((?:\w+\.)?(?:List|list|Sequence)\[(?:\w+\.)?Tensor\]/.test(comment.text)); // prettier-ignore
}

export function chooseInputs(
  session: Session,
  main: PyModule,
  model: PyObject,
  asked: { readonly name: string; readonly node: Definition },
  given: readonly GivenInput[],
): Choices {
  const parameters = forwardParameters(model);
  const { list } = parameters;
  const choices = chooseFrom(session, main, model, asked, given, parameters);
  return list === undefined ? choices : choices.map(inputs => inputs.map((input, index) => elementOf(input, index, list))); // prettier-ignore
}

/** What has no other parameter's name goes into the list: an image of it, where sizes are assumed, without the batch. */
function elementOf(input: ChosenInput, index: number, list: string): ChosenInput {
  if (input.keyword && input.name !== list) return input;
  const { shape, dtype } = input.type;
  const type = input.basis === 'assumed' && !isUnknown(shape) ? tensor(dtype, shape.slice(1)) : input.type;
  return { ...input, name: index === 0 ? list : `${list}_${index}`, type, keyword: false, listedIn: list };
}

function chooseFrom(
  session: Session,
  main: PyModule,
  model: PyObject,
  asked: { readonly name: string; readonly node: Definition },
  given: readonly GivenInput[],
  { names, required, open }: Parameters,
): Choices {
  if (given.length > 0) return [named(given.map(fromSpec), open ? [...names, ...given.flatMap(({ spec }) => spec.name ?? [])] : names)]; // prettier-ignore
  const makers = [asked.name, model.cls.name];
  noted(main, 'comment', makers);
  const comment = fromComment(main, model, asked.node);
  if (comment.length > 0) {
    noted(main, 'comment-line', makers);
    return [named(comment, names)];
  }
  noted(main, 'calls', makers);
  const kept = fromExampleArray(model, value => value instanceof Tensor);
  if (kept.length > 0) return [named(kept, names)];
  const example =
    fromCall(session, main, model, asked.name, names) ?? fromTests(session, main, model, asked.name, names);
  if (example !== undefined) return [example];
  const sizes = fromSizes(model, main, forwardFunction(model), required);
  return sizes.length > 0 ? [named(sizes, names)] : assumed(model, required);
}

const fromSpec = ({ spec, data }: GivenInput): Partial<ChosenInput> & { type: TensorType } => ({
  ...(spec.name !== undefined && { name: spec.name, keyword: true }),
  type: spec.type,
  basis: 'given',
  source: text('given in the request'),
  ...(data && { data }),
});

/** `hidden` of `hidden.1`, the second part of a tuple. */
export const wholeName = (name: string): string => name.replace(/\.\d+$/, '');

/** Names for those that have none: the parameters' own, in order. */
function named(
  inputs: readonly (Partial<ChosenInput> & { readonly type: TensorType })[],
  names: readonly string[],
): readonly ChosenInput[] {
  const free = names.filter(name => !inputs.some(input => input.name !== undefined && wholeName(input.name) === name));
  let next = 0;
  return inputs.map((input, index) => {
    const name = input.name ?? free[next++] ?? `input${index}`;
    return {
      basis: 'given',
      source: text('given in the request'),
      ...input,
      name,
      keyword: input.keyword === true && names.includes(wholeName(name)),
      member: input.keyword === true && !names.includes(wholeName(name)),
    };
  });
}

/** `# modelwatt: input=float32[1,3,224,224]` on the definition or, for functions, on the class of what they make. */
function fromComment(
  main: PyModule,
  model: PyObject,
  node: Definition,
): readonly (Partial<ChosenInput> & { type: TensorType })[] {
  const own = commented(main, node);
  if (own.length > 0 || node.kind === 'class') return own;
  const definition = main.source?.parsed.module.statements.find(statement => statement.kind === 'class' && statement.name === model.cls.name); // prettier-ignore
  return definition?.kind === 'class' ? commented(main, definition) : [];
}

const commented = (main: PyModule, node: Definition): readonly (Partial<ChosenInput> & { type: TensorType })[] =>
  settingsOf(main, node, 'input')
    .map(({ value, line }) => readSpec(value, line))
    .filter(input => input !== undefined);

function readSpec(spec: string, line: number): (Partial<ChosenInput> & { type: TensorType }) | undefined {
  try {
    const { name, type, value } = parseInputSpec(spec);
    return {
      ...(name !== undefined && { name, keyword: true }),
      type,
      basis: 'comment',
      source: text('the comment in line {0}', line),
      ...(typeof value === 'number' && { data: [value] }),
    };
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function fromCall(
  session: Session,
  main: PyModule,
  model: PyObject,
  name: string,
  names: readonly string[],
): readonly ChosenInput[] | undefined {
  const example =
    findExample(session.interp, main, new Set([name])) ??
    (name === model.cls.name ? undefined : findExample(session.interp, main, new Set([model.cls.name])));
  if (example === undefined || main.source === undefined) return undefined;
  const { line } = spanIn(main.source.file, main.source.parsed.text, example.call.start, example.call.end);
  noted(main, 'calls-lines', [name, model.cls.name]);
  const source = text('the call in line {0}', line);
  const shared = { basis: 'call', source } as const;
  return named(
    [
      ...example.positional.map(type => ({ type, ...shared })),
      ...[...example.named].map(([keyword, type]) => ({ type, name: keyword, keyword: true, ...shared })),
    ],
    names,
  );
}

/** The same in the file's tests, where they stand as they usually do. */
function fromTests(
  session: Session,
  main: PyModule,
  model: PyObject,
  name: string,
  names: readonly string[],
): readonly ChosenInput[] | undefined {
  for (const tests of session.testsOf(main)) {
    const example = findExample(session.interp, tests, new Set([name, model.cls.name]));
    if (example === undefined || tests.source === undefined) continue;
    const { file, line } = spanIn(tests.source.file, tests.source.parsed.text, example.call.start, example.call.end);
    const shared = { basis: 'call', source: text('the call in line {0} of {1}', line, file.slice(file.lastIndexOf('/') + 1)) } as const; // prettier-ignore
    return named(
      [
        ...example.positional.map(type => ({ type, ...shared })),
        ...[...example.named].map(([keyword, type]) => ({ type, name: keyword, keyword: true, ...shared })),
      ],
      names,
    );
  }
  return undefined;
}

/** Every required parameter gets what the first layer asks for. */
function assumed(model: PyObject, required: readonly string[]): Choices {
  const demand = firstDemand(model);
  const dtype: DType = demand?.dtype ?? 'float32';
  const shapes = demand?.shapes ?? [[1, 3, 224, 224]];
  const source =
    demand === undefined ? text('assumed: an image') : text('assumed: the first layer is a {0}', demand.layer);
  const parameters = required.length === 0 ? ['input'] : required;
  return shapes.map(shape =>
    parameters.map(name => ({ name, type: tensor(dtype, shape), basis: 'assumed', source, keyword: false })),
  );
}
