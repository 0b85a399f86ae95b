/** Functions of PyTorch that meet an object of ours which stands for several tensors, as a sparse matrix does. */
import { getAttribute } from '../python/attributes';
import { call } from '../python/calls';
import type { Interpreter } from '../python/interpreter';
import type { Arguments, Value } from '../python/values';
import { Native, PyDict, PyObject, PyTuple } from '../python/values';

const HANDLER = '_torch_function';

/** What an argument makes of the call itself; undefined where none has anything to say. */
export function handledByArgument(interp: Interpreter, name: string, args: Arguments): Value | undefined {
  for (const value of args.positional) {
    if (!(value instanceof PyObject) || value instanceof Native || value.cls.lookup(HANDLER) === undefined) continue;
    const keywords = new PyDict();
    for (const [key, one] of args.keywords ?? []) keywords.values.set(key, one);
    const positional = [name.replace(/^torch\.(Tensor\.)?/, ''), new PyTuple(args.positional), keywords];
    const made = call(interp, getAttribute(interp, value, HANDLER), { positional });
    if (made !== null) return made;
  }
  return undefined;
}
