/** Names of `torch` that are neither ops nor modules: classes, constructors of tensors, questions about types. */
import { isUnknown, unknown } from '../../base/known';
import { text } from '../../base/text';
import type { DType } from '../../ir/tensor';
import { BITS, isFloat, tensor as tensorType } from '../../ir/tensor';
import { addStaticMethods } from '../python/builtins/types';
import { NdArray } from '../python/stdlib/array';
import { getAttribute } from '../python/attributes';
import { call } from '../python/calls';
import { native, NativeFunction } from '../python/functions';
import type { Interpreter } from '../python/interpreter';
import type { Value } from '../python/values';
import { Native, PyClass, PyDict, PyFloat, PyList, PyTuple, tupleClass, Unknown } from '../python/values';
import {
  CPU,
  installSize,
  deviceClass,
  dtypeClass,
  LEGACY,
  sizeClass,
  TorchDevice,
  TorchDType,
  torchClass,
  dtypes,
} from './types';
import { bufferClass, flagFrom, parameterClass, Tensor, tensorClass } from './tensor';
import { graphNatives } from './graphNatives';
import { quick } from './quick';
import { torchOf } from './torch';

let table: ReadonlyMap<string, Value> | undefined;

export const nativeName = (name: string): Value | undefined => (table ??= makeTable()).get(name);

/** Every dotted name that is given here. */
export const nativeSpellings = (): Iterable<string> => (table ??= makeTable()).keys();

const nothing = (name: string): NativeFunction => new NativeFunction(name, () => null, false);
const same = (name: string): NativeFunction =>
  new NativeFunction(name, (_, { positional: [value = null] }) => value, false);

