/** Values as text: `repr`, `str`, format specifications, f-strings, and the `%` operator. */
import { findOwnSpecial } from './attributes';
import { call } from './calls';
import { NativeFunction, PyFunction } from './functions';
import { getItem } from './items';
import type { Interpreter } from './interpreter';
import { messageOf, isException } from './exceptions';
import { PyModule } from './module';
import { isNumber, toDouble } from './numbers';
import { unboxed } from './truth';
import type { Value } from './values';
import {
  ELLIPSIS,
  idOf,
  Native,
  PyBytes,
  PyClass,
  PyDict,
  PyFloat,
  PyList,
  PyObject,
  PyRange,
  PySet,
  PyTuple,
  Unknown,
} from './values';

export function str(interp: Interpreter, value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof PyObject && value.cls.module !== 'builtins') {
    const own = findOwnSpecial(interp, value, '__str__');
    if (own !== undefined) return textOf(call(interp, own, { positional: [] }));
  }
  const plain = unboxed(value);
  if (typeof plain === 'string') return plain;
  if (value instanceof PyObject && isException(value.cls)) return messageOf(value);
  return repr(interp, value);
}

/** `str(value)` where a class's own `__str__` may give something that is not known. */
export function textOrUnknown(interp: Interpreter, value: Value): string | Unknown {
  if (value instanceof Unknown) return value;
  if (value instanceof PyObject && value.cls.module !== 'builtins') {
    const own = findOwnSpecial(interp, value, '__str__') ?? findOwnSpecial(interp, value, '__repr__');
    const made = own === undefined ? undefined : call(interp, own, { positional: [] });
    if (typeof made === 'string' || made instanceof Unknown) return made;
  }
  return str(interp, value);
}

const textOf = (value: Value): string => (typeof value === 'string' ? value : '?');

export function repr(interp: Interpreter, value: Value): string {
  // A Python value is none of the other types.
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
    case 'bigint':
      return String(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'object':
      return value === null ? 'None' : reprObject(interp, value);
  }
}

const inProgress = new Set<PyObject>();

function reprObject(interp: Interpreter, value: PyObject): string {
  if (value instanceof Unknown) return '?';
  if (value.cls.module !== 'builtins' && !(value instanceof Native)) {
    const own = findOwnSpecial(interp, value, '__repr__');
    if (own !== undefined) return textOf(call(interp, own, { positional: [] }));
  }
  if (value instanceof PyFloat) return reprFloat(value.value);
  if (inProgress.has(value)) return '...';
  inProgress.add(value);
  try {
    return reprContainer(interp, value) ?? reprOther(interp, value);
  } finally {
    inProgress.delete(value);
  }
}

function reprContainer(interp: Interpreter, value: PyObject): string | undefined {
  const all = (items: Iterable<Value>): string => [...items].map(item => repr(interp, item)).join(', ');
  if (value instanceof PyTuple) return `(${all(value.items)}${value.items.length === 1 ? ',' : ''})`;
  if (value instanceof PyList) return `[${all(value.items)}]`;
  if (value instanceof PySet) return value.members.size === 0 ? 'set()' : `{${all(value.members.values())}}`;
  if (value instanceof PyDict)
    return `{${[...value.entries()].map(([key, item]) => `${repr(interp, key)}: ${repr(interp, item)}`).join(', ')}}`;
  return undefined;
}

function reprOther(interp: Interpreter, value: PyObject): string {
  if (value instanceof PyClass)
    return `<class '${value.module === 'builtins' ? '' : `${value.module}.`}${value.name}'>`;
  if (value instanceof PyFunction || value instanceof NativeFunction) return `<function ${value.name}>`;
  if (value instanceof PyModule) return `<module '${value.name}'>`;
  if (value instanceof PyRange)
    return `range(${value.start}, ${value.stop}${value.step === 1 ? '' : `, ${value.step}`})`;
  if (value instanceof PyBytes) return `b${quote(value.value)}`;
  if (value === ELLIPSIS) return 'Ellipsis';
  if (value instanceof Native) {
    const own = value.attribute(interp, '__repr__');
    if (own !== undefined) return textOf(call(interp, own, { positional: [] }));
  }
  const plain = unboxed(value);
  if (!(plain instanceof PyObject)) return repr(interp, plain);
  if (isException(value.cls)) return `${value.cls.name}(${quote(messageOf(value))})`;
  return `<${value.cls.name} object at 0x${idOf(value).toString(16).padStart(12, '0')}>`;
}

