/** Calls of a model that stand in its own file: `model(torch.randn(1, 3, 224, 224))`, `summary(model, (3, 224, 224))`. */
import type { Argument, Call, Expression } from '../python/ast';
import { evaluate } from '../python/expressions';
import type { Interpreter } from '../python/interpreter';
import type { PyModule } from '../python/module';
import type { Value } from '../python/values';
import { PyList, PyTuple } from '../python/values';
import type { Assigned } from './scopes';
import { assignments, blocks, callsIn, evaluateIn } from './scopes';
import { Tensor } from './tensor';
import type { TensorType } from '../../ir/tensor';
import { tensor } from '../../ir/tensor';

export interface ExampleCall {
  readonly call: Call;
  /** By position, then by name. */
  readonly positional: readonly TensorType[];
  readonly named: ReadonlyMap<string, TensorType>;
}

/** The first call of something that one of the makers (names of classes or functions) made, its arguments evaluated. */
export function findExample(interp: Interpreter, main: PyModule, makers: ReadonlySet<string>): ExampleCall | undefined {
  for (const block of blocks(main.source?.parsed.module.statements ?? [])) {
    const made = assignments(block);
    for (const call of callsIn(block)) {
      const args = exampleArguments(call, made, makers);
      const example = args === undefined ? undefined : evaluateAll(interp, main, made, call, args);
      if (example !== undefined) return example;
    }
  }
  return undefined;
}

const SUMMARIES = new Set(['summary', 'get_model_complexity_info', 'profile', 'FlopCountAnalysis', 'export', 'trace']);

interface ExampleArguments {
  readonly args: readonly Argument[];
  /** Sizes without the batch, as `summary(model, (3, 224, 224))` takes them. */
  readonly isSize: boolean;
}

function exampleArguments(call: Call, made: Assigned, makers: ReadonlySet<string>): ExampleArguments | undefined {
  const { callee, args } = call;
  if (isModel(callee, made, makers, 0) && args.length > 0) return { args, isSize: false };
  const name = callee.kind === 'name' ? callee.id : callee.kind === 'attribute' ? callee.name : '';
  const [model, ...rest] = args;
  if (!SUMMARIES.has(name) || model === undefined || !isModel(model.value, made, makers, 0)) return undefined;
  const given = rest.filter(({ form, name: keyword }) => form === 'positional' || keyword === 'input_size' || keyword === 'inputs' || keyword === 'input_data'); // prettier-ignore
  return { args: given.slice(0, 1), isSize: name === 'summary' || name === 'get_model_complexity_info' };
}

const CHAINED = new Set(['to', 'eval', 'train', 'cuda', 'cpu', 'half', 'float', 'double', 'forward']);

/** Whether the expression is what a maker made: `Net()`, `net` after `net = Net().eval()`. */
function isModel(expression: Expression, made: Assigned, makers: ReadonlySet<string>, depth: number): boolean {
  if (depth > 5) return false;
  if (expression.kind === 'name') {
    const value = made.get(expression.id);
    return value !== undefined && isModel(value, made, makers, depth + 1);
  }
  if (expression.kind === 'attribute') return expression.name === 'forward' && isModel(expression.object, made, makers, depth); // prettier-ignore
  if (expression.kind !== 'call') return false;
  const { callee } = expression;
  if (callee.kind === 'name' && makers.has(callee.id)) return true;
  if (callee.kind === 'attribute' && makers.has(callee.name)) return true;
  return callee.kind === 'attribute' && CHAINED.has(callee.name) && isModel(callee.object, made, makers, depth + 1);
}

function evaluateAll(
  interp: Interpreter,
  main: PyModule,
  made: Assigned,
  call: Call,
  { args, isSize }: ExampleArguments,
): ExampleCall | undefined {
  const positional: TensorType[] = [];
  const named = new Map<string, TensorType>();
  for (const { form, name, value } of args) {
    const result = evaluateIn(interp, main, made, frame => evaluate(interp, value, frame));
    const types = isSize ? sizesOf(result) : typesOf(result);
    if (types === undefined) return undefined;
    if (form === 'keyword' && name !== undefined && !isSize && types[0] !== undefined) named.set(name, types[0]);
    else positional.push(...types);
  }
  return positional.length + named.size === 0 ? undefined : { call, positional, named };
}

export function typesOf(value: Value | undefined): readonly TensorType[] | undefined {
  if (value instanceof Tensor) return [value.type];
  if (!(value instanceof PyTuple || value instanceof PyList)) return undefined;
  const types = value.items.map(item => (item instanceof Tensor ? item.type : undefined));
  return types.every(type => type !== undefined) ? types : undefined;
}

function sizesOf(value: Value | undefined): readonly TensorType[] | undefined {
  if (!(value instanceof PyTuple || value instanceof PyList)) return typesOf(value);
  const sizes: readonly number[] = value.items.flatMap(size => (typeof size === 'number' ? [size] : []));
  if (sizes.length === 0 || sizes.length < value.items.length) return undefined;
  // With four sizes the batch is among them.
  return [tensor('float32', sizes.length >= 4 ? sizes : [1, ...sizes])];
}
