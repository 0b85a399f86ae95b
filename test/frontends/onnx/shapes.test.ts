/** Odd but legal nodes. The outputs are those that onnxruntime 1.30 gave. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TinyAttr, TinyInitializer } from '../../support/onnxBytes';
import { readModel } from '../../support/onnxReading';

const ints = (...data: number[]): TinyInitializer => ({ name: '', dtype: 'int64', dims: [data.length], data });
const floats = (...data: number[]): TinyInitializer => ({ name: '', dtype: 'float32', dims: [data.length], data });
const weight = (...dims: number[]): TinyInitializer => ({ name: '', dtype: 'float32', dims, data: 0.5 });

interface Row {
  readonly op: string;
  /** Sizes of the input, then what is stored; null is an absent input. */
  readonly x: readonly number[];
  readonly stored?: readonly (TinyInitializer | null)[];
  readonly attrs?: Readonly<Record<string, TinyAttr>>;
  readonly opset?: number;
  readonly out: string;
  readonly macs?: number;
}

const [same, lower] = [{ text: 'SAME_UPPER' }, { text: 'SAME_LOWER' }];
const image = [2, 3, 8, 9];

const rows: readonly Row[] = [
  // A stride beyond the kernel: "the same" is at most what there is without padding.
  { op: 'ConvTranspose', x: image, stored: [weight(3, 4, 3, 2)], attrs: { auto_pad: same, strides: { ints: [2, 3] } }, out: '2,4,16,26', macs: 10_368 },
  { op: 'ConvTranspose', x: image, stored: [weight(3, 4, 3, 3)], attrs: { output_shape: { ints: [17, 20] }, strides: { ints: [2, 2] } }, out: '2,4,17,20', macs: 15_552 },
  { op: 'Conv', x: [1, 2, 5, 6, 7], stored: [weight(3, 2, 3, 2, 3)], attrs: { auto_pad: lower, strides: { ints: [2, 1, 2] } }, out: '1,3,3,6,4', macs: 7776 },
  { op: 'MaxPool', x: [1, 2, 14], attrs: { kernel_shape: { ints: [3] }, strides: { ints: [2] }, pads: { ints: [1, 1] }, dilations: { ints: [2] }, ceil_mode: { int: 1 } }, out: '1,2,7' },
  { op: 'MaxPool', x: image, attrs: { kernel_shape: { ints: [1, 1] }, strides: { ints: [3, 4] }, ceil_mode: { int: 1 } }, out: '2,3,3,3' },
  { op: 'Gemm', x: [7, 5], stored: [weight(4, 7)], attrs: { transA: { int: 1 }, transB: { int: 1 } }, out: '5,4', macs: 140 },
  { op: 'MatMul', x: [7], stored: [weight(2, 3, 7, 4)], out: '2,3,4', macs: 168 },
  { op: 'MatMul', x: [0, 7], stored: [weight(7, 4)], out: '0,4', macs: 0 },
  { op: 'Einsum', x: [2, 3, 3, 4], stored: [weight(2, 3, 4, 5)], attrs: { equation: { text: 'b...ij, b...jk -> b...ik' } }, out: '2,3,3,5', macs: 360 },
  { op: 'Einsum', x: [4, 4], attrs: { equation: { text: 'ii->i' } }, out: '4', macs: 0 },
  { op: 'Resize', x: image, stored: [null, null, ints(16, 16)], attrs: { mode: { text: 'linear' }, keep_aspect_ratio_policy: { text: 'not_larger' }, axes: { ints: [2, 3] } }, opset: 18, out: '2,3,14,16' },
  { op: 'Resize', x: image, stored: [null, floats(2, 3)], attrs: { mode: { text: 'linear' }, axes: { ints: [3, 2] } }, opset: 18, out: '2,3,24,18' },
  { op: 'Slice', x: image, stored: [ints(-1, 100), ints(-100, -8), ints(-1, -2), ints(-2, -3)], out: '2,3,3,5' },
  { op: 'Pad', x: image, stored: [ints(1, 2, 3, 4), null, ints(-1, 1)], opset: 18, out: '2,9,8,13' },
  { op: 'ReduceSum', x: image, stored: [ints()], attrs: { noop_with_empty_axes: { int: 1 } }, out: '2,3,8,9' },
  { op: 'ReduceSum', x: image, stored: [ints()], out: '1,1,1,1' },
  { op: 'Reshape', x: [0, 3], stored: [ints(3, 0)], attrs: { allowzero: { int: 1 } }, out: '3,0' },
  // Half a spectrum, transformed back, is real.
  { op: 'DFT', x: [1, 6, 2], attrs: { axis: { int: 1 }, inverse: { int: 1 }, onesided: { int: 1 } }, opset: 19, out: '1,10,1' },
]; // prettier-ignore

for (const { op, x, stored = [], attrs = {}, opset = 17, out, macs } of rows)
  test(`${op} of [${x.join()}] ${JSON.stringify(attrs)} is [${out}]`, async () => {
    const initializers = stored.flatMap((one, index) => (one === null ? [] : [{ ...one, name: `c${index}` }]));
    const read = await readModel({
      opset,
      initializers,
      inputs: [{ name: 'x', dtype: 'float32', dims: x }],
      outputs: [{ name: 'y', dtype: 'float32' }],
      nodes: [{ op, inputs: ['x', ...stored.map((one, index) => (one === null ? '' : `c${index}`))], outputs: ['y'], attrs }], // prettier-ignore
    });
    assert.deepEqual([read.texts, read.outputs], [[], [`float32[${out}]`]]);
    if (macs !== undefined) assert.equal(read.macs, macs);
  });
