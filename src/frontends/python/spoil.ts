/** What a block that may or may not run leaves behind: its names, and whatever it may have changed, are not known. */
import { orElse } from './orElse';
import type { Expression, Statement } from './ast';
import { setAttribute } from './attributes';
import type { Frame, Interpreter } from './interpreter';
import { bindName, findGlobal } from './names';
import { blocksOf, effectsOf, walkStatements } from './scope';
import { taint } from './taint';
import type { Completion } from './statements';
import { NORMAL, RETURN } from './statements';
import type { Unknown, Value } from './values';

export function spoil(interp: Interpreter, statements: readonly Statement[], frame: Frame, why: Unknown): Completion {
  const look = (name: string): Value | undefined =>
    orElse(frame.env.lookup(name), () => findGlobal(interp, frame.module, name));
  const attributes = new Set<string>();
  for (const target of attributeTargets(statements)) {
    if (target.object.kind !== 'name') continue;
    attributes.add(target.object.id);
    const object = look(target.object.id);
    if (object !== undefined) setAttribute(interp, object, target.name, why);
  }
  const { binds, touches } = effectsOf(statements);
  for (const name of touches) {
    const value = attributes.has(name) ? undefined : look(name);
    if (value !== undefined) taint(interp, [value], why);
  }
  for (const name of binds) bindName(name, why, frame);
  if (!mayReturn(statements)) return NORMAL;
  frame.result = why;
  return RETURN;
}

function attributeTargets(statements: readonly Statement[]): (Expression & { kind: 'attribute' })[] {
  const found: (Expression & { kind: 'attribute' })[] = [];
  walkStatements(statements, {
    statement: statement => {
      const targets =
        statement.kind === 'assign'
          ? statement.targets
          : statement.kind === 'augmented' || statement.kind === 'annotated'
            ? [statement.target]
            : [];
      for (const target of targets) if (target.kind === 'attribute') found.push(target);
    },
  });
  return found;
}

const mayReturn = (statements: readonly Statement[]): boolean =>
  statements.some(statement => statement.kind === 'return' || blocksOf(statement).some(mayReturn));

/** Calls that only tell the user something. */
const TELLING = /^(print|warn|warning|info|debug|error|log|write|append_log|deprecate|warn_once)$/;

/** Whether it makes no difference if the block runs. */
export function staysSilent(statements: readonly Statement[]): boolean {
  return statements.every(statement => {
    if (statement.kind === 'pass') return true;
    if (statement.kind !== 'expression') return false;
    const { value } = statement;
    if (value.kind === 'string' || value.kind === 'constant') return true;
    if (value.kind !== 'call') return false;
    const { callee } = value;
    return (callee.kind === 'name' && callee.id === 'print') || (callee.kind === 'attribute' && TELLING.test(callee.name) && isLogger(callee.object)); // prettier-ignore
  });
}

const isLogger = (expression: Expression): boolean =>
  expression.kind === 'name' && /log|warnings|stdout|stderr/i.test(expression.id);
