/** Evaluates expressions. */
import { text } from '../../base/text';
import type {
  Attribute,
  Binary,
  Compare,
  Conditional,
  Dict,
  Expression,
  FStringPart,
  Lambda,
  Sequence,
  Subscript,
  Unary,
} from './ast';
import { getAttribute } from './attributes';
import { evaluateCall } from './calls';
import { evaluateComprehension, evaluateDictComprehension } from './comprehensions';
import { format, repr, str, textOrUnknown } from './format';
import { PyFunction } from './functions';
import type { Frame, Interpreter } from './interpreter';
import { getItem } from './items';
import { iterateOver } from './iteration';
import { bindName, lookupName } from './names';
import { binary, unary } from './operators';
import { compare, truth } from './truth';
import type { Value } from './values';
import {
  ELLIPSIS,
  complexClass,
  PyBytes,
  PyDict,
  PyFloat,
  PyList,
  PyObject,
  PySet,
  PySlice,
  PyTuple,
  Unknown,
} from './values';

export function evaluate(interp: Interpreter, node: Expression, frame: Frame): Value {
  switch (node.kind) {
    case 'name':
      return lookupName(interp, node, frame);
    case 'attribute':
      return evaluateAttribute(interp, node, frame);
    case 'call':
      return evaluateCall(interp, node, frame);
    case 'int':
      return node.value;
    case 'string':
      return node.bytes ? new PyBytes(node.value) : node.value;
    case 'constant':
      return CONSTANTS[node.value];
    case 'binary':
      return evaluateBinary(interp, node, frame);
    case 'compare':
      return evaluateCompare(interp, node, frame);
    case 'bool':
      return evaluateBool(interp, node.operator, node.left, node.right, frame);
    case 'unary':
      return evaluateUnary(interp, node, frame);
    case 'subscript':
      return evaluateSubscript(interp, node, frame);
    case 'conditional':
      return evaluateConditional(interp, node, frame);
    case 'tuple':
    case 'list':
    case 'set':
      return evaluateSequence(interp, node, frame);
    case 'dict':
      return evaluateDict(interp, node, frame);
    case 'f-string':
      return joinParts(interp, node.parts, frame);
    case 'float':
      return node.imaginary ? new PyObject(complexClass) : new PyFloat(node.value);
    case 'slice':
      return evaluateSlice(interp, node, frame);
    case 'lambda':
      return makeLambda(interp, node, frame);
    case 'list-comprehension':
    case 'set-comprehension':
    case 'generator':
      return evaluateComprehension(interp, node, frame);
    case 'dict-comprehension':
      return evaluateDictComprehension(interp, node, frame);
    case 'named': {
      const value = evaluate(interp, node.value, frame);
      bindName(node.target.id, value, frame);
      return value;
    }
    case 'await':
      return evaluate(interp, node.value, frame);
    case 'starred':
      return interp.unknown('unsupported-syntax', text('a starred expression stands where none is expected'), node);
    case 'yield':
      return interp.unknown('unsupported-syntax', text('"yield" inside an expression is not modelled'), node);
    case 'error':
      return interp.unknown('syntax-error', text('the text could not be parsed here'), node);
  }
}

const CONSTANTS: Readonly<Record<'None' | 'True' | 'False' | 'Ellipsis', Value>> = {
  None: null,
  True: true,
  False: false,
  Ellipsis: ELLIPSIS,
};

function evaluateAttribute(interp: Interpreter, node: Attribute, frame: Frame): Value {
  const object = evaluate(interp, node.object, frame);
  const outer = frame.at;
  frame.at ??= node;
  const value = getAttribute(interp, object, node.name);
  frame.at = outer;
  return value;
}

// Two operands: the first is held while the second is under way, both while the operation runs. Without functions inside
// of functions, which would cost something for every expression.
function evaluateBinary(interp: Interpreter, node: Binary, frame: Frame): Value {
  const mark = interp.temporaries.length;
  const left = evaluate(interp, node.left, frame);
  interp.temporaries.push(left);
  const right = evaluate(interp, node.right, frame);
  interp.temporaries.push(right);
  const outer = frame.at;
  frame.at = node;
  const result = binary(interp, node.operator, left, right);
  frame.at = outer;
  interp.drop(mark);
  return result;
}

function evaluateSubscript(interp: Interpreter, node: Subscript, frame: Frame): Value {
  const mark = interp.temporaries.length;
  const object = evaluate(interp, node.object, frame);
  interp.temporaries.push(object);
  const index = evaluate(interp, node.index, frame);
  interp.temporaries.push(index);
  const outer = frame.at;
  frame.at = node;
  const result = getItem(interp, object, index);
  frame.at = outer;
  interp.drop(mark);
  return result;
}

function evaluateUnary(interp: Interpreter, node: Unary, frame: Frame): Value {
  const operand = evaluate(interp, node.operand, frame);
  const outer = frame.at;
  frame.at = node;
  const result = unary(interp, node.operator, operand);
  frame.at = outer;
  return result;
}

function evaluateCompare(interp: Interpreter, node: Compare, frame: Frame): Value {
  let left = evaluate(interp, node.left, frame);
  let result: Value = true;
  for (const [index, { operator, right }] of node.rest.entries()) {
    const mark = interp.temporaries.length;
    interp.temporaries.push(left);
    const value = evaluate(interp, right, frame);
    const outer = frame.at;
    frame.at = node;
    result = compare(interp, operator, left, value);
    frame.at = outer;
    interp.drop(mark);
    if (index === node.rest.length - 1) return result;
    const holds = truth(interp, result);
    if (holds !== true) return holds === false ? result : holds;
    left = value;
  }
  return result;
}

