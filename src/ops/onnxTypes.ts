/** ONNX's numbers of element types, which stand in attributes such as Cast's `to`. */
import { text } from '../base/text';
import type { DType } from '../ir/tensor';
import { isDType } from '../ir/tensor';
import type { NodeView } from './op';
import { Mismatch } from './op';

/** `TensorProto.DataType`, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
const TYPES: readonly (DType | undefined)[] = [
  undefined, 'float32', 'uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'string', 'bool', 'float16', 'float64',
  'uint32', 'uint64', 'complex64', 'complex128', 'bfloat16', 'float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2',
  'float8e5m2fnuz', 'uint4', 'int4', 'float4e2m1', 'float8e8m0', 'uint2', 'int2',
]; // prettier-ignore

/** The element type that an attribute names, by number or by name; undefined where it is absent. */
export function typeAttribute(node: NodeView, name: string): DType | undefined {
  // Of a tensor attribute the name holds the elements, and `name.dtype` the type.
  const value = node.attr(`${name}.dtype`) ?? node.attr(name);
  if (value === undefined || value === 0) return undefined;
  const found =
    typeof value === 'number' ? TYPES[value] : typeof value === 'string' && isDType(value) ? value : undefined;
  if (found === undefined) throw new Mismatch(text('"{0}" is no element type', String(value)));
  return found;
}
