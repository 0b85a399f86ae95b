/** `def`: the function with its defaults, closure and decorators. */
import { text } from '../../base/text';
import type { Expression, FunctionDefinition } from './ast';
import { call } from './calls';
import { evaluate } from './expressions';
import type { Code } from './functions';
import { PyFunction } from './functions';
import type { Frame, Interpreter } from './interpreter';
import type { Value, PyClass } from './values';
import { PyAnything, Unknown } from './values';

export function makeFunction(interp: Interpreter, node: FunctionDefinition, frame: Frame): Value {
  const defaults = new Map<string, Value>();
  for (const { name, fallback } of node.parameters)
    if (fallback !== undefined) defaults.set(name, evaluate(interp, fallback, frame));
  const made = new PyFunction(codeOf(node), defaults, frame.env.closure, frame.module, node.name);
  if (frame.env.kind === 'class') (frame.env.made ??= []).push(made);
  else made.owner = frame.func?.owner;
  return decorate(interp, node.decorators, made, frame);
}

/** Innermost first. One that is not known is taken to change nothing, which is said when the result is used. */
export function decorate(
  interp: Interpreter,
  decorators: readonly Expression[],
  value: PyFunction | PyClass,
  frame: Frame,
): Value {
  let result: Value = value;
  for (const decorator of decorators.toReversed()) {
    const outer = frame.at;
    const wrap = evaluate(interp, decorator, frame);
    frame.at = decorator;
    if (wrap instanceof Unknown) {
      const doubt = new Unknown(text('a decorator that is not known is assumed to change nothing'), 'unknown-call', interp.here()); // prettier-ignore
      value.doubt ??= doubt;
    } else if (!(wrap instanceof PyAnything)) result = call(interp, wrap, { positional: [result] });
    frame.at = outer;
  }
  return result;
}

const codes = new WeakMap<FunctionDefinition, Code>();

function codeOf(node: FunctionDefinition): Code {
  let code = codes.get(node);
  if (code === undefined) {
    code = { name: node.name, parameters: node.parameters, body: node.body, async: node.async, node };
    codes.set(node, code);
  }
  return code;
}
