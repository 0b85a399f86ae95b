/** Calls: arguments, functions, methods, classes, instances. */
import { text } from '../../base/text';
import type { Argument, Call } from './ast';
import { findAttribute } from './attributes';
import { instantiate } from './instances';
import { evaluate } from './expressions';
import { makeGenerator } from './generators';
import type { Signature } from './functions';
import { bind, bindPlain, NativeFunction, PyFunction, signatureOf } from './functions';
import type { Interpreter } from './interpreter';
import { Aborted, Frame } from './interpreter';
import { iterateOver } from './iteration';
import { Env, PLAIN, scopeInfo } from './scope';
import { execute } from './statements';
import { taint } from './taint';
import type { Arguments, Value } from './values';
import { classOf, Native, PyAnything, PyClass, PyDict, PyMethod, PyObject, Unknown } from './values';

export function evaluateCall(interp: Interpreter, node: Call, frame: Frame): Value {
  const { temporaries } = interp;
  const mark = temporaries.length;
  const callee = evaluate(interp, node.callee, frame);
  temporaries.push(callee);
  const args = evaluateArguments(interp, node.args, frame);
  // Functions take their arguments over; what else is called finds them still held here.
  if (callee instanceof PyFunction || (callee instanceof PyMethod && callee.func instanceof PyFunction))
    interp.drop(mark);
  const outer = frame.at;
  frame.at = node;
  interp.step();
  const result = args instanceof Unknown ? callWithUnknown(interp, callee, args) : call(interp, callee, args);
  frame.at = outer;
  interp.drop(mark);
  return result;
}

/** `Unknown` where `*` or `**` spread something that is not known. */
export function evaluateArguments(interp: Interpreter, nodes: readonly Argument[], frame: Frame): Arguments | Unknown {
  const positional: Value[] = [];
  let keywords: Map<string, Value> | undefined;
  let lost: Unknown | undefined;
  for (const node of nodes) {
    const value = evaluate(interp, node.value, frame);
    interp.temporaries.push(value);
    switch (node.form) {
      case 'positional':
        positional.push(value);
        break;
      case 'keyword':
        keywords = setKeyword(interp, keywords, node.name ?? '', value);
        break;
      case 'star': {
        const spread = iterateOver(interp, value, item => void positional.push(item));
        lost ??= spread;
        break;
      }
      case 'double-star': {
        const spread = spreadKeywords(interp, value, keywords);
        if (spread instanceof Unknown) lost ??= spread;
        else keywords = spread;
      }
    }
  }
  return lost ?? (keywords === undefined ? { positional } : { positional, keywords });
}

function setKeyword(
  interp: Interpreter,
  keywords: Map<string, Value> | undefined,
  name: string,
  value: Value,
): Map<string, Value> {
  const map = keywords ?? new Map<string, Value>();
  if (map.has(name)) interp.raise('TypeError', `got multiple values for keyword argument '${name}'`);
  map.set(name, value);
  return map;
}

function spreadKeywords(
  interp: Interpreter,
  value: Value,
  keywords: Map<string, Value> | undefined,
): Map<string, Value> | undefined | Unknown {
  if (value instanceof Unknown) return value;
  let map = keywords;
  if (!(value instanceof PyDict)) return spreadMapping(interp, value, keywords);
  if (value.tainted !== undefined) return value.tainted;
  for (const [key, item] of value.entries()) {
    if (key instanceof Unknown) return key;
    if (typeof key !== 'string') interp.raise('TypeError', 'keywords must be strings');
    else map = setKeyword(interp, map, key, item);
  }
  return map;
}