function evaluateBool(
  interp: Interpreter,
  operator: 'and' | 'or',
  left: Expression,
  right: Expression,
  frame: Frame,
): Value {
  const first = evaluate(interp, left, frame);
  const holds = truth(interp, first);
  if (!(holds instanceof Unknown)) return holds === (operator === 'and') ? evaluate(interp, right, frame) : first;
  return unknownBool(interp, operator, holds, right, frame);
}

/** `unknown and False` is false whatever the unknown is; the right side is looked at only where that has no effects. */
function unknownBool(
  interp: Interpreter,
  operator: 'and' | 'or',
  unknown: Unknown,
  right: Expression,
  frame: Frame,
): Value {
  if (!isPlain(right)) return unknown;
  const second = evaluate(interp, right, frame);
  const holds = truth(interp, second);
  const decided = operator === 'or';
  return holds === decided && typeof second === 'boolean' ? second : unknown;
}

const isPlain = (node: Expression): boolean =>
  node.kind === 'name' || node.kind === 'constant' || (node.kind === 'attribute' && isPlain(node.object));

function evaluateConditional(interp: Interpreter, node: Conditional, frame: Frame): Value {
  const holds = truth(interp, evaluate(interp, node.test, frame));
  if (holds instanceof Unknown) return new Unknown(holds.reason, 'unknown-branch', holds.at ?? interp.here());
  return evaluate(interp, holds ? node.then : node.otherwise, frame);
}

function evaluateSequence(interp: Interpreter, node: Sequence, frame: Frame): Value {
  const { temporaries } = interp;
  const mark = temporaries.length;
  const items: Value[] = [];
  let lost: Unknown | undefined;
  for (const item of node.items) {
    if (item.kind === 'starred') {
      const value = evaluate(interp, item.value, frame);
      lost = iterateOver(interp, value, element => void items.push(element)) ?? lost;
      temporaries.push(value);
    } else {
      const value = evaluate(interp, item, frame);
      items.push(value);
      temporaries.push(value);
    }
  }
  interp.drop(mark);
  if (lost !== undefined) return lost;
  if (node.kind === 'tuple') return new PyTuple(items);
  return node.kind === 'list' ? new PyList(items) : new PySet(items);
}

function evaluateDict(interp: Interpreter, node: Dict, frame: Frame): Value {
  const dict = new PyDict();
  const mark = interp.temporaries.length;
  interp.temporaries.push(dict);
  for (const { key, value } of node.entries) {
    if (key === undefined) spread(interp, dict, evaluate(interp, value, frame));
    else {
      const place = evaluate(interp, key, frame);
      const item = evaluate(interp, value, frame);
      if (place instanceof Unknown) dict.tainted ??= place;
      else dict.set(place, item);
    }
  }
  interp.drop(mark);
  return dict;
}

function spread(interp: Interpreter, dict: PyDict, value: Value): void {
  if (value instanceof Unknown) dict.tainted ??= value;
  else if (value instanceof PyDict) {
    dict.tainted ??= value.tainted;
    for (const [key, item] of value.entries()) dict.set(key, item);
  } else {
    const lost = iterateOver(interp, value, key => dict.set(key, getItem(interp, value, key)));
    dict.tainted ??= lost;
  }
}

function evaluateSlice(
  interp: Interpreter,
  node: { readonly lower?: Expression; readonly upper?: Expression; readonly step?: Expression },
  frame: Frame,
): PySlice {
  const part = (expression: Expression | undefined): Value =>
    expression === undefined ? null : evaluate(interp, expression, frame);
  return new PySlice(part(node.lower), part(node.upper), part(node.step));
}

function joinParts(interp: Interpreter, parts: readonly FStringPart[], frame: Frame): Value {
  let joined = '';
  for (const part of parts) {
    if (typeof part === 'string') joined += part;
    else {
      const value = evaluate(interp, part.value, frame);
      const lost = value instanceof Unknown ? value : part.conversion === 'r' ? undefined : lostText(interp, value);
      if (lost !== undefined) return new Unknown(lost.reason, lost.code, lost.at, true);
      const spec = joinParts(interp, part.spec, frame);
      if (spec instanceof Unknown) return spec;
      const shown =
        part.conversion === 'r' ? repr(interp, value) : part.conversion === 's' ? str(interp, value) : value;
      joined += format(interp, shown, typeof spec === 'string' ? spec : '');
    }
  }
  return joined;
}

/** Why an object's own text is not known. */
function lostText(interp: Interpreter, value: Value): Unknown | undefined {
  if (!(value instanceof PyObject) || value.cls.module === 'builtins') return undefined;
  const made = textOrUnknown(interp, value);
  return made instanceof Unknown ? made : undefined;
}

function makeLambda(interp: Interpreter, node: Lambda, frame: Frame): PyFunction {
  const defaults = new Map<string, Value>();
  for (const { name, fallback } of node.parameters)
    if (fallback !== undefined) defaults.set(name, evaluate(interp, fallback, frame));
  const code = codeOf(node);
  const made = new PyFunction(code, defaults, frame.env.closure, frame.module, '<lambda>');
  made.owner = frame.func?.owner;
  return made;
}

const codes = new WeakMap<Lambda, PyFunction['code']>();

function codeOf(node: Lambda): PyFunction['code'] {
  let code = codes.get(node);
  if (code === undefined) {
    code = { name: '<lambda>', parameters: node.parameters, body: { expression: node.body }, async: false, node };
    codes.set(node, code);
  }
  return code;
}
