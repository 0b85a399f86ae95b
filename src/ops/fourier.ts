/**
 * Fourier transforms. Not MACs; FLOPs: 5·n·⌈log₂ n⌉ per transform of n complex points, half of it for real ones
 * (Cooley and Tukey 1965; the count that FFTW's benchmarks use), and one step per windowed sample.
 */
import { isUnknown } from '../base/known';
import { text } from '../base/text';
import type { Dim, DType } from '../ir/tensor';
import { isComplex, tensor } from '../ir/tensor';
import { toComplex, toReal } from './complex';
import type { CoreCall, InferredView, NodeView, OnnxNode, TorchArguments, TorchSpelling } from './op';
import { defineOp, formula, free, Mismatch } from './op';
import { normaliseAxis } from './rules';
import { known } from './view';

type Kind = 'complex' | 'real' | 'inverse_real';

const fftSteps = (points: number): number => 5 * points * Math.ceil(Math.log2(Math.max(1, points)));

/** Names of the transforms along one axis, two axes, and as many as wanted. */
const KINDS: Readonly<Record<string, Kind>> = { fft: 'complex', ifft: 'complex', rfft: 'real', irfft: 'inverse_real' };

function transforms(): Record<string, TorchSpelling> {
  return Object.fromEntries(
    Object.entries(KINDS).flatMap(([name, kind]): [string, TorchSpelling][] => [
      [
        `torch.fft.${name}`,
        { signature: 'input: Tensor, n=None, dim=-1, norm=None', call: args => call(args, kind, 'n') },
      ],
      [
        `torch.fft.${name}2`,
        { signature: 'input: Tensor, s=None, dim=(-2, -1), norm=None', call: args => call(args, kind, 's') },
      ],
      [
        `torch.fft.${name}n`,
        { signature: 'input: Tensor, s=None, dim=None, norm=None', call: args => call(args, kind, 's') },
      ],
    ]),
  );
}

function call<Input>(args: TorchArguments<Input>, kind: Kind, size: string): CoreCall<Input> {
  const rank = known(args.type(args.tensor('input')).shape).length;
  const list = (name: string): readonly number[] | undefined => {
    const value = args.attr(name);
    return value === undefined ? undefined : typeof value === 'number' ? [value] : args.numbers(name);
  };
  const sizes = list(size);
  const all = Array.from({ length: rank }, (_, axis) => axis);
  const dims = list('dim') ?? (sizes === undefined ? all : all.slice(-sizes.length));
  return { inputs: [args.tensor('input')], attrs: { kind, dims, sizes } };
}

/** Attributes kind, dims, sizes: the points per transformed axis, where the input is cut or padded. */
export const fft = defineOp({
  name: 'fft',
  doc: 'Discrete Fourier transform along some axes, of complex or real points, or back to real ones.',
  source: 'torch.fft reference',
  infer: node => {
    const kind = node.text('kind');
    const dims = dimsOf(node);
    const points = pointsOf(node);
    const last = dims.at(-1) ?? 0;
    const shape = node.shape(0).map((dim, axis): Dim => {
      const size = dims.includes(axis) ? (points[dims.indexOf(axis)] ?? dim) : dim;
      return axis === last && kind === 'real' && !isUnknown(size) ? Math.floor(size / 2) + 1 : size;
    });
    const dtype = kind === 'inverse_real' ? toReal(node.dtype(0)) : toComplex(floating(node));
    return [tensor(dtype, shape)];
  },
  cost: node => formula(0, steps(node)),
  torch: transforms(),
  examples: [
    // 2 transforms of 8: 2 × 5·8·3
    {
      in: ['complex64[2,8]'],
      attrs: { kind: 'complex', dims: [-1] },
      out: ['complex64[2,8]'],
      macs: 0,
      flops: 240,
      bytes: 256,
    },
    { in: ['float32[2,8]'], attrs: { kind: 'real', dims: [-1] }, out: ['complex64[2,5]'], macs: 0, flops: 120 },
    { in: ['complex64[2,5]'], attrs: { kind: 'inverse_real', dims: [-1] }, out: ['float32[2,8]'], macs: 0, flops: 120 },
    // along 8: 4 transforms, along 4: 8 transforms; half of 4·120 + 8·40
    { in: ['float32[4,8]'], attrs: { kind: 'real', dims: [0, 1] }, out: ['complex64[4,5]'], macs: 0, flops: 400 },
    {
      in: ['complex64[8]'],
      attrs: { kind: 'complex', dims: [0], sizes: [4] },
      out: ['complex64[4]'],
      macs: 0,
      flops: 40,
    },
  ],
});

