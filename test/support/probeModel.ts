/** The model behind src/profiler/probeModel.ts, in readable form. */
import type { TinyModel } from './onnxBytes';

export const probeModel: TinyModel = {
  name: 'probe',
  opset: 13,
  irVersion: 7,
  inputs: [
    { name: 'a', dtype: 'float32', dims: [512, 512] },
    { name: 'b', dtype: 'float32', dims: [512, 512] },
  ],
  outputs: [{ name: 'y', dtype: 'float32', dims: [512, 512] }],
  nodes: [{ op: 'MatMul', inputs: ['a', 'b'], outputs: ['y'], name: 'product' }],
};
