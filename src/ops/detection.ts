/** Pooling of regions of interest, K boxes over feature maps. FLOPs: 7 steps per bilinear sample and one to add it; maxima by their window. */
import type { Dim, TensorType } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import type { Cost, NodeView, TorchSpelling } from './op';
import { defineOp, formula } from './op';
import { perAxis } from './rules';
import { text } from '../base/text';
import { known } from './view';

const SAMPLE = 8;

/** Boxes are rows of one tensor, or of one tensor per image. */
function boxes(node: NodeView): Dim {
  const rows = Array.from({ length: node.arity - 1 }, (_, input) => input + 1).filter(input => node.has(input));
  return rows.map(input => known(node.dim(input, 0))).reduce((a, b) => a + b, 0);
}

const pooled = (node: NodeView, channels: Dim): readonly Dim[] => [
  boxes(node),
  channels,
  ...perAxis(node.numbersOf('output_size'), 2),
];

/** The pooled boxes, and with them, from the compiled operators, where each came from. */
const made = (node: NodeView, channels: Dim): readonly TensorType[] => {
  const shape = pooled(node, channels);
  return [tensor(node.dtype(0), shape), ...(node.flag('with_places', false) ? [tensor('int32', shape)] : [])];
};

/** The compiled operators, which torchvision's own functions call: sizes stand alone, boxes in one tensor. */
const compiled = (more: string, withPlaces: boolean): TorchSpelling => ({
  signature: `input: Tensor, boxes: Tensor, spatial_scale, pooled_height, pooled_width${more}`,
  call: args => ({
    inputs: [args.tensor('input'), args.tensor('boxes')],
    attrs: {
      output_size: [args.number('pooled_height'), args.number('pooled_width')],
      sampling_ratio: args.attr('sampling_ratio'),
      ...(withPlaces && { with_places: true }),
    },
  }),
});

const DEPENDS: Cost = {
  kind: 'unknown',
  because: text('how many samples a box takes depends on its size'),
};

const aligned = (signature: string): TorchSpelling => [
  `input: Tensor, boxes: Tensor, ${signature}`,
  `input: Tensor, boxes: Tensor[], ${signature}`,
];

export const roiAlign = defineOp({
  name: 'roi_align',
  doc: 'Bilinear samples of each box, averaged per bin; without a sampling_ratio their number depends on the boxes.',
  source: 'torchvision.ops.roi_align reference; ONNX RoiAlign-16',
  infer: node => made(node, node.dim(0, 1)),
  cost: node => {
    const ratio = node.number('sampling_ratio', -1);
    if (ratio <= 0 && known(boxes(node)) > 0) return DEPENDS;
    return formula(0, node.outputElements() * SAMPLE * Math.max(0, ratio) ** 2);
  },
  torch: {
    'torchvision.ops.roi_align': aligned('output_size, spatial_scale=1.0, sampling_ratio=-1, aligned=False'),
    'torch.ops.torchvision.roi_align': compiled(', sampling_ratio, aligned', false),
  },
  onnx: {
    RoiAlign: node => ({
      inputs: [0, 1],
      attrs: {
        output_size: [node.number('output_height', 1), node.number('output_width', 1)],
        sampling_ratio: node.number('sampling_ratio', 0),
      },
    }),
  },
  examples: [
    // 3·8·7·7 bins × 2² samples × 8
    {
      in: ['float32[1,8,20,20]', 'float32[3,5]'],
      attrs: { output_size: 7, sampling_ratio: 2 },
      out: ['float32[3,8,7,7]'],
      macs: 0,
      flops: 37_632,
    },
    {
      in: ['float32[2,8,20,20]', 'float32[3,4]', 'float32[2,4]'],
      attrs: { output_size: [7, 5], sampling_ratio: 1 },
      out: ['float32[5,8,7,5]'],
      macs: 0,
      flops: 11_200,
    },
  ],
});

export const roiPool = defineOp({
  name: 'roi_pool',
  doc: 'Largest element of each bin of each box; how many elements a bin has depends on the box.',
  source: 'torchvision.ops.roi_pool reference; ONNX MaxRoiPool-1',
  infer: node => made(node, node.dim(0, 1)),
  cost: node => (known(boxes(node)) === 0 ? formula(0, 0) : DEPENDS),
  torch: {
    'torchvision.ops.roi_pool': aligned('output_size, spatial_scale=1.0'),
    'torch.ops.torchvision.roi_pool': compiled('', true),
  },
  onnx: { MaxRoiPool: node => ({ attrs: { output_size: node.numbersOf('pooled_shape') } }) },
  examples: [{ in: ['float32[1,8,20,20]', 'float32[0,5]'], attrs: { output_size: 7 }, out: ['float32[0,8,7,7]'] }],
});

/** Every bin reads channels of its own. */
export const psRoiAlign = defineOp({
  name: 'ps_roi_align',
  doc: 'Bilinear samples of each box, averaged per bin, each bin from its own channels.',
  source: 'torchvision.ops.ps_roi_align reference',
  infer: node => {
    const sizes = perAxis(node.numbersOf('output_size'), 2);
    return made(node, node.size(0, 1) / sizes.reduce((a, b) => a * b, 1));
  },
  cost: node => {
    const ratio = node.number('sampling_ratio', -1);
    return ratio <= 0 ? DEPENDS : formula(0, node.outputElements() * SAMPLE * ratio ** 2);
  },
  torch: {
    'torchvision.ops.ps_roi_align': aligned('output_size, spatial_scale=1.0, sampling_ratio=-1'),
    'torch.ops.torchvision.ps_roi_align': compiled(', sampling_ratio', true),
  },
  examples: [
    {
      in: ['float32[1,18,9,9]', 'float32[2,5]'],
      attrs: { output_size: 3, sampling_ratio: 1 },
      out: ['float32[2,2,3,3]'],
      macs: 0,
      flops: 288,
    },
  ],
});

export const psRoiPool = defineOp({
  name: 'ps_roi_pool',
  doc: 'Mean of each bin of each box, each bin from its own channels; how many elements a bin has depends on the box.',
  source: 'torchvision.ops.ps_roi_pool reference',
  infer: node => {
    const sizes = perAxis(node.numbersOf('output_size'), 2);
    return made(node, node.size(0, 1) / sizes.reduce((a, b) => a * b, 1));
  },
  cost: node => (known(boxes(node)) === 0 ? formula(0, 0) : DEPENDS),
  torch: {
    'torchvision.ops.ps_roi_pool': aligned('output_size, spatial_scale=1.0'),
    'torch.ops.torchvision.ps_roi_pool': compiled('', true),
  },
  examples: [{ in: ['float32[1,18,9,9]', 'float32[0,5]'], attrs: { output_size: 3 }, out: ['float32[0,2,3,3]'] }],
});