/** Whatever has `keys()` and `[]`. */
function spreadMapping(
  interp: Interpreter,
  value: Value,
  keywords: Map<string, Value> | undefined,
): Map<string, Value> | undefined | Unknown {
  const keys = findAttribute(interp, value, 'keys');
  const getter = findAttribute(interp, value, '__getitem__');
  if (keys === undefined || getter === undefined)
    return interp.raise('TypeError', `argument after ** must be a mapping, not ${classOf(value).name}`);
  let map = keywords;
  const lost = iterateOver(interp, call(interp, keys, { positional: [] }), key => {
    if (typeof key === 'string') map = setKeyword(interp, map, key, call(interp, getter, { positional: [key] }));
  });
  return lost ?? map;
}

export function call(interp: Interpreter, callee: Value, args: Arguments): Value {
  if (callee instanceof PyFunction) return callFunction(interp, callee, args);
  if (callee instanceof NativeFunction) return callee.invoke(interp, args);
  if (callee instanceof PyMethod)
    return call(interp, callee.func, { positional: [callee.self, ...args.positional], keywords: args.keywords });
  if (callee instanceof PyClass) return instantiate(interp, callee, args);
  if (callee instanceof Unknown) return callUnknown(interp, callee, args);
  if (callee instanceof PyAnything) return callee;
  if (callee instanceof Native && callee.call !== undefined) return callee.call(interp, args);
  return callInstance(interp, callee, args);
}

function callInstance(interp: Interpreter, callee: Value, args: Arguments): Value {
  const method = classOf(callee).lookup('__call__');
  if (method === undefined || !(callee instanceof PyObject))
    return interp.raise('TypeError', `'${classOf(callee).name}' object is not callable`);
  const positional = [callee, ...args.positional];
  const invoke = (): Value => call(interp, method, { positional, keywords: args.keywords });
  const { calling } = interp.host;
  return calling === undefined ? invoke() : calling.call(interp.host, interp, callee, args, invoke);
}

/** What unknown code had in its hands is not known afterwards. */
function callUnknown(interp: Interpreter, callee: Unknown, args: Arguments): Value {
  interp.host.calledUnknown?.(interp, callee, args);
  if (!callee.data) {
    taint(interp, [...args.positional, ...(args.keywords?.values() ?? [])], callee);
  }
  return new Unknown(callee.reason, callee.code, callee.at ?? interp.here(), callee.data);
}

function callWithUnknown(interp: Interpreter, callee: Value, args: Unknown): Value {
  interp.host.calledUnknown?.(interp, args, { positional: [callee] });
  return new Unknown(args.reason, args.code, args.at, false);
}

export function callFunction(interp: Interpreter, func: PyFunction, args: Arguments): Value {
  const { code, quick } = func;
  const done = quick?.(interp, func, args);
  if (done !== undefined) return done;
  const { body } = code;
  const info = 'expression' in body ? PLAIN : scopeInfo(body.statements);
  const env = new Env(func.closure, info);
  const signature = signatureOf(code.parameters);
  if (!bindPlain(signature, args, func.defaults, env.vars)) bindAll(interp, func, signature, args, env.vars);
  const frame = new Frame(env, func.module, func, interp.frame);
  if (info.isGenerator) return makeGenerator(interp, frame, func);
  enter(interp, frame);
  try {
    if ('expression' in body) return evaluate(interp, body.expression, frame);
    execute(interp, body.statements, frame);
    return frame.result;
  } finally {
    leave(interp, frame);
  }
}

function bindAll(
  interp: Interpreter,
  func: PyFunction,
  signature: Signature,
  args: Arguments,
  variables: Map<string, Value>,
): void {
  bind(
    interp,
    func.name,
    signature,
    args,
    parameter => func.defaults.get(parameter),
    (parameter, value) => variables.set(parameter, value),
  );
}

export function enter(interp: Interpreter, frame: Frame): void {
  if (++interp.depth > interp.limits.depth)
    throw new Aborted(text('more than {0} calls were nested', interp.limits.depth), interp.here());
  interp.frame = frame;
}

export function leave(interp: Interpreter, frame: Frame): void {
  interp.depth--;
  interp.frame = frame.caller;
}