const floating = (node: NodeView): ReturnType<NodeView['dtype']> => {
  const dtype = node.dtype(0);
  return !isUnknown(dtype) && /int|bool/.test(dtype) ? ('float32' satisfies DType) : dtype;
};

const dimsOf = (node: NodeView): readonly number[] =>
  node.numbersOf('dims').map(axis => normaliseAxis(axis, node.rank(0)));

/** Back to real numbers, m half-spectrum points make 2·(m − 1). */
function pointsOf(node: NodeView): readonly Dim[] {
  const dims = dimsOf(node);
  if (node.attr('sizes') !== undefined) return node.numbersOf('sizes');
  return dims.map((axis, at): Dim => {
    const size = node.dim(0, axis);
    return node.text('kind') === 'inverse_real' && at === dims.length - 1 && !isUnknown(size) ? 2 * (size - 1) : size;
  });
}

function steps(node: InferredView): number {
  const points = pointsOf(node).map(known);
  const dims = dimsOf(node);
  const others = node
    .shape(0)
    .filter((_, axis) => !dims.includes(axis))
    .map(known)
    .reduce((a, b) => a * b, 1);
  const all = points.reduce((a, b) => a * b, others);
  const total = points.reduce((sum, count) => sum + (all / count) * fftSteps(count), 0);
  return node.text('kind') === 'complex' ? total : total / 2;
}

export const shift = defineOp({
  name: 'fft_shift',
  doc: 'Halves of axes exchanged, so that frequency 0 lies in the middle; moves data.',
  source: 'torch.fft.fftshift reference',
  infer: node => [node.type(0)],
  cost: () => free('moves data'),
  torch: { 'torch.fft.fftshift': 'input: Tensor, dim=None', 'torch.fft.ifftshift': 'input: Tensor, dim=None' },
  examples: [{ in: ['float32[4]'], out: ['float32[4]'], bytes: 32 }],
});

/** Inputs: signal [L] or [B, L], window. */
export const stft = defineOp({
  name: 'stft',
  doc: 'Spectra of overlapping windows of a signal: a windowing step per sample and a real transform per window.',
  source: 'torch.stft reference',
  infer: node => {
    const { bins, frames } = framesOf(node);
    const dtype = node.dtype(0);
    const shape = [...node.shape(0).slice(0, -1), bins, frames];
    return node.flag('return_complex', false)
      ? [tensor(toComplex(dtype), shape)]
      : [tensor(toReal(dtype), [...shape, 2])];
  },
  cost: node => {
    const { frames } = framesOf(node);
    const points = node.number('n_fft');
    const windows = node
      .shape(0)
      .slice(0, -1)
      .map(known)
      .reduce((a, b) => a * b, frames);
    return formula(0, windows * (points + fftSteps(points) / (isComplexInput(node) ? 1 : 2)));
  },
  torch: {
    'torch.stft': STFT(),
    'torch.Tensor.stft': STFT(),
  },
  examples: [
    // (16 + 2·4 − 8) / 4 + 1 = 5 windows of 8 + 60
    {
      in: ['float32[16]', 'float32[8]'],
      attrs: { n_fft: 8, hop_length: 4, return_complex: true },
      out: ['complex64[5,5]'],
      macs: 0,
      flops: 340,
    },
    { in: ['float32[2,16]'], attrs: { n_fft: 8, center: false }, out: ['float32[2,5,5,2]'], macs: 0, flops: 680 },
  ],
});

