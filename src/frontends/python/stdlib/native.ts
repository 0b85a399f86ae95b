/** What our own Python renderings of the standard library need from below. */
import { text } from '../../../base/text';
import { evaluate } from '../expressions';
import { fillFields } from './fields';
import { annotationsOf } from './hints';
import { native, NativeFunction, PyFunction } from '../functions';
import { loadAbsolute } from '../imports';
import type { Interpreter } from '../interpreter';
import { Frame } from '../interpreter';
import { PyModule } from '../module';
import { Env, PLAIN } from '../scope';
import { parseExpression } from '../syntax';
import type { Expression } from '../ast';
import type { Value } from '../values';
import { dictClass, nativeClass, PyDict, PyList, PyMethod, PyProperty, PyTuple, typeClass, Unknown } from '../values';

const orderedDictClass = nativeClass('OrderedDict', dictClass);
orderedDictClass.cls = typeClass;

const KINDS = { 'positional-only': 0, plain: 1, star: 2, 'keyword-only': 3, 'double-star': 4 } as const;

export const nativeNames = (): ReadonlyMap<string, Value> =>
  new Map<string, Value>([
    ['OrderedDict', orderedDictClass],
    ['type_name', native('type_name', 'value', (_, [value = null]) => (value === null ? 'None' : typeof value))],
    ['cached_property', new NativeFunction('cached_property', (_, { positional: [get = null] }) => new PyProperty(get, null, true))], // prettier-ignore
    ['parameters_of', native('parameters_of', 'func, bound', (interp, [func = null, bound = false]) => rows(interp, func, bound === true))], // prettier-ignore
    ['annotations_of', native('annotations_of', 'cls, inherited=False', (interp, [cls = null, inherited = false]) => annotationsOf(interp, cls, inherited === true))], // prettier-ignore
    ['fill_fields', native('fill_fields', 'rows, self, args, kwargs, frozen=False', fillFields)],
    ['from_machine', native('from_machine', 'what', (interp, [what = null]) => interp.unknown('data-dependent', text('what "{0}" is depends on the machine', String(what)), undefined, true))], // prettier-ignore
    ['loaded_module', native('loaded_module', 'name', (interp, [name = null]) => interp.host.loaded?.(String(name)) ?? null)], // prettier-ignore
    ['has_module', native('has_module', 'name', (interp, [name = null]) => name instanceof Unknown ? name : loadAbsolute(interp, String(name)) !== undefined)], // prettier-ignore
    ['load_module', native('load_module', 'name', (interp, [name = null]) => loadNamed(interp, name))],
    ['read_literal', native('read_literal', 'text, constants', (interp, [source = null, constants = null]) => readLiteral(interp, source, constants))], // prettier-ignore
  ]);

function loadNamed(interp: Interpreter, name: Value): Value {
  if (name instanceof Unknown) return name;
  const found = loadAbsolute(interp, String(name));
  if (found !== undefined) return found;
  for (let { frame } = interp; frame !== undefined; frame = frame.caller)
    if (frame.catchesImports > 0) interp.raise('ModuleNotFoundError', String(name));
  return interp.unknown('unknown-import', text('the module "{0}" was not found', String(name)));
}

/** What consists of constants and containers only; names are looked up among the constants. */
function readLiteral(interp: Interpreter, source: Value, constants: Value): Value {
  if (source instanceof Unknown) return source;
  const node = parseExpression(String(source));
  const names = constants instanceof PyDict ? constants : new PyDict();
  if (node === undefined || !isLiteral(node, names)) return interp.raise('ValueError', 'malformed literal');
  const module = new PyModule('literal', true);
  for (const [name, value] of names.entries()) module.globals.set(name, value);
  return evaluate(interp, node, new Frame(new Env(undefined, PLAIN, 'module'), module, undefined, interp.frame));
}

function isLiteral(node: Expression, names: PyDict): boolean {
  switch (node.kind) {
    case 'int':
    case 'float':
    case 'string':
    case 'constant':
      return true;
    case 'name':
      return names.get(node.id) !== undefined;
    case 'unary':
      return node.operator === '-' && isLiteral(node.operand, names);
    case 'tuple':
    case 'list':
    case 'set':
      return node.items.every(item => isLiteral(item, names));
    case 'dict':
      return node.entries.every(
        ({ key, value }) => key !== undefined && isLiteral(key, names) && isLiteral(value, names),
      );
    default:
      return false;
  }
}

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