function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll(mark, `\\${mark}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r');
  return mark + escaped + mark;
}

export function reprFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) return exponent(value.toExponential());
  const plain = String(value);
  return /^-?\d+$/.test(plain) ? `${plain}.0` : plain;
}

/** Python writes at least two digits of exponent. */
const exponent = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2');

/** Digits after the point; a half goes to the even neighbour, where JavaScript's own goes away from zero. */
export function fixed(value: number, places: number): string {
  const nearest = value.toFixed(places);
  const exact = value.toFixed(100);
  const end = exact.indexOf('.') + 1 + places;
  if (!/^50*$/.test(exact.slice(end))) return nearest;
  const below = exact.slice(0, places === 0 ? end - 1 : end);
  return /[02468]$/.test(below) ? below : nearest;
}

const SPEC = /^(?:(.)?([<>=^]))?([+\- ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su;

/** `format(value, spec)` */
export function format(interp: Interpreter, value: Value, spec: string): string {
  if (value instanceof PyObject && value.cls.module !== 'builtins') {
    const own = findOwnSpecial(interp, value, '__format__');
    if (own !== undefined) return textOf(call(interp, own, { positional: [spec] }));
  }
  if (spec === '') return str(interp, value);
  const match = SPEC.exec(spec);
  if (match === null) return str(interp, value);
  const [, fill = ' ', align, sign, alternate, zero, width, group, precision, type] = match;
  const plain = unboxed(value);
  const numeric = isNumber(plain) && type !== 's';
  const body = numeric
    ? numberText(plain, sign, alternate, group, precision === undefined ? undefined : Number(precision), type)
    : str(interp, value).slice(0, precision === undefined ? undefined : Number(precision));
  const pad = zero !== undefined && align === undefined ? '0' : fill;
  const side = align ?? (numeric ? (zero === undefined ? '>' : '=') : '<');
  return padded(body, Number(width ?? 0), pad, side);
}

function numberText(
  value: number | bigint | boolean | PyFloat,
  sign: string | undefined,
  alternate: string | undefined,
  group: string | undefined,
  precision: number | undefined,
  type: string | undefined,
): string {
  const digits = magnitudeText(value, alternate, precision, type);
  const [whole = '', ...rest] = digits.split('.');
  const grouped = group === undefined ? whole : whole.replace(/\B(?=(\d{3})+(?!\d))/g, group);
  const negative = value instanceof PyFloat ? value.value < 0 || Object.is(value.value, -0) : Number(value) < 0;
  const prefix = negative ? '-' : sign === '+' || sign === ' ' ? sign : '';
  return prefix + [grouped, ...rest].join('.');
}

function magnitudeText(
  value: number | bigint | boolean | PyFloat,
  alternate: string | undefined,
  precision: number | undefined,
  type: string | undefined,
): string {
  const amount = Math.abs(toDouble(value));
  const whole = value instanceof PyFloat ? undefined : BigInt(value) < 0n ? -BigInt(value) : BigInt(value);
  const prefix = (letter: string): string => (alternate === undefined ? '' : `0${letter}`);
  switch (type) {
    case 'b':
      return prefix('b') + (whole ?? 0n).toString(2);
    case 'o':
      return prefix('o') + (whole ?? 0n).toString(8);
    case 'x':
      return prefix('x') + (whole ?? 0n).toString(16);
    case 'X':
      return prefix('X') + (whole ?? 0n).toString(16).toUpperCase();
    case 'f':
    case 'F':
      return fixed(amount, precision ?? 6);
    case 'e':
    case 'E': {
      const made = exponent(amount.toExponential(precision ?? 6));
      return type === 'E' ? made.toUpperCase() : made;
    }
    case '%':
      return `${fixed(amount * 100, precision ?? 6)}%`;
    case 'g':
    case 'G':
      return general(amount, precision ?? 6);
    default:
      if (whole !== undefined) return whole.toString();
      return precision === undefined ? reprFloat(amount) : general(amount, precision);
  }
}

function general(amount: number, precision: number): string {
  if (amount === 0 || !Number.isFinite(amount)) return amount === 0 ? '0' : reprFloat(amount);
  const power = Math.floor(Math.log10(amount));
  if (power < -4 || power >= precision) return exponent(trimmed(amount.toExponential(Math.max(0, precision - 1))));
  return trimmed(amount.toFixed(Math.max(0, precision - 1 - power)));
}

const trimmed = (text: string): string => text.replace(/(\.\d*?)0+(e|$)/, '$1$2').replace(/\.(e|$)/, '$1');

function padded(text: string, width: number, fill: string, side: string): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (side === '<') return text + fill.repeat(missing);
  if (side === '^') return fill.repeat(missing >> 1) + text + fill.repeat(missing - (missing >> 1));
  if (side === '=' && /^[+-]/.test(text)) return text.charAt(0) + fill.repeat(missing) + text.slice(1);
  return fill.repeat(missing) + text;
}

const PERCENT = /%(?:\((\w+)\))?([#0\- +]*)(\d+|\*)?(?:\.(\d+))?([a-zA-Z%])/g;

/** `'…%d…' % values` */
export function percentFormat(interp: Interpreter, template: string, values: Value): string {
  const items = values instanceof PyTuple ? values.items : [values];
  let next = 0;
  return template.replace(
    PERCENT,
    (
      _,
      key: string | undefined,
      flags: string,
      width: string | undefined,
      precision: string | undefined,
      type: string,
    ) => {
      if (type === '%') return '%';
      const value = key === undefined ? (items[next++] ?? null) : getItem(interp, values, key);
      if (type === 's' || type === 'r') {
        const body = (type === 's' ? str : repr)(interp, value).slice(0, precision === undefined ? undefined : Number(precision)); // prettier-ignore
        return padded(body, Number(width ?? 0), ' ', flags.includes('-') ? '<' : '>');
      }
      const number = unboxed(value);
      const shown = (type === 'd' || type === 'i' || type === 'u') && number instanceof PyFloat ? Math.trunc(number.value) : number; // prettier-ignore
      const kind = type === 'i' || type === 'u' ? 'd' : type;
      const align = flags.includes('-') ? '<' : '';
      const spec = `${align}${flags.includes('+') ? '+' : ''}${flags.includes('0') && align === '' ? '0' : ''}${width ?? ''}${precision === undefined ? '' : `.${precision}`}${kind}`; // prettier-ignore
      return format(interp, shown, spec);
    },
  );
}

const FIELD = /\{\{|\}\}|\{([^{}!:]*)(?:!([rsa]))?(?::((?:[^{}]|\{[^{}]*\})*))?\}/g;

/** `'…{}…{name.attr[0]:>8}'.format(…)` */
export function formatMethod(
  interp: Interpreter,
  template: string,
  positional: readonly Value[],
  keywords: ReadonlyMap<string, Value>,
  attribute: (object: Value, name: string) => Value,
): string {
  let next = 0;
  const field = (name: string): Value => {
    const [, head = '', path = ''] = /^([^.[]*)(.*)$/s.exec(name) ?? [];
    const first = head === '' ? positional[next++] : /^\d+$/.test(head) ? positional[Number(head)] : keywords.get(head);
    let value = first ?? null;
    for (const [, attr, item] of path.matchAll(/\.(\w+)|\[([^\]]*)\]/g)) {
      if (attr !== undefined) value = attribute(value, attr);
      else if (item !== undefined) value = getItem(interp, value, /^\d+$/.test(item) ? Number(item) : item);
    }
    return value;
  };
  return template.replace(FIELD, (whole, name?: string, conversion?: string, spec?: string) => {
    if (whole === '{{') return '{';
    if (whole === '}}') return '}';
    const value = field(name ?? '');
    const shown = conversion === 'r' ? repr(interp, value) : conversion === 's' ? str(interp, value) : value;
    const filled = (spec ?? '').replace(/\{([^{}]*)\}/g, (_, inner: string) => str(interp, field(inner)));
    return format(interp, shown, filled);
  });
}
