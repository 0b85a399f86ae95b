/** PyTorch's spatial layers also take an input without the batch axis; ONNX's do not. */
import type { Emitter, InferredView } from './op';

/** Writes an op with `axes` spatial axes, whose input 0 gets a batch axis for the while if it has none. */
export function batched(
  node: InferredView,
  to: Emitter,
  run: (x: string) => readonly string[],
  axes: number,
): readonly string[] {
  if (node.rank(0) === axes + 2) return run(to.in(0));
  const out = run(to.node('Unsqueeze', [to.in(0), to.ints([0])]));
  return out.map(name => to.node('Squeeze', [name, to.ints([0])]));
}
