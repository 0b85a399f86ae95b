/** The blocks of a file in which models are made and called, and expressions evaluated as they would be there. */
import type { Call, Expression, Statement } from '../python/ast';
import { evaluate } from '../python/expressions';
import type { Interpreter } from '../python/interpreter';
import { Aborted, Frame, Raised } from '../python/interpreter';
import type { PyModule } from '../python/module';
import { blocksOf, Env, PLAIN, walkStatement } from '../python/scope';
import type { Value } from '../python/values';
import { Unknown } from '../python/values';

/** The module's own statements with the blocks inside, and each function's. */
export function* blocks(statements: readonly Statement[]): Generator<readonly Statement[]> {
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

export type Assigned = ReadonlyMap<string, Expression>;

export function assignments(statements: readonly Statement[]): Assigned {
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

export function callsIn(statements: readonly Statement[]): Call[] {
  const found: Call[] = [];
  for (const statement of statements)
    walkStatement(statement, {
      expression: expression => void (expression.kind === 'call' && found.push(expression)),
    });
  return found;
}

/** In the scope of the call: its block's assignments as far as they are needed, then the module's names. */
export function evaluateIn<T extends Value>(
  interp: Interpreter,
  main: PyModule,
  made: Assigned,
  work: (frame: Frame) => T,
): T | undefined {
  const frame = new Frame(new Pending(made, node => run(node)), main, undefined, undefined);
  const run = (node: Expression): Value => evaluate(interp, node, frame);
  const outer = interp.frame;
  interp.frame = frame;
  try {
    const value = work(frame);
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
