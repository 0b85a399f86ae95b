/** onnxruntime's fusions for diffusion models and other transformers: counted as the ops that went into them. */
import { isUnknown } from '../base/known';
import type { Dim } from '../ir/tensor';
import { storedBytes, tensor } from '../ir/tensor';
import { text } from '../base/text';
import type { OnnxCall, OnnxNode } from './op';
import { defineOp, formula, Mismatch } from './op';
import { broadcast } from './rules';
import { known } from './view';

const halved = (size: Dim): Dim => {
  if (isUnknown(size)) return size;
  if (size % 2 !== 0) throw new Mismatch(text('{0} elements cannot be halved', size));
  return size / 2;
};

const GROUP_NORM = 8;
const SILU = 5;
const GELU = 5;
const SOFTMAX = 5;

/** Inputs: x, weight, bias of the norm, skip, bias of x. Attribute activation: 1 is SiLU. */
export const contribGroupNorm = defineOp({
  name: 'contrib_group_norm',
  doc: 'Norm of groups of channels, 8 steps per element, of a sum where there is one to be added, with SiLU after it where asked for.',
  source: 'onnxruntime contrib operators: GroupNorm, SkipGroupNorm',
  infer: node => [node.type(0), node.type(0)].slice(0, node.number('outputs', 1)),
  cost: node => {
    const added = [3, 4].filter(input => node.has(input)).length;
    return formula(0, (GROUP_NORM + added + (node.number('activation', 0) === 1 ? SILU : 0)) * node.elements(0));
  },
  onnx: { 'com.microsoft:GroupNorm': readGroupNorm, 'com.microsoft:SkipGroupNorm': readGroupNorm },
  examples: [
    // 128 × (8 + 5)
    {
      in: ['float32[1,4,4,8]', 'float32[8]', 'float32[8]'],
      attrs: { activation: 1 },
      out: ['float32[1,4,4,8]'],
      macs: 0,
      flops: 1664,
    },
    // 128 × (8 + 2)
    {
      in: ['float32[1,4,4,8]', 'float32[8]', 'float32[8]', 'float32[1,1,1,8]', 'float32[8]'],
      attrs: { outputs: 2 },
      out: ['float32[1,4,4,8]', 'float32[1,4,4,8]'],
      macs: 0,
      flops: 1280,
    },
  ],
});

function readGroupNorm(node: OnnxNode): OnnxCall {
  return { attrs: { outputs: node.outputCount, activation: node.number('activation', 0) } };
}

export const biasSplitGelu = defineOp({
  name: 'bias_split_gelu',
  doc: 'Bias added, then one half of the last axis times the GELU of the other.',
  source: 'onnxruntime contrib operators: BiasSplitGelu',
  infer: node => [tensor(node.dtype(0), [...node.shape(0).slice(0, -1), halved(node.dim(0, -1))])],
  cost: node => formula(0, node.elements(0) + (GELU + 1) * node.outputElements()),
  onnx: { 'com.microsoft:BiasSplitGelu': {} },
  // 48 + 24 × 6
  examples: [{ in: ['float32[2,3,8]', 'float32[8]'], out: ['float32[2,3,4]'], macs: 0, flops: 192 }],
});

/** Inputs: x, bias, skip. */
export const biasAdd = defineOp({
  name: 'bias_add',
  doc: 'x + bias + skip.',
  source: 'onnxruntime contrib operators: BiasAdd, BiasDropout',
  elementwise: true,
  infer: node => [node.type(0), tensor('bool', node.type(0).shape)].slice(0, node.number('outputs', 1)),
  cost: node => formula(0, (node.has(2) ? 2 : 1) * node.elements(0)),
  onnx: {
    'com.microsoft:BiasAdd': {},
    'com.microsoft:BiasDropout': node => ({ inputs: [0, 1, 2], attrs: { outputs: node.outputCount } }),
  },
  examples: [{ in: ['float32[2,3,8]', 'float32[8]', 'float32[2,3,8]'], out: ['float32[2,3,8]'], macs: 0, flops: 96 }],
});

export const biasSoftmax = defineOp({
  name: 'bias_softmax',
  doc: 'Softmax of scores and a bias.',
  source: 'onnxruntime contrib operators: BiasSoftmax',
  infer: node => [node.type(0)],
  cost: node => formula(0, (SOFTMAX + 1) * node.elements(0)),
  onnx: { 'com.microsoft:BiasSoftmax': { inputs: [0, 1] } },
  examples: [{ in: ['float32[2,3,4]', 'float32[2,1,4]'], out: ['float32[2,3,4]'], macs: 0, flops: 144 }],
});

/** Inputs: gate, value. */
export const swiglu = defineOp({
  name: 'swiglu',
  doc: 'gate · sigmoid(alpha · gate) · value: the gate’s SiLU and a product.',
  source: 'ONNX SwiGLU-28',
  elementwise: true,
  infer: node => [tensor(node.dtype(0), known(broadcast(node.type(0).shape, node.type(1).shape)))],
  cost: node => formula(0, (SILU + 1 + (node.number('alpha', 1) === 1 ? 0 : 1)) * node.outputElements()),
  onnx: { SwiGLU: node => ({ attrs: { alpha: node.number('alpha', 1) } }) },
  examples: [{ in: ['float32[2,3]', 'float32[2,3]'], out: ['float32[2,3]'], macs: 0, flops: 36 }],
});

/** Inputs: table, indices, scales, zero points. Attributes bits (of elements packed into bytes), dim. */
export const gatherBlockQuantized = defineOp({
  name: 'gather_block_quantized',
  doc: 'Slices of a table that is stored in few bits, dequantised: a product per element, a subtraction with zero points.',
  source: 'onnxruntime contrib operators: GatherBlockQuantized',
  infer: node => {
    const axis = node.number('dim', 0);
    const rank = node.rank(0);
    const at = axis < 0 ? axis + rank : axis;
    if (at < 0 || at >= rank) throw new Mismatch(text('axis {0} is out of range for {1} axes', axis, rank));
    const [before, after] = [node.shape(0).slice(0, at), node.shape(0).slice(at + 1)];
    return [tensor(node.dtype(2), [...before, ...node.shape(1), ...after])];
  },
  cost: node => formula(0, (node.has(3) ? 2 : 1) * node.outputElements()),
  // Indices, as many elements and scales as are picked (at most all of them), and the output.
  bytes: node => {
    const out = tensor(node.dtype(0), node.outputShape());
    const [table, scales] = [known(storedBytes(node.type(0))), known(storedBytes(node.type(2)))];
    const share = Math.min(1, node.outputElements() / node.elements(0));
    const read = Math.min(table, known(storedBytes(out))) + Math.ceil(share * scales);
    return known(storedBytes(node.type(1))) + read + known(storedBytes(tensor(node.dtype(2), node.outputShape())));
  },
  onnx: { 'com.microsoft:GatherBlockQuantized': node => ({ attrs: { dim: node.number('gather_axis', 0) } }) },
  examples: [
    // 2 indices of 8 bytes, 2 rows of 32 elements in 4 bits, 2 scales each, and 64 floats
    {
      in: ['uint4[10,32]', 'int64[2]', 'float32[10,2]'],
      out: ['float32[2,32]'],
      macs: 0,
      flops: 64,
      bytes: 320,
    },
  ],
});
