/** The few functions of NumPy by which model code computes with numbers; arrays are not modelled. */
import type { Value } from '../values';
import { PyFloat } from '../values';
import { mathNames, product } from './math';
import { made } from '../builtins/types';

const SAME = ['sqrt', 'exp', 'log2', 'log10', 'log', 'sin', 'cos', 'tan', 'tanh', 'pi', 'e', 'inf', 'nan', 'isnan'];

export function numpyNames(): ReadonlyMap<string, Value> {
  const math = mathNames();
  const names = new Map<string, Value>();
  for (const name of SAME) {
    const value = math.get(name);
    if (value !== undefined) names.set(name, value);
  }
  for (const func of made({
    'prod(a)': (interp, [items = null]) => product(interp, items, 1),
  }))
    names.set(func.name, func);
  names.set('Inf', new PyFloat(Infinity));
  return names;
}