function STFT(): TorchSpelling {
  return {
    signature:
      "input: Tensor, n_fft: int, hop_length=None, win_length=None, window: Tensor = None, center=True, pad_mode='reflect', normalized=False, onesided=None, return_complex=None",
    call: args => ({
      inputs: [args.tensor('input'), args.optionalTensor('window')],
      attrs: {
        n_fft: args.number('n_fft'),
        hop_length: args.attr('hop_length'),
        center: args.flag('center'),
        onesided: args.attr('onesided'),
        return_complex: args.attr('return_complex'),
      },
    }),
  };
}

const isComplexInput = (node: NodeView): boolean => isComplex(known(node.dtype(0)));

function framesOf(node: NodeView): { bins: number; frames: number } {
  const points = node.number('n_fft');
  const hop = node.number('hop_length', Math.floor(points / 4));
  const length = node.size(0, -1) + (node.flag('center', true) ? 2 * Math.floor(points / 2) : 0);
  if (length < points) throw new Mismatch(text('a window of {0} does not fit into {1}', points, length));
  const onesided = node.flag('onesided', !isComplexInput(node));
  return { bins: onesided ? Math.floor(points / 2) + 1 : points, frames: Math.floor((length - points) / hop) + 1 };
}

/** Input: spectra [bins, frames] or [B, bins, frames], complex or in pairs; window. */
export const istft = defineOp({
  name: 'istft',
  doc: 'Signal from overlapping spectra: a real transform per window, and per sample windowing, adding and dividing.',
  source: 'torch.istft reference',
  infer: node => {
    const { lead, frames } = spectra(node);
    const points = node.number('n_fft');
    const hop = node.number('hop_length', Math.floor(points / 4));
    const full = hop * (frames - 1) + points - (node.flag('center', true) ? 2 * Math.floor(points / 2) : 0);
    return [tensor(toReal(node.dtype(0)), [...lead, node.number('length', full)])];
  },
  cost: node => {
    const { lead, frames } = spectra(node);
    const points = node.number('n_fft');
    return formula(0, lead.map(known).reduce((a, b) => a * b, frames) * (3 * points + fftSteps(points) / 2));
  },
  torch: {
    'torch.istft': {
      signature:
        'input: Tensor, n_fft: int, hop_length=None, win_length=None, window: Tensor = None, center=True, normalized=False, onesided=None, length=None, return_complex=False',
      call: args => ({
        inputs: [args.tensor('input'), args.optionalTensor('window')],
        attrs: {
          n_fft: args.number('n_fft'),
          hop_length: args.attr('hop_length'),
          center: args.flag('center'),
          length: args.attr('length'),
        },
      }),
    },
  },
  examples: [
    // 5 windows of 24 + 60; 4·4 samples
    { in: ['complex64[5,5]'], attrs: { n_fft: 8, hop_length: 4 }, out: ['float32[16]'], macs: 0, flops: 420 },
  ],
});

function spectra(node: NodeView): { lead: readonly Dim[]; frames: number } {
  const shape = isComplexInput(node) ? node.shape(0) : node.shape(0).slice(0, -1);
  return { lead: shape.slice(0, -2), frames: known(shape.at(-1) ?? 1) };
}

/** One half of a spectrum, transformed back, gives real numbers. */
const isReal = (node: NodeView): boolean => node.flag('onesided', false) && node.flag('inverse', false);

const lengthOf = (node: NodeView, axis: number): number =>
  node.number('length', isReal(node) ? 2 * (node.size(0, axis) - 1) : node.size(0, axis));

