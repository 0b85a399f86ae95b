/** Augmented assignment and `raise`. */
import { text } from '../../base/text';
import type { AugmentedAssign, Raise } from './ast';
import { getAttribute, setAttribute } from './attributes';
import { evaluate } from './expressions';
import { exception, isException } from './exceptions';
import { call } from './calls';
import type { Frame, Interpreter } from './interpreter';
import { Raised } from './interpreter';
import { getItem, setItem } from './items';
import { bindName } from './names';
import { augmented } from './operators';
import { spanOf } from './places';
import type { Value } from './values';
import { PyClass, PyObject, Unknown } from './values';

export function executeAugmented(interp: Interpreter, statement: AugmentedAssign, frame: Frame): void {
  const { target } = statement;
  const combine = (old: Value): Value => {
    const mark = interp.temporaries.length;
    interp.temporaries.push(old);
    const value = evaluate(interp, statement.value, frame);
    interp.temporaries.push(value);
    frame.at = statement;
    const result = augmented(interp, statement.operator, old, value);
    frame.at = undefined;
    interp.drop(mark);
    return result;
  };
  if (target.kind === 'name') bindName(target.id, combine(evaluate(interp, target, frame)), frame);
  else if (target.kind === 'attribute') {
    const object = evaluate(interp, target.object, frame);
    setAttribute(interp, object, target.name, combine(getAttribute(interp, object, target.name)));
  } else if (target.kind === 'subscript') {
    const object = evaluate(interp, target.object, frame);
    const index = evaluate(interp, target.index, frame);
    frame.at = statement;
    const old = getItem(interp, object, index);
    setItem(interp, object, index, combine(old));
  } else interp.gap('unsupported-syntax', text('this augmented assignment is not modelled'));
}

export function executeRaise(interp: Interpreter, statement: Raise, frame: Frame): never {
  const at = spanOf(frame.module, statement) ?? interp.here();
  if (statement.value === undefined) {
    const current = interp.handled.at(-1);
    if (current !== undefined) throw current;
    return interp.raise('RuntimeError', 'No active exception to reraise');
  }
  const value = evaluate(interp, statement.value, frame);
  const instance = value instanceof PyClass ? call(interp, value, { positional: [] }) : value;
  if (instance instanceof PyObject && isException(instance.cls)) throw new Raised(instance, at);
  const message = instance instanceof Unknown ? 'an exception that is not known' : 'exceptions must derive from BaseException'; // prettier-ignore
  throw new Raised(exception('Exception', message), at);
}
