/** What a call hands back: a tensor, a tuple, or a tuple with named fields. */
import { NativeFunction } from '../python/functions';
import { getItem } from '../python/items';
import type { PyClass, Value } from '../python/values';
import { PyProperty, PyTuple, tupleClass } from '../python/values';
import type { Tensor } from './tensor';
import { torchClass } from './types';

const classes = new Map<string, PyClass>();

/** One class for each row of names. */
function classWith(fields: readonly string[]): PyClass {
  const key = fields.join();
  let cls = classes.get(key);
  if (cls === undefined) {
    cls = torchClass('return_type', tupleClass);
    fields.forEach((field, index) => {
      const get = new NativeFunction(field, (interp, { positional: [self = null] }) => getItem(interp, plain(self), index)); // prettier-ignore
      cls?.attrs.set(field, new PyProperty(get, null));
    });
    classes.set(key, cls);
  }
  return cls;
}

const plain = (value: Value): Value => (value instanceof PyTuple ? new PyTuple(value.items) : value);

export function namedTuple(outputs: readonly Tensor[], returns: 'tuple' | readonly string[] | undefined): Value {
  if (returns === undefined) return outputs.length === 1 ? (outputs[0] ?? null) : new PyTuple(outputs);
  return returns === 'tuple' ? new PyTuple(outputs) : new PyTuple(outputs, classWith(returns));
}
