/** What our own Python renderings of the standard library need from below. */
import { native, NativeFunction, PyFunction } from '../functions';
import type { Value } from '../values';
import { dictClass, nativeClass, PyList, PyMethod, PyProperty, PyTuple, typeClass } from '../values';

const orderedDictClass = nativeClass('OrderedDict', dictClass);
orderedDictClass.cls = typeClass;

const KINDS = { 'positional-only': 0, plain: 1, star: 2, 'keyword-only': 3, 'double-star': 4 } as const;

export const nativeNames = (): ReadonlyMap<string, Value> =>
  new Map<string, Value>([
    ['OrderedDict', orderedDictClass],
    ['type_name', native('type_name', 'value', (_, [value = null]) => (value === null ? 'None' : typeof value))],
    ['cached_property', new NativeFunction('cached_property', (_, { positional: [get = null] }) => new PyProperty(get, null, true))], // prettier-ignore
    ['parameters_of', native('parameters_of', 'func, bound', (interp, [func = null, bound = false]) => rows(interp, func, bound === true))], // prettier-ignore
  ]);

/** Name, kind, whether there is a default, the default. */
function rows(interp: Parameters<NativeFunction['invoke']>[0], func: Value, bound: boolean): Value {
  if (func instanceof PyMethod) return rows(interp, func.func, true);
  if (!(func instanceof PyFunction)) return interp.raise('ValueError', 'no signature found');
  const parameters = func.code.parameters.slice(bound ? 1 : 0);
  return new PyList(
    parameters.map(({ name, form }) => {
      const fallback = func.defaults.get(name);
      return new PyTuple([name, KINDS[form], fallback !== undefined, fallback ?? null]);
    }),
  );
}
