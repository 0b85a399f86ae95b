/**
 * From the native runtime's plain error texts to codes, clear messages and remedies. What is not recognised keeps the
 * runtime's own first line, so that nothing is hidden.
 */
import { InputError } from '../base/findings';
import type { Text } from '../base/text';
import { text } from '../base/text';

interface Fault {
  readonly pattern: RegExp;
  readonly code: string;
  readonly text: (...groups: string[]) => Text;
  readonly remedy?: (...groups: string[]) => Text;
}

/** The first that matches counts; groups of the pattern fill the texts. */
const FAULTS: readonly Fault[] = [
  {
    // "Failed to allocate memory for requested buffer of size 4000000000000"
    pattern:
      /Failed to allocate memory(?: for requested buffer of size (\d+))?|bad_?\s?alloc|Array buffer allocation failed|out of memory/i,
    code: 'out-of-memory',
    text: (bytes = '') =>
      bytes === ''
        ? text('the memory was not enough to run the model')
        : text('the model asked for {0} MB of memory at once, which this machine does not have', megabytes(bytes)),
    remedy: () => text('give smaller input sizes or a smaller batch'),
  },
  {
    pattern: /File doesn't exist|No such file or directory.*\.onnx/,
    code: 'missing-file',
    text: () => text('the model file does not exist'),
  },
  {
    // "External data path validation failed for initializer: w. Error: … does not exist: \"/models/w.bin\""
    pattern: /External data path.*does not exist: "?([^"\n]+)|external data.*(?:No such file|does not exist)/is,
    code: 'missing-weights',
    text: (path = '') => text('the file that holds the weights is missing: {0}', path),
    remedy: () => text('put it beside the model, under the name that the model expects'),
  },
  {
    pattern: /Protobuf parsing failed|ModelProto does not have a graph|INVALID_PROTOBUF/,
    code: 'invalid-model',
    text: () => text('this is no complete ONNX file'),
    remedy: () => text('download or export it again; files beyond 2 GB need their weights in a file of their own'),
  },
  {
    pattern: /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    code: 'unsupported-version',
    text: (got = '', most = '') => text('the file has IR version {0}, this runtime reads up to {1}', got, most),
    remedy: () => text('export the model with an older version of the format'),
  },
  {
    pattern: /Opset (\d+) is under development.*is till opset (\d+)/s,
    code: 'unsupported-version',
    text: (got = '', most = '') => text('the model uses operator set {0}, this runtime knows up to {1}', got, most),
    remedy: () => text('export the model with an older operator set'),
  },
  {
    // "No Op registered for Frobnicate with domain_version of 17", "acme:Frobnicate(-1) is not a registered function/op"
    pattern: /No Op registered for (\S+)|Fatal error: (\S+?)\(-?\d+\) is not a registered function\/op/,
    code: 'unknown-op',
    text: (op = '', other = '') => text('the runtime has no operator "{0}"', op || other),
    remedy: () => text('replace the operator by standard ones when exporting'),
  },
  {
    pattern: /Could not find an implementation for (\S+?)\((\d+)\) node with name '([^']*)'/,
    code: 'unknown-op',
    text: (op = '', version = '', node = '') =>
      text('the runtime cannot run {0} (version {1}) at "{2}" with its element types', op, version, node),
    remedy: () => text('profile a variant of the model in another element type, such as float32'),
  },
  {
    // Its lines are about one axis each.
    pattern:
      /Got invalid dimensions for input: (.+?) for the following indices\s+index: (\d+) Got: (\d+) Expected: (\d+)/,
    code: 'wrong-dims',
    text: (input = '', axis = '', got = '', wanted = '') =>
      text('the input "{0}" needs the size {1} at axis {2}, but got {3}', input, wanted, axis, got),
    remedy: () => text('give the input with the sizes that the model declares'),
  },
  {
    pattern: /Invalid rank for input: (.+?) Got: (\d+) Expected: (\d+)/,
    code: 'wrong-dims',
    text: (input = '', got = '', wanted = '') =>
      text('the input "{0}" needs {1} axes, but got {2}', input, wanted, got),
    remedy: () => text('give the input with the sizes that the model declares'),
  },
  {
    pattern: /Unexpected input data type\. Actual: \(tensor\((\w+)\)\) ?, expected: \(tensor\((\w+)\)\)/,
    code: 'wrong-dtype',
    text: (got = '', wanted = '') => text('an input needs elements of type {0}, but got {1}', wanted, got),
    remedy: () => text('give the input with the element type that the model declares'),
  },
  {
    pattern: /Unsupported data type: (\d+)/,
    code: 'unsupported-dtype',
    text: () => text('an input or output of the model has an element type that cannot be exchanged with the runtime'),
    remedy: () => text('profile a variant of the model in another element type, such as float32'),
  },
  {
    pattern: /indices element out of data bounds, idx=(-?\d+)/,
    code: 'bad-index',
    text: (index = '') => text('an input was taken as an index, and {0} lies outside of the table', index),
    remedy: () => text('give the input with a value, for example ids=int64[1,16]=0'),
  },
  {
    // "Node (mm) Op (MatMul) [ShapeInferenceError] Incompatible dimensions for matrix multiplication"
    pattern: /Node \(([^)]*)\) Op \(([^)]*)\) \[(?:Shape|Type)InferenceError\] ([^\n]+)/,
    code: 'invalid-model',
    text: (node = '', op = '', said = '') => text('the model is not sound at {0} "{1}": {2}', op, node, said),
  },
  {
    // "Non-zero status code returned while running MatMul node. Name:'mm' Status Message: …"
    pattern: /while running (\S+) node\. Name:'([^']*)' Status Message: ([^\n]+)/,
    code: 'run-failed',
    text: (op = '', node = '', said = '') => text('the model failed at {0} "{1}": {2}', op, node, firstLine(said)),
    remedy: () => text('other input sizes or values may fit; give them with the input'),
  },
  {
    pattern: /Cannot find (?:module|package).*onnxruntime|onnxruntime_binding\.node|libonnxruntime|ERR_DLOPEN_FAILED/,
    code: 'missing-runtime',
    text: () => text('the inference runtime is not available for this system'),
    remedy: () => text('install the variant of the extension that was made for this platform'),
  },
  {
    pattern: /invalid model\.?\s*(.*)/i,
    code: 'invalid-model',
    text: (said = '') => text('the model is not sound: {0}', firstLine(said)),
  },
];

/** `InputError`s pass unchanged; everything else the runtime said becomes one. */
export function explainFault(error: unknown): InputError {
  if (error instanceof InputError) return error;
  const said = error instanceof Error ? error.message : String(error);
  for (const { pattern, code, text: message, remedy } of FAULTS) {
    const match = pattern.exec(said);
    if (match === null) continue;
    const groups = match.slice(1) as (string | undefined)[];
    return new InputError(code, message(...(groups as string[])), remedy?.(...(groups as string[])));
  }
  return new InputError('runtime-error', text('the inference runtime failed: {0}', firstLine(said)));
}

/** Without the places in the runtime's own sources that it puts before its messages. */
export function firstLine(said: string): string {
  const line = said.trim().split('\n')[0] ?? '';
  return line.replace(/\/onnxruntime_src\/\S+:\d+ .*?\) (?=[A-Z])/, '').slice(0, 300);
}

const megabytes = (bytes: string): number => Math.ceil(Number(bytes) / 1e6);