function makeTable(): ReadonlyMap<string, Value> {
  installSize();
  installClasses();
  const functions: NativeFunction[] = [
    native('is_tensor', 'obj', (_, [object = null]) => object instanceof Tensor),
    native('is_floating_point', 'input', (interp, [input = null]) => ask(interp, input, 'is_floating_point')),
    native('is_complex', 'input', (interp, [input = null]) => ask(interp, input, 'is_complex')),
    native('numel', 'input', (interp, [input = null]) => ask(interp, input, 'numel')),
    native('tensor', 'data, *, dtype=None, device=None, requires_grad=False, pin_memory=False', (interp, [data = null, dtype = null]) => fromData(interp, data, dtype)), // prettier-ignore
    native('as_tensor', 'data, dtype=None, device=None', (interp, [data = null, dtype = null]) => fromData(interp, data, dtype)), // prettier-ignore
    native('asarray', 'data, *, dtype=None, device=None, copy=None, requires_grad=False', (interp, [data = null, dtype = null]) => fromData(interp, data, dtype)), // prettier-ignore
    native('get_default_device', '', () => CPU),
    native('from_numpy', 'ndarray', (interp, [data = null]) => fromArray(interp, data)),
    native('equal', 'input, other', (interp, [input = null, other = null]) => sameShape(interp, input, other)),
    native('finfo', 'type=None', (_, [type = null]) => limits(type)),
    native('iinfo', 'type', (_, [type = null]) => limits(type)),
    native('get_default_dtype', '', interp =>
      getAttribute(interp, interp.host.load(interp, 'torch') ?? null, 'float32'),
    ),
    native('typename', 'obj', () => 'torch'),
    native('compile', 'model=None, *args, **kwargs', (_, [model = null]) => model ?? same('compile')),
    ...['manual_seed', 'seed', 'set_num_threads', 'set_default_dtype', 'set_default_tensor_type', 'set_float32_matmul_precision', 'use_deterministic_algorithms', 'save', '_assert', '_check', 'set_printoptions', 'set_default_device', '_log_api_usage_once', 'set_flush_denormal'].map(nothing), // prettier-ignore
    native('_assert_async', '*args', () => null),
    ...['is_autocast_enabled', 'is_warn_always_enabled', 'are_deterministic_algorithms_enabled', 'overrides'].map(name => new NativeFunction(name, () => false, false)), // prettier-ignore
    new NativeFunction('is_grad_enabled', () => false, false),
  ];
  const uninitialized = torchClass('UninitializedParameter', parameterClass);
  return new Map<string, Value>([
    ...graphNatives.map((func): [string, Value] => [`torch.${func.name}`, func]),
    ...functions.map((func): [string, Value] => [`torch.${func.name}`, func]),
    ...legacyConstructors(),
    ['torch.Tensor', tensorClass],
    ['torch.Size', sizeClass],
    ['torch.dtype', dtypeClass],
    ['torch.device', deviceClass],
    ['torch.Generator', torchClass('Generator')],
    ['torch.nn.Parameter', parameterClass],
    ['torch.nn.Buffer', bufferClass],
    ['torch.nn.parameter.Parameter', parameterClass],
    ['torch.nn.parameter.Buffer', bufferClass],
    ['torch.nn.UninitializedParameter', uninitialized],
    ['torch.nn.parameter.UninitializedParameter', uninitialized],
    ['torch.__version__', '2.9.0'],
    ['torch.version.__version__', '2.9.0'],
    // What is read here runs on no such device; which CUDA it was built for is not known.
    ['torch.version.hip', null],
    ['torch.version.xpu', null],
    ['torch.inf', new PyFloat(Infinity)],
    ['torch.nan', new PyFloat(Number.NaN)],
    ['torch.pi', new PyFloat(Math.PI)],
    ['torch.e', new PyFloat(Math.E)],
    ...['strided', 'contiguous_format', 'channels_last', 'channels_last_3d', 'preserve_format'].map((name): [string, Value] => [`torch.${name}`, name]), // prettier-ignore
    // Which device is there changes no count.
    ['torch.cuda.is_available', new NativeFunction('is_available', () => false, false)],
    ['torch.cuda.device_count', new NativeFunction('device_count', () => 0, false)],
    ...['cuda.is_current_stream_capturing', 'cuda.is_initialized', 'cuda.is_bf16_supported', 'xpu.is_available', 'xpu.is_current_stream_capturing', 'mps.is_available', 'mtia.is_available', 'backends.mps.is_built', 'backends.cuda.is_built', 'onnx.is_in_onnx_export'].map((name): [string, Value] => [`torch.${name}`, new NativeFunction(name.slice(name.lastIndexOf('.') + 1), () => false, false)]), // prettier-ignore
    ['torch.backends.mps.is_available', new NativeFunction('is_available', () => false, false)],
    ['torch._C._log_api_usage_once', nothing('_log_api_usage_once')],
    ['torch._C._get_tracing_state', nothing('_get_tracing_state')],
    // Ours: whether nothing is known of a value.
    ['torch._modelwatt.is_hidden', native('is_hidden', 'value', (_, [value = null]) => value instanceof Unknown)],
    ['torch._modelwatt.quick', quick],
    ['torch.types.Number', tupleClass],
  ]);
}

function ask(interp: Interpreter, input: Value, method: string): Value {
  return input instanceof Unknown ? input : call(interp, getAttribute(interp, input, method), { positional: [] });
}

function installClasses(): void {
  const parameter = (interp: Interpreter, args: readonly Value[]): Value => {
    const [cls = null, data = null, flag = true] = args;
    if (data instanceof Unknown) return data;
    const made = data instanceof Tensor ? new Tensor(data.type, data.data, cls instanceof PyClass ? cls : parameterClass) : new Tensor(tensorType('float32', [0]), [], parameterClass); // prettier-ignore
    made.requiresGrad = flagFrom(flag);
    if (torchOf(interp).isTracing && data instanceof Tensor) made.place = torchOf(interp).placeOf(data);
    return made;
  };
  addStaticMethods(parameterClass, { '__new__(cls, data=None, requires_grad=True)': parameter });
  addStaticMethods(bufferClass, {
    '__new__(cls, data=None, *, persistent=True)': (interp, [, data = null]) => parameter(interp, [bufferClass, data, false]), // prettier-ignore
  });
  tensorClass.attrs.set('__new__', new NativeFunction('__new__', (interp, { positional: [, ...rest] }) => construct(interp, rest, 'float32'), false)); // prettier-ignore
  tensorClass.attrs.set('__init__', new NativeFunction('__init__', () => null));
  deviceClass.attrs.set('__new__', new NativeFunction('__new__', (_, { positional: [, kind = 'cpu'] }) => new TorchDevice(typeof kind === 'string' ? (kind.split(':')[0] ?? 'cpu') : 'cpu'), false)); // prettier-ignore
}

