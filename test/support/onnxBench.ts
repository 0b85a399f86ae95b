/** What `npm run bench onnx` runs in a process of its own: reading a file to its totals, and a file too large for any disk. */
import { rollUp } from '../../src/estimate/rollup';
import { parseInputSpec } from '../../src/frontends/input';
import { onnx } from '../../src/frontends/onnx/read';
import { nodeWorld } from '../../src/services/ports/world';
import { bytesField, message, number, onnxBytes, textField } from './onnxBytes';

export { modelFile, referenceModels } from './onnxModels';

export async function countFile(
  path: string,
  specs: readonly string[],
): Promise<{ status: string; parameters: number; macs: number }> {
  const { models } = await onnx.read({ path, inputs: specs.map(parseInputSpec) }, nodeWorld);
  const [model] = models;
  if (model?.graph === undefined) throw new Error(`${path} holds no graph`);
  const { parameters, macs } = rollUp(model.graph);
  return { status: model.status, parameters, macs };
}

const LAYERS = 9;
const WIDTH = 8192;

/** A model of some 2.4 GB as pieces of a file; a number is that many bytes of weights. */
export function hugeModel(): readonly (Uint8Array | number)[] {
  const weightBytes = 4 * WIDTH * WIDTH;
  const layers = Array.from({ length: LAYERS }, (_, index) => index);
  const rest = onnxBytes({
    inputs: [{ name: 'v0', dtype: 'float32', dims: [1, WIDTH] }],
    outputs: [{ name: `v${LAYERS}`, dtype: 'float32' }],
    nodes: layers.map(index => ({ op: 'MatMul', inputs: [`v${index}`, `w${index}`], outputs: [`v${index + 1}`] })),
  });
  // An initialiser's fields without its elements, then the head of these.
  const heads = layers.map(index =>
    message([number(1, WIDTH), number(1, WIDTH), number(2, 1), textField(8, `w${index}`)]),
  );
  const tensors = heads.map(head => ({ head, tail: lengthHead(9, weightBytes) }));
  const sizes = tensors.map(({ head, tail }) => head.length + tail.length + weightBytes);
  const inner = tensors.flatMap(({ head, tail }, index) => [lengthHead(5, sizes[index] ?? 0), head, tail, weightBytes]);
  const length = inner.reduce<number>((sum, piece) => sum + (typeof piece === 'number' ? piece : piece.length), 0);
  // Fields of the graph may come in several pieces of the same message: here the last one holds the weights alone.
  return [rest, lengthHead(7, length), ...inner];
}

/** Tag and length of a field whose payload follows. */
function lengthHead(field: number, length: number): Uint8Array {
  const tag = bytesField(field, new Uint8Array(0)).subarray(0, -1);
  return message([tag, number(1, length).subarray(1)]);
}
