/**
 * Which inputs of ONNX operators hold something else than weights: shapes, bounds, scales and zero points. Stored
 * tensors that are used in such places alone are not parameters. From the operator specifications of ONNX 1.19
 * (https://onnx.ai/onnx/operators/) and onnxruntime's contrib operators (docs/ContribOperators.md).
 */

/** Positions by `Op` or `domain:Op`; a number alone means from that position on. */
const STRUCTURAL: Readonly<Record<string, readonly number[] | number>> = {
  Reshape: [1],
  Expand: [1],
  Tile: [1],
  Slice: 1,
  Split: [1],
  Squeeze: [1],
  Unsqueeze: [1],
  Pad: 1,
  Resize: 1,
  Upsample: 1,
  Clip: 1,
  TopK: [1],
  OneHot: 1,
  Range: 0,
  ConstantOfShape: [0],
  CumSum: [1],
  Trilu: [1],
  Dropout: 1,
  NonMaxSuppression: 2,
  ReduceMax: [1],
  ReduceMean: [1],
  ReduceMin: [1],
  ReduceSum: [1],
  ReduceProd: [1],
  ReduceL1: [1],
  ReduceL2: [1],
  ReduceLogSum: [1],
  ReduceLogSumExp: [1],
  ReduceSumSquare: [1],
  CenterCropPad: [1],
  AffineGrid: [1],
  DFT: 1,
  STFT: [1, 3],
  QuantizeLinear: 1,
  DequantizeLinear: 1,
  QLinearConv: [1, 2, 4, 5, 6, 7],
  QLinearMatMul: [1, 2, 4, 5, 6, 7],
  MatMulInteger: 2,
  ConvInteger: 2,
  'com.microsoft:QuantizeLinear': 1,
  'com.microsoft:DequantizeLinear': 1,
  'com.microsoft:QLinearConv': [1, 2, 4, 5, 6, 7],
  'com.microsoft:QLinearMatMul': [1, 2, 4, 5, 6, 7],
  'com.microsoft:QLinearAdd': [1, 2, 4, 5, 6, 7],
  'com.microsoft:QLinearMul': [1, 2, 4, 5, 6, 7],
  'com.microsoft:QLinearSigmoid': 1,
  'com.microsoft:QLinearLeakyRelu': 1,
  'com.microsoft:QLinearSoftmax': 1,
  'com.microsoft:QLinearAveragePool': 1,
  'com.microsoft:QLinearGlobalAveragePool': 1,
  'com.microsoft:QLinearReduceMean': 1,
  'com.microsoft:QGemm': [1, 2, 4, 5, 7, 8],
  'com.microsoft:MatMulIntegerToFloat': [2, 3, 4, 5],
  'com.microsoft:DynamicQuantizeMatMul': [2, 3],
  'com.microsoft:QAttention': [3, 4, 5, 6, 7],
  'com.microsoft:DynamicQuantizeLSTM': [4, 8, 9, 10, 11],
  'com.microsoft:QEmbedLayerNormalization': [7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17],
  'com.microsoft:MatMulNBits': [2, 3, 4],
  'com.microsoft:MatMulBnb4': [2],
  'com.microsoft:GatherBlockQuantized': [2, 3],
  'com.microsoft:Pad': 1,
  'com.microsoft:Trilu': [1],
};

/** int32 tensors count as parameters only here: quantised biases. */
const INT32_WEIGHTS: Readonly<Record<string, number>> = {
  QLinearConv: 8,
  'com.microsoft:QLinearConv': 8,
  DequantizeLinear: 0,
  'com.microsoft:DequantizeLinear': 0,
};

/** Where only a weight makes sense, so that a tensor filled by ConstantOfShape stands for one. */
const WEIGHTS: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [1, 2],
  MatMul: [1],
  BatchNormalization: [1, 2, 3, 4],
  InstanceNormalization: [1, 2],
  LayerNormalization: [1, 2],
  PRelu: [1],
};

/** Maps: names from a file are found in them faster than among an object's own. */
const structural = new Map(Object.entries(STRUCTURAL));
const int32Weights = new Map(Object.entries(INT32_WEIGHTS));
const weights = new Map(Object.entries(WEIGHTS));

export function isStructural(op: string, input: number): boolean {
  const positions = structural.get(op);
  // QLinearConcat: scale and zero point of the output, then tensor, scale, zero point for each input.
  if (op === 'com.microsoft:QLinearConcat') return input < 2 || (input - 2) % 3 !== 0;
  if (positions === undefined) return false;
  return typeof positions === 'number' ? input >= positions : positions.includes(input);
}

export const isInt32Weight = (op: string, input: number): boolean => int32Weights.get(op) === input;

export const isWeight = (op: string, input: number): boolean => weights.get(op)?.includes(input) === true;