/** `torch.FloatTensor(2, 3)` and its kin. */
function legacyConstructors(): [string, Value][] {
  return LEGACY.map(([name, dtype]) => [
    `torch.${name}`,
    new NativeFunction(name, (interp, { positional }) => construct(interp, positional, dtype), false),
  ]);
}

/** Sizes, or the elements themselves. */
function construct(interp: Interpreter, args: readonly Value[], dtype: DType): Value {
  const [first = null] = args;
  if (first instanceof Tensor) return first;
  if (first instanceof NdArray) return torchOf(interp).fromValues(interp, first, dtype);
  if (args.length === 1 && (first instanceof PyList || (first instanceof PyTuple && first.cls !== sizeClass)))
    return enter(interp, torchOf(interp).fromValues(interp, first, dtype));
  const sizes = first instanceof PyTuple ? first.items : args;
  return torchOf(interp).call(interp, 'torch.empty', { positional: sizes, keywords: new Map([['dtype', new TorchDType(dtype)]]) }); // prettier-ignore
}

const enter = (_: Interpreter, made: Tensor | Unknown): Value => made;

function fromData(interp: Interpreter, data: Value, dtype: Value): Value {
  if (data instanceof Tensor)
    return dtype instanceof TorchDType ? torchOf(interp).call(interp, 'torch.Tensor.to', { positional: [data, dtype] }) : data; // prettier-ignore
  return torchOf(interp).fromValues(interp, data, dtype instanceof TorchDType ? dtype.dtype : undefined);
}

/** Of an array that is not known the tensor has no known sizes; where only elements are copied, none are needed. */
function fromArray(interp: Interpreter, data: Value): Value {
  if (data instanceof Unknown && data.data) return new Tensor(tensorType(unknown(data.reason), unknown(data.reason)));
  const dtype = data instanceof NdArray && data.dtype !== undefined ? dtypes.get(data.dtype) : undefined;
  return fromData(interp, data, dtype ?? null);
}

/** Tensors of other sizes are not equal; of the same size the elements decide. */
function sameShape(interp: Interpreter, input: Value, other: Value): Value {
  if (!(input instanceof Tensor) || !(other instanceof Tensor)) return input instanceof Unknown ? input : other;
  const [left, right] = [input.type.shape, other.type.shape];
  const known = !isUnknown(left) && !isUnknown(right) && !left.some(isUnknown) && !right.some(isUnknown);
  if (known && left.join() !== right.join()) return false;
  return interp.unknown('data-dependent', text('the values of a tensor are not known'), undefined, true);
}

/** Smallest and largest numbers of a type, as far as masks use them. */
function limits(type: Value): Value {
  const dtype = type instanceof TorchDType ? type.dtype : 'float32';
  const largest: Partial<Record<DType, number>> = { float32: 3.4028234663852886e38, float16: 65504, bfloat16: 3.3895313892515355e38, float64: Number.MAX_VALUE }; // prettier-ignore
  const steps: Partial<Record<DType, number>> = { float32: 2 ** -23, float16: 2 ** -10, bfloat16: 2 ** -7, float64: 2 ** -52 }; // prettier-ignore
  const bits = dtype === 'string' ? 0 : BITS[dtype];
  const most = isFloat(dtype) ? new PyFloat(largest[dtype] ?? 0) : 2 ** Math.min(52, bits - 1) - 1;
  const least = isFloat(dtype) ? new PyFloat(-(largest[dtype] ?? 0)) : -(2 ** Math.min(52, bits - 1));
  const facts: Readonly<Record<string, Value>> = { max: most, min: least, bits, eps: new PyFloat(steps[dtype] ?? 0), tiny: new PyFloat(1.17549435e-38) }; // prettier-ignore
  return new Facts(facts);
}

const factsClass = torchClass('finfo');

class Facts extends Native {
  constructor(readonly facts: Readonly<Record<string, Value>>) {
    super(factsClass);
    this.dict = new PyDict();
  }
  override attribute(_: Interpreter, name: string): Value | undefined {
    return Object.hasOwn(this.facts, name) ? this.facts[name] : undefined;
  }
}
