/** What exceptions can be asked. */
import { baseException, fillException } from '../exceptions';
import { NativeFunction } from '../functions';
import { PyObject } from '../values';
import { addMethods } from './types';

export function installExceptions(): void {
  baseException.attrs.set('__init__', new NativeFunction('__init__', (_, { positional: [self = null, ...args] }) => {
    if (self instanceof PyObject) fillException(self, args);
    return null;
  })); // prettier-ignore
  addMethods(baseException, { 'with_traceback(self, tb)': (_, [self = null]) => self });
}