/** ONNX: pairs (or single numbers) along the last axis. */
export const dft = defineOp({
  name: 'dft',
  doc: 'Discrete Fourier transform along an axis, complex numbers as pairs along the last.',
  source: 'ONNX DFT-20',
  infer: node => {
    const axis = normaliseAxis(node.number('axis'), node.rank(0));
    const points = lengthOf(node, axis);
    const real = isReal(node);
    const out = node.flag('onesided', false) && !real ? Math.floor(points / 2) + 1 : points;
    return [
      tensor(node.dtype(0), [
        ...node
          .shape(0)
          .slice(0, -1)
          .map((dim, at) => (at === axis ? out : dim)),
        real ? 1 : 2,
      ]),
    ];
  },
  cost: node => {
    const axis = normaliseAxis(node.number('axis'), node.rank(0));
    const points = lengthOf(node, axis);
    const others = node
      .shape(0)
      .slice(0, -1)
      .filter((_, at) => at !== axis)
      .map(known)
      .reduce((a, b) => a * b, 1);
    return formula(0, (others * fftSteps(points)) / (node.size(0, -1) === 1 || isReal(node) ? 2 : 1));
  },
  onnx: {
    DFT: node => ({
      inputs: [0],
      attrs: {
        axis: node.has(2) ? node.numbers(2)[0] : node.number('axis', node.opset < 20 ? 1 : -2),
        length: node.has(1) ? node.numbers(1)[0] : undefined,
        onesided: node.flag('onesided', false),
        inverse: node.flag('inverse', false),
      },
    }),
  },
  examples: [
    {
      in: ['float32[2,8,1]'],
      attrs: { axis: 1, onesided: true },
      out: ['float32[2,5,2]'],
      macs: 0,
      flops: 120,
      bytes: 144,
    },
    { in: ['float32[2,8,2]'], attrs: { axis: 1 }, out: ['float32[2,8,2]'], macs: 0, flops: 240 },
    {
      in: ['float32[2,5,2]'],
      attrs: { axis: 1, onesided: true, inverse: true },
      out: ['float32[2,8,1]'],
      macs: 0,
      flops: 120,
    },
  ],
});

/** ONNX: signal [B, L, 1 or 2], spectra [B, frames, bins, 2]. */
export const onnxStft = defineOp({
  name: 'onnx_stft',
  doc: 'Spectra of overlapping windows of a signal, complex numbers as pairs.',
  source: 'ONNX STFT-17',
  infer: node => {
    const { points, frames } = onnxFrames(node);
    const bins = node.flag('onesided', true) ? Math.floor(points / 2) + 1 : points;
    return [tensor(node.dtype(0), [node.dim(0, 0), frames, bins, 2])];
  },
  cost: node => {
    const { points, frames } = onnxFrames(node);
    const real = node.rank(0) === 2 || node.size(0, 2) === 1;
    return formula(0, node.size(0, 0) * frames * (points + fftSteps(points) / (real ? 2 : 1)));
  },
  onnx: { STFT: readStft },
  examples: [
    { in: ['float32[1,16,1]'], attrs: { step: 4, length: 8 }, out: ['float32[1,3,5,2]'], macs: 0, flops: 204 },
  ],
});

function onnxFrames(node: NodeView): { points: number; frames: number } {
  const points = node.number('length');
  return { points, frames: Math.floor((node.size(0, 1) - points) / node.number('step')) + 1 };
}

function readStft(node: OnnxNode): CoreCall<number> {
  const length = node.has(3) ? node.numbers(3)[0] : node.size(2, 0);
  return {
    inputs: [0, ...(node.has(2) ? [2] : [])],
    attrs: { step: node.numbers(1)[0], length, onesided: node.flag('onesided', true) },
  };
}

/** Cosine windows. */
const PERIODIC =
  'window_length: int, periodic=True, *, dtype: dtype = None, layout=None, device=None, requires_grad=False';

export const window = defineOp({
  name: 'window',
  doc: 'A window function over n samples: multiply, cosine, multiply, add.',
  source: 'torch.hann_window reference; ONNX HannWindow-17',
  infer: node => [tensor('float32', [node.number('length')])],
  cost: node => formula(0, 4 * node.outputElements()),
  torch: Object.fromEntries(
    ['hann', 'hamming', 'blackman', 'bartlett'].map((name): [string, TorchSpelling] => [
      `torch.${name}_window`,
      {
        signature: PERIODIC,
        call: args => ({ inputs: [], attrs: { length: args.number('window_length'), kind: name } }),
      },
    ]),
  ),
  onnx: {
    HannWindow: node => ({ inputs: [], attrs: { length: node.numbers(0)[0] } }),
    HammingWindow: node => ({ inputs: [], attrs: { length: node.numbers(0)[0] } }),
    BlackmanWindow: node => ({ inputs: [], attrs: { length: node.numbers(0)[0] } }),
  },
  examples: [{ in: [], attrs: { length: 8 }, out: ['float32[8]'], macs: 0, flops: 32, bytes: 32 }],
});
