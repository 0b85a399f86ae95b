/** Calls of a model that stand in its own file: `model(torch.randn(1, 3, 224, 224))`, `summary(model, (3, 224, 224))`. */
import type { Argument, Call, Expression, Statement } from '../python/ast';
import { evaluate } from '../python/expressions';
import type { Interpreter } from '../python/interpreter';
import { Aborted, Frame, Raised } from '../python/interpreter';
import type { PyModule } from '../python/module';
import { blocksOf, Env, PLAIN, walkStatement } from '../python/scope';
import type { Value } from '../python/values';
import { PyList, PyTuple, Unknown } from '../python/values';
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

/** The module's own statements with the blocks inside, and each function's. */
function* blocks(statements: readonly Statement[]): Generator<readonly Statement[]> {
  yield statements;
  for (const statement of statements) {
    if (statement.kind === 'def') yield* blocks(statement.body.statements);
    else if (statement.kind !== 'class') for (const block of blocksOf(statement)) yield* functionsOf(block);
  }
}

function* functionsOf(statements: readonly Statement[]): Generator<readonly Statement[]> {
  for (const statement of statements) {
    if (statement.kind === 'def') yield* blocks(statement.body.statements);
    else for (const block of blocksOf(statement)) yield* functionsOf(block);
  }
}

type Assigned = ReadonlyMap<string, Expression>;

function assignments(statements: readonly Statement[]): Assigned {
  const found = new Map<string, Expression>();
  for (const statement of statements)
    walkStatement(statement, {
      statement: inner => {
        if (inner.kind !== 'assign') return;
        for (const target of inner.targets) if (target.kind === 'name' && !found.has(target.id)) found.set(target.id, inner.value); // prettier-ignore
      },
    });
  return found;
}

function callsIn(statements: readonly Statement[]): Call[] {
  const found: Call[] = [];
  for (const statement of statements)
    walkStatement(statement, {
      expression: expression => void (expression.kind === 'call' && found.push(expression)),
    });
  return found;
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
    const result = evaluateIn(interp, main, made, value);
    const types = isSize ? sizesOf(result) : typesOf(result);
    if (types === undefined) return undefined;
    if (form === 'keyword' && name !== undefined && !isSize && types[0] !== undefined) named.set(name, types[0]);
    else positional.push(...types);
  }
  return positional.length + named.size === 0 ? undefined : { call, positional, named };
}

function typesOf(value: Value | undefined): readonly TensorType[] | undefined {
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

/** In the scope of the call: its block's assignments as far as they are needed, then the module's names. */
function evaluateIn(interp: Interpreter, main: PyModule, made: Assigned, expression: Expression): Value | undefined {
  const frame = new Frame(new Pending(made, node => run(node)), main, undefined, undefined);
  const run = (node: Expression): Value => evaluate(interp, node, frame);
  const outer = interp.frame;
  interp.frame = frame;
  try {
    const value = run(expression);
    return value instanceof Unknown ? undefined : value;
  } catch (error) {
    if (error instanceof Raised || error instanceof Aborted) return undefined;
    throw error;
  } finally {
    interp.frame = outer;
  }
}

/** Variables whose assignments run when they are first read. */
class Pending extends Env {
  readonly #under = new Set<string>();
  constructor(
    private readonly assigned: Assigned,
    private readonly run: (node: Expression) => Value,
  ) {
    super(undefined, PLAIN, 'function');
  }

  override lookup(name: string): Value | undefined {
    const known = super.lookup(name);
    const node = this.assigned.get(name);
    if (known !== undefined || node === undefined || this.#under.has(name)) return known;
    this.#under.add(name);
    const value = this.run(node);
    this.vars.set(name, value);
    return value;
  }
}
