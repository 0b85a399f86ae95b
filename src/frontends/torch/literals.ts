/** Nested lists of numbers as tensors. */
import type { Maybe } from '../../base/known';
import { isUnknown, unknown } from '../../base/known';
import { text } from '../../base/text';
import type { Dim, DType } from '../../ir/tensor';
import type { Interpreter } from '../python/interpreter';
import { itemsOf } from '../python/iteration';
import { isNumber, toDouble } from '../python/numbers';
import { NdArray } from '../python/stdlib/array';
import { unboxed } from '../python/truth';
import type { Value } from '../python/values';
import { complexClass, PyFloat, PyList, PyObject, PyRange, PyTuple, Unknown } from '../python/values';
import { Tensor } from './tensor';

export interface Elements {
  readonly shape: readonly Dim[];
  readonly dtype: DType;
  readonly data: readonly Maybe<number>[] | undefined;
}

/** More are not carried: they are data, not shapes. */
const MOST = 4096;

export function elementsOf(interp: Interpreter, given: Value): Elements | Unknown {
  const value = unboxed(given);
  if (value instanceof Unknown) return value;
  if (typeof value === 'boolean') return { shape: [], dtype: 'bool', data: [Number(value)] };
  if (isNumber(value)) return { shape: [], dtype: value instanceof PyFloat ? 'float32' : 'int64', data: [toDouble(value)] }; // prettier-ignore
  if (value instanceof Tensor) return fromTensor(value);
  if (value instanceof PyObject && value.cls === complexClass)
    return { shape: [], dtype: 'complex64', data: undefined };
  if (value instanceof NdArray) return fromNumPy(value);
  if (!(value instanceof PyList || value instanceof PyTuple || value instanceof PyRange))
    return interp.unknown('unknown-value', text('the elements of a tensor are not known'));
  const items = itemsOf(interp, value);
  if (items instanceof Unknown) return items;
  const rows = items.map(item => elementsOf(interp, item));
  const lost = rows.find(row => row instanceof Unknown);
  if (lost instanceof Unknown) return lost;
  return joined(rows.filter((row): row is Elements => !(row instanceof Unknown)));
}

/** NumPy's own numbers are double precision. */
function fromNumPy({ shape, values }: NdArray): Elements {
  const data =
    values.length <= MOST
      ? values.map(value =>
          isNumber(value) ? toDouble(value) : unknown(text('the elements of a tensor are not known')),
        )
      : undefined;
  return { shape, dtype: values.some(value => value instanceof PyFloat) ? 'float64' : 'int64', data };
}

function fromTensor({ type, data }: Tensor): Elements | Unknown {
  if (isUnknown(type.shape)) return new Unknown(type.shape.unknown, 'unknown-shape', undefined);
  return { shape: type.shape, dtype: isUnknown(type.dtype) ? 'float32' : type.dtype, data };
}

function joined(rows: readonly Elements[]): Elements {
  const [first] = rows;
  if (first === undefined) return { shape: [0], dtype: 'float32', data: [] };
  const dtype = rows.some(row => row.dtype === 'float32') ? 'float32' : first.dtype;
  const missing = unknown(text('the elements of a tensor are not known'));
  const data = rows.flatMap(row => row.data ?? [missing]);
  const known = rows.every(row => row.data !== undefined) && data.length <= MOST;
  return { shape: [rows.length, ...first.shape], dtype, data: known ? data : undefined };
}
