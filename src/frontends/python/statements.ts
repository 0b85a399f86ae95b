/** Executes statements. What cannot be known spoils what it would have decided, and is said. */
import { text } from '../../base/text';
import type { For, If, Statement, While } from './ast';
import { createClass } from './classes';
import { makeFunction } from './definitions';
import { evaluate } from './expressions';
import { executeImport, executeImportFrom } from './imports';
import type { Frame, Interpreter } from './interpreter';
import { getIterator } from './iteration';
import { executeMatch } from './match';
import { executeAugmented, executeRaise } from './mutation';
import { bindName } from './names';
import { spoil, staysSilent } from './spoil';
import { assign, remove } from './targets';
import { executeTry, executeWith } from './protection';
import { truth } from './truth';
import { Unknown } from './values';

/** How a block ended. */
export const NORMAL = 0;
export const BREAK = 1;
export const CONTINUE = 2;
export const RETURN = 3;
export type Completion = typeof NORMAL | typeof BREAK | typeof CONTINUE | typeof RETURN;

export function execute(interp: Interpreter, statements: readonly Statement[], frame: Frame): Completion {
  for (const statement of statements) {
    const completion = executeOne(interp, statement, frame);
    if (completion !== NORMAL) return completion;
  }
  return NORMAL;
}

export function executeOne(interp: Interpreter, statement: Statement, frame: Frame): Completion {
  interp.step();
  switch (statement.kind) {
    case 'expression':
      evaluate(interp, statement.value, frame);
      return NORMAL;
    case 'assign': {
      const value = evaluate(interp, statement.value, frame);
      for (const target of statement.targets) assign(interp, target, value, frame);
      return NORMAL;
    }
    case 'return':
      frame.result = statement.value === undefined ? null : evaluate(interp, statement.value, frame);
      return RETURN;
    case 'if':
      return executeIf(interp, statement, frame);
    case 'for':
      return executeFor(interp, statement, frame);
    case 'while':
      return executeWhile(interp, statement, frame);
    case 'break':
      return BREAK;
    case 'continue':
      return CONTINUE;
    case 'try':
      return executeTry(interp, statement, frame);
    case 'with':
      return executeWith(interp, statement, frame);
    case 'match':
      return executeMatch(interp, statement, frame);
    default:
      executeSimple(interp, statement, frame);
      return NORMAL;
  }
}

/** Statements that always go on to the next one. */
function executeSimple(interp: Interpreter, statement: Statement, frame: Frame): void {
  switch (statement.kind) {
    case 'augmented':
      executeAugmented(interp, statement, frame);
      return;
    case 'annotated':
      if (statement.value !== undefined)
        assign(interp, statement.target, evaluate(interp, statement.value, frame), frame);
      return;
    case 'def':
      bindName(statement.name, makeFunction(interp, statement, frame), frame);
      return;
    case 'class':
      bindName(statement.name, createClass(interp, statement, frame), frame);
      return;
    case 'import':
      executeImport(interp, statement, frame);
      return;
    case 'import-from':
      executeImportFrom(interp, statement, frame);
      return;
    case 'assert': {
      // What cannot be known is taken to hold: otherwise there would be no model.
      if (truth(interp, evaluate(interp, statement.test, frame)) === false) {
        frame.at = statement;
        interp.raise('AssertionError', '');
      }
      return;
    }
    case 'raise':
      executeRaise(interp, statement, frame);
      return;
    case 'delete':
      for (const target of statement.targets) remove(interp, target, frame);
      return;
    case 'error':
      frame.at = statement;
      interp.gap('syntax-error', text('the text could not be parsed here'));
      return;
    default:
  }
}

function executeIf(interp: Interpreter, statement: If, frame: Frame): Completion {
  const value = evaluate(interp, statement.test, frame);
  const holds = typeof value === 'boolean' ? value : truth(interp, value);
  if (holds instanceof Unknown) return branchUnknown(interp, statement, frame, holds);
  return execute(interp, holds ? statement.body : statement.otherwise, frame);
}

function branchUnknown(interp: Interpreter, statement: If, frame: Frame, why: Unknown): Completion {
  // A branch that only refuses is not taken: with it there would be no model.
  if (alwaysRaises(statement.body)) return execute(interp, statement.otherwise, frame);
  if (alwaysRaises(statement.otherwise)) return execute(interp, statement.body, frame);
  const both = [...statement.body, ...statement.otherwise];
  if (staysSilent(both)) return NORMAL;
  frame.at = statement.test;
  if (frame.env.kind !== 'module')
    interp.gap('unknown-branch', text('whether this branch runs is not known: {0}', why.reason), why.at);
  return spoil(interp, both, frame, new Unknown(why.reason, 'unknown-branch', why.at ?? interp.here()));
}

function alwaysRaises(statements: readonly Statement[]): boolean {
  const last = statements.at(-1);
  return last?.kind === 'raise' && statements.slice(0, -1).every(({ kind }) => kind === 'assign' || kind === 'expression'); // prettier-ignore
}

function executeFor(interp: Interpreter, statement: For, frame: Frame): Completion {
  const source = evaluate(interp, statement.iterable, frame);
  const { temporaries } = interp;
  const mark = temporaries.length;
  temporaries.push(source);
  const outer = frame.at;
  frame.at = statement.iterable;
  const iterator = getIterator(interp, source);
  frame.at = outer;
  if (iterator instanceof Unknown) return tripsUnknown(interp, statement, frame, iterator);
  const { next } = iterator;
  for (;;) {
    frame.at = statement.iterable;
    const item = next();
    frame.at = outer;
    if (item === undefined) break;
    interp.step();
    if (item instanceof Unknown && item.code === 'unknown-trip-count')
      return tripsUnknown(interp, statement, frame, item);
    assign(interp, statement.target, item, frame);
    const completion = execute(interp, statement.body, frame);
    if (completion === BREAK || completion === RETURN) {
      interp.drop(mark);
      return completion === BREAK ? NORMAL : RETURN;
    }
  }
  interp.drop(mark);
  return execute(interp, statement.otherwise, frame);
}

function tripsUnknown(interp: Interpreter, statement: For | While, frame: Frame, why: Unknown): Completion {
  frame.at = statement.kind === 'for' ? statement.iterable : statement.test;
  const marked = new Unknown(why.reason, 'unknown-trip-count', why.at ?? interp.here());
  if (statement.kind === 'for') assign(interp, statement.target, marked, frame);
  if (staysSilent(statement.body)) return NORMAL;
  if (frame.env.kind !== 'module')
    interp.gap('unknown-trip-count', text('how often this loop runs is not known: {0}', why.reason), why.at);
  return spoil(interp, statement.body, frame, marked);
}

function executeWhile(interp: Interpreter, statement: While, frame: Frame): Completion {
  for (;;) {
    interp.step();
    const holds = truth(interp, evaluate(interp, statement.test, frame));
    if (holds instanceof Unknown) return tripsUnknown(interp, statement, frame, holds);
    if (!holds) return execute(interp, statement.otherwise, frame);
    const completion = execute(interp, statement.body, frame);
    if (completion === BREAK) return NORMAL;
    if (completion === RETURN) return RETURN;
  }
}
