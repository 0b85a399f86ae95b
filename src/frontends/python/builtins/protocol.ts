/** Methods that operators stand for, on built-in containers: asked for by name or through `super()`. */
import { compare } from '../truth';
import { deleteItem, getItem, lengthOf, setItem } from '../items';
import { getIterator } from '../iteration';
import { str, repr } from '../format';
import type { Value } from '../values';
import {
  dictClass,
  frozensetClass,
  listClass,
  PyDict,
  PyList,
  PyObject,
  PyTuple,
  rangeClass,
  setClass,
  strClass,
  tupleClass,
  viewClass,
} from '../values';
import { addMethods } from './types';
import { binary } from '../operators';

/** The same value as an instance of the built-in class, so that no method of the user's own is asked again. */
function plain(value: Value): Value {
  if (!(value instanceof PyObject)) return value;
  if (value instanceof PyDict && value.cls !== dictClass) {
    const view = new PyDict();
    for (const [key, item] of value.entries()) view.set(key, item);
    return view;
  }
  if (value instanceof PyTuple && value.cls !== tupleClass) return new PyTuple(value.items);
  return value instanceof PyList && value.cls !== listClass ? new PyList(value.items) : value;
}

export function installProtocol(): void {
  for (const cls of [listClass, tupleClass, strClass, dictClass, setClass, frozensetClass, rangeClass, viewClass]) {
    addMethods(cls, {
      '__iter__(self)': (interp, [self = null]) => getIterator(interp, plain(self)),
      '__len__(self)': (interp, [self = null]) => lengthOf(interp, plain(self)),
      '__contains__(self, item)': (interp, [self = null, item = null]) => compare(interp, 'in', item, plain(self)),
      '__eq__(self, other)': (interp, [self = null, other = null]) => compare(interp, '==', plain(self), plain(other)),
      '__repr__(self)': (interp, [self = null]) => repr(interp, plain(self)),
      '__str__(self)': (interp, [self = null]) => str(interp, plain(self)),
    });
  }
  for (const cls of [listClass, tupleClass, strClass, rangeClass])
    addMethods(cls, {
      '__getitem__(self, index)': (interp, [self = null, index = null]) => getItem(interp, plain(self), index),
      '__add__(self, other)': (interp, [self = null, other = null]) => binary(interp, '+', plain(self), plain(other)),
      '__mul__(self, other)': (interp, [self = null, other = null]) => binary(interp, '*', plain(self), other),
    });
  addMethods(listClass, {
    '__setitem__(self, index, value)': (interp, [self = null, index = null, value = null]) => {
      const list = plain(self);
      setItem(interp, list, index, value);
      return null;
    },
    '__delitem__(self, index)': (interp, [self = null, index = null]) => {
      deleteItem(interp, self, index);
      return null;
    },
  });
}
