/** An ONNX file as decoded: structure and small tensors, no weights. Field names follow onnx.proto, in our spelling. */
import type { Attr } from '../../ir/graph';
import type { DType } from '../../ir/tensor';

export interface OnnxModel {
  readonly irVersion: number;
  readonly producer: string;
  /** Version by domain; the default domain is ''. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: OnnxGraph;
  readonly functions: readonly OnnxFunction[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNodeProto[];
  /** Sparse ones too: their dims are the dense ones, `stored` counts what is in the file. */
  readonly initialisers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly declared: ReadonlyMap<string, OnnxType>;
}

export interface OnnxFunction {
  readonly name: string;
  readonly domain: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly defaults: readonly OnnxAttribute[];
  readonly nodes: readonly OnnxNodeProto[];
  readonly opsets: ReadonlyMap<string, number>;
  readonly declared: ReadonlyMap<string, OnnxType>;
}

export interface OnnxNodeProto {
  readonly op: string;
  readonly domain: string;
  readonly overload: string;
  /** As the file has it; often empty. */
  readonly name: string;
  /** An empty name is an absent optional input or output. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly OnnxAttribute[];
}

/** `type` is AttributeProto.AttributeType as the file has it; 0 where it leaves it out. */
export type OnnxAttribute = { readonly name: string; readonly type: number } & (
  | { readonly kind: 'value'; readonly value: Attr }
  | { readonly kind: 'tensor'; readonly tensor: OnnxTensor }
  | { readonly kind: 'graph'; readonly graph: OnnxGraph }
  /** Inside a function: the attribute of that name at the call. */
  | { readonly kind: 'reference'; readonly to: string }
  /** Types, lists of tensors and graphs, and lists too long to be anything but data. */
  | { readonly kind: 'other' }
);

export interface OnnxTensor {
  readonly name: string;
  /** Undefined for a type that this version of the format does not know. */
  readonly dtype: DType | undefined;
  readonly dims: readonly number[];
  /** Elements of a small tensor. */
  readonly data?: readonly number[];
  /** Path of the file that holds the elements, as written. */
  readonly location?: string;
  /** Number of elements in the file where that is fewer than the dims say: a sparse tensor. */
  readonly stored?: number;
  /** The payload is shorter or longer than dims and type ask for. */
  readonly damaged: boolean;
}

export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType | undefined;
}

/** A size, a name for it, or nothing. */
export type OnnxDim = number | string | undefined;

export type OnnxType =
  | { readonly kind: 'tensor'; readonly dtype: DType | undefined; readonly dims: readonly OnnxDim[] | undefined }
  | { readonly kind: 'sequence' | 'optional'; readonly element: OnnxType | undefined }
  | { readonly kind: 'other' };

/** TensorProto.DataType. */
const DTYPES: readonly (DType | undefined)[] = [
  undefined, 'float32', 'uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'string', 'bool', 'float16', 'float64',
  'uint32', 'uint64', 'complex64', 'complex128', 'bfloat16', 'float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2',
  'float8e5m2fnuz', 'uint4', 'int4', 'float4e2m1', 'float8e8m0', 'uint2', 'int2',
]; // prettier-ignore

export const dtypeOf = (code: number): DType | undefined => DTYPES[code];
