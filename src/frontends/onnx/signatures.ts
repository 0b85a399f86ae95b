/**
 * What a node of the standard operators may look like, from opset 7 on: after the name its versions, separated by `|`,
 * each with the opset from which it holds (1 where nothing is said), `inputs>outputs` (a number, `least-most`, or
 * `least-` without an end; of outputs the most), and its attributes with a letter for their type, `!` for required
 * ones. `-` alone: the operator was taken out. From the operator specifications of ONNX 1.23
 * (https://onnx.ai/onnx/operators/) and the standard-domain operators that onnxruntime 1.32 knows beside them.
 */
const TABLE = `
Abs: 1>1
Acos: 1>1
Acosh: 9 1>1
Add: 2>1
AffineGrid: 20 2>1 align_corners:i
And: 2>1
ArgMax: 1>1 axis:i keepdims:i | 12 1>1 axis:i keepdims:i select_last_index:i
ArgMin: 1>1 axis:i keepdims:i | 12 1>1 axis:i keepdims:i select_last_index:i
Asin: 1>1
Asinh: 9 1>1
Atan: 1>1
Atanh: 9 1>1
Attention: 23 3-6>4 is_causal:i kv_num_heads:i q_num_heads:i qk_matmul_output_mode:i scale:f softcap:f softmax_precision:i | 24 3-7>4 is_causal:i kv_num_heads:i q_num_heads:i qk_matmul_output_mode:i scale:f softcap:f softmax_precision:i | 25 3-7>4 is_causal:i kv_num_heads:i left_window_size:i q_num_heads:i qk_matmul_output_mode:i right_window_size:i scale:f softcap:f softmax_precision:i
AveragePool: 1>1 auto_pad:s count_include_pad:i kernel_shape:I! pads:I strides:I | 10 1>1 auto_pad:s ceil_mode:i count_include_pad:i kernel_shape:I! pads:I strides:I | 19 1>1 auto_pad:s ceil_mode:i count_include_pad:i dilations:I kernel_shape:I! pads:I strides:I
BatchNormalization: 5>5 epsilon:f momentum:f spatial:i | 9 5>5 epsilon:f momentum:f | 14 5>3 epsilon:f momentum:f training_mode:i
Bernoulli: 15 1>1 dtype:i seed:f
BitCast: 26 1>1 to:i!
BitShift: 11 2>1 direction:s!
BitwiseAnd: 18 2>1
BitwiseNot: 18 1>1
BitwiseOr: 18 2>1
BitwiseXor: 18 2>1
BlackmanWindow: 17 1>1 output_datatype:i periodic:i
Cast: 1>1 to:i! | 19 1>1 saturate:i to:i! | 24 1>1 round_mode:s saturate:i to:i!
CastLike: 15 2>1 | 19 2>1 saturate:i | 24 2>1 round_mode:s saturate:i
CausalConvWithState: 27 2-4>2 activation:s
Ceil: 1>1
Celu: 12 1>1 alpha:f
CenterCropPad: 18 2>1 axes:I
Clip: 1>1 max:f min:f | 11 1-3>1
Col2Im: 18 3>1 dilations:I pads:I strides:I
Compress: 9 2>1 axis:i
Concat: 1->1 axis:i!
ConcatFromSequence: 11 1>1 axis:i! new_axis:i
Constant: 0>1 value:t! | 11 0>1 sparse_value:x value:t | 12 0>1 sparse_value:x value:t value_float:f value_floats:F value_int:i value_ints:I value_string:s value_strings:S
ConstantOfShape: 9 1>1 value:t
Conv: 2-3>1 auto_pad:s dilations:I group:i kernel_shape:I pads:I strides:I
ConvInteger: 10 2-4>1 auto_pad:s dilations:I group:i kernel_shape:I pads:I strides:I
ConvTranspose: 2-3>1 auto_pad:s dilations:I group:i kernel_shape:I output_padding:I output_shape:I pads:I strides:I
Cos: 1>1
Cosh: 9 1>1
CumProd: 26 2>1 exclusive:i reverse:i
CumSum: 11 2>1 exclusive:i reverse:i
DFT: 17 1-2>1 axis:i inverse:i onesided:i | 20 1-3>1 inverse:i onesided:i
DeformConv: 19 3-5>1 dilations:I group:i kernel_shape:I offset_group:i pads:I strides:I
DepthToSpace: 1>1 blocksize:i! | 11 1>1 blocksize:i! mode:s
DequantizeLinear: 10 2-3>1 | 13 2-3>1 axis:i | 21 2-3>1 axis:i block_size:i | 23 2-3>1 axis:i block_size:i output_dtype:i
Det: 11 1>1
Div: 2>1
Dropout: 1>2 ratio:f | 12 1-3>2 seed:i
DynamicQuantizeLinear: 11 1>3
Einsum: 12 1->1 equation:s!
Elu: 1>1 alpha:f
Equal: 2>1
Erf: 9 1>1
Exp: 1>1
Expand: 8 2>1
EyeLike: 9 1>1 dtype:i k:i
Flatten: 1>1 axis:i
Floor: 1>1
GRU: 3-6>2 activation_alpha:F activation_beta:F activations:S clip:f direction:s hidden_size:i linear_before_reset:i | 14 3-6>2 activation_alpha:F activation_beta:F activations:S clip:f direction:s hidden_size:i layout:i linear_before_reset:i
Gather: 2>1 axis:i
GatherElements: 11 2>1 axis:i
GatherND: 11 2>1 | 12 2>1 batch_dims:i
Gelu: 20 1>1 approximate:s
Gemm: 3>1 alpha:f beta:f transA:i transB:i | 11 2-3>1 alpha:f beta:f transA:i transB:i
GlobalAveragePool: 1>1
GlobalLpPool: 1>1 p:i
GlobalMaxPool: 1>1
Greater: 2>1
GreaterOrEqual: 12 2>1
GridSample: 16 2>1 align_corners:i mode:s padding_mode:s
GroupNormalization: 18 3>1 epsilon:f num_groups:i! | 21 3>1 epsilon:f num_groups:i! stash_type:i
HammingWindow: 17 1>1 output_datatype:i periodic:i
HannWindow: 17 1>1 output_datatype:i periodic:i
HardSigmoid: 1>1 alpha:f beta:f
HardSwish: 14 1>1
Hardmax: 1>1 axis:i
Identity: 1>1
If: 1> else_branch:g! then_branch:g!
ImageDecoder: 20 1>1 pixel_format:s
InstanceNormalization: 3>1 epsilon:f
IsInf: 10 1>1 detect_negative:i detect_positive:i
IsNaN: 9 1>1
LRN: 1>1 alpha:f beta:f bias:f size:i!
LSTM: 3-8>3 activation_alpha:F activation_beta:F activations:S clip:f direction:s hidden_size:i input_forget:i | 14 3-8>3 activation_alpha:F activation_beta:F activations:S clip:f direction:s hidden_size:i input_forget:i layout:i
LayerNormalization: 2-3>3 axis:i epsilon:f stash_type:i
LeakyRelu: 1>1 alpha:f
Less: 2>1
LessOrEqual: 12 2>1
LinearAttention: 27 3-6>2 chunk_size:i kv_num_heads:i! q_num_heads:i! scale:f update_rule:s
Log: 1>1
LogSoftmax: 1>1 axis:i
Loop: 3-> body:g! | 11 2-> body:g!
LpNormalization: 1>1 axis:i p:i
LpPool: 1>1 auto_pad:s kernel_shape:I! p:i pads:I strides:I | 18 1>1 auto_pad:s ceil_mode:i dilations:I kernel_shape:I! p:i pads:I strides:I
MatMul: 2>1
MatMulInteger: 10 2-4>1
Max: 1->1
MaxPool: 1>1 auto_pad:s kernel_shape:I! pads:I strides:I | 8 1>2 auto_pad:s kernel_shape:I! pads:I storage_order:i strides:I | 10 1>2 auto_pad:s ceil_mode:i dilations:I kernel_shape:I! pads:I storage_order:i strides:I
MaxRoiPool: 2>1 pooled_shape:I! spatial_scale:f
MaxUnpool: 9 2-3>1 kernel_shape:I! pads:I strides:I
Mean: 1->1
MeanVarianceNormalization: 1>1 across_channels:i normalize_variance:i | 9 1>1 axes:I
MelWeightMatrix: 17 5>1 output_datatype:i
Min: 1->1
Mish: 18 1>1
Mod: 10 2>1 fmod:i
Mul: 2>1
Multinomial: 1>1 dtype:i sample_size:i seed:f
Neg: 1>1
NegativeLogLikelihoodLoss: 12 2-3>1 ignore_index:i reduction:s
NonMaxSuppression: 10 2-5>1 center_point_box:i
NonZero: 9 1>1
Not: 1>1
OneHot: 9 3>1 axis:i
Optional: 15 0-1>1 type:p
OptionalGetElement: 15 1>1
OptionalHasElement: 15 1>1 | 18 0-1>1
Or: 2>1
PRelu: 2>1
Pad: 1>1 mode:s pads:I! value:f | 11 2-3>1 mode:s | 18 2-4>1 mode:s
Pow: 2>1
QLinearConv: 10 8-9>1 auto_pad:s dilations:I group:i kernel_shape:I pads:I strides:I
QLinearMatMul: 10 8>1
QuantizeLinear: 10 2-3>1 | 13 2-3>1 axis:i | 19 2-3>1 axis:i saturate:i | 21 2-3>1 axis:i block_size:i output_dtype:i saturate:i | 23 2-3>1 axis:i block_size:i output_dtype:i precision:i saturate:i
RMSNormalization: 23 2>1 axis:i epsilon:f stash_type:i
RNN: 3-6>2 activation_alpha:F activation_beta:F activations:S clip:f direction:s hidden_size:i | 14 3-6>2 activation_alpha:F activation_beta:F activations:S clip:f direction:s hidden_size:i layout:i
RandomNormal: 0>1 dtype:i mean:f scale:f seed:f shape:I!
RandomNormalLike: 1>1 dtype:i mean:f scale:f seed:f
RandomUniform: 0>1 dtype:i high:f low:f seed:f shape:I!
RandomUniformLike: 1>1 dtype:i high:f low:f seed:f
Range: 11 3>1 | 27 3>1 stash_type:i
Reciprocal: 1>1
ReduceL1: 1>1 axes:I keepdims:i | 18 1-2>1 keepdims:i noop_with_empty_axes:i
ReduceL2: 1>1 axes:I keepdims:i | 18 1-2>1 keepdims:i noop_with_empty_axes:i
ReduceLogSum: 1>1 axes:I keepdims:i | 18 1-2>1 keepdims:i noop_with_empty_axes:i
ReduceLogSumExp: 1>1 axes:I keepdims:i | 18 1-2>1 keepdims:i noop_with_empty_axes:i
ReduceMax: 1>1 axes:I keepdims:i | 18 1-2>1 keepdims:i noop_with_empty_axes:i
ReduceMean: 1>1 axes:I keepdims:i | 18 1-2>1 keepdims:i noop_with_empty_axes:i
ReduceMin: 1>1 axes:I keepdims:i | 18 1-2>1 keepdims:i noop_with_empty_axes:i
ReduceProd: 1>1 axes:I keepdims:i | 18 1-2>1 keepdims:i noop_with_empty_axes:i
ReduceSum: 1>1 axes:I keepdims:i | 13 1-2>1 keepdims:i noop_with_empty_axes:i
ReduceSumSquare: 1>1 axes:I keepdims:i | 18 1-2>1 keepdims:i noop_with_empty_axes:i
RegexFullMatch: 20 1>1 pattern:s
Relu: 1>1
Reshape: 2>1 | 14 2>1 allowzero:i
Resize: 10 2>1 mode:s | 11 3-4>1 coordinate_transformation_mode:s cubic_coeff_a:f exclude_outside:i extrapolation_value:f mode:s nearest_mode:s | 13 1-4>1 coordinate_transformation_mode:s cubic_coeff_a:f exclude_outside:i extrapolation_value:f mode:s nearest_mode:s | 18 1-4>1 antialias:i axes:I coordinate_transformation_mode:s cubic_coeff_a:f exclude_outside:i extrapolation_value:f keep_aspect_ratio_policy:s mode:s nearest_mode:s
ReverseSequence: 10 2>1 batch_axis:i time_axis:i
RoiAlign: 10 3>1 mode:s output_height:i output_width:i sampling_ratio:i spatial_scale:f | 16 3>1 coordinate_transformation_mode:s mode:s output_height:i output_width:i sampling_ratio:i spatial_scale:f
RotaryEmbedding: 23 3-4>1 interleaved:i num_heads:i rotary_embedding_dim:i
Round: 11 1>1
STFT: 17 2-4>1 onesided:i
Scan: 8 2-> body:g! directions:I num_scan_inputs:i! | 9 1-> body:g! num_scan_inputs:i! scan_input_axes:I scan_input_directions:I scan_output_axes:I scan_output_directions:I
Scatter: 9 3>1 axis:i | 11 -
ScatterElements: 11 3>1 axis:i | 16 3>1 axis:i reduction:s
ScatterND: 11 3>1 | 16 3>1 reduction:s
Selu: 1>1 alpha:f gamma:f
SequenceAt: 11 2>1
SequenceConstruct: 11 1->1
SequenceEmpty: 11 0>1 dtype:i
SequenceErase: 11 1-2>1
SequenceInsert: 11 2-3>1
SequenceLength: 11 1>1
SequenceMap: 17 1-> body:g!
Shape: 1>1 | 15 1>1 end:i start:i
Shrink: 9 1>1 bias:f lambd:f
Sigmoid: 1>1
Sign: 9 1>1
SimplifiedLayerNormalization: 2>2 axis:i epsilon:f stash_type:i
Sin: 1>1
Sinh: 9 1>1
Size: 1>1
Slice: 1>1 axes:I ends:I! starts:I! | 10 3-5>1
Softmax: 1>1 axis:i
SoftmaxCrossEntropyLoss: 12 2-3>2 ignore_index:i reduction:s
Softplus: 1>1
Softsign: 1>1
SpaceToDepth: 1>1 blocksize:i! | 28 1>1 blocksize:i! mode:s
Split: 1> axis:i split:I | 13 1-2> axis:i | 18 1-2> axis:i num_outputs:i
SplitToSequence: 11 1-2>1 axis:i keepdims:i
Sqrt: 1>1
Squeeze: 1>1 axes:I | 13 1-2>1
StringConcat: 20 2>1
StringNormalizer: 10 1>1 case_change_action:s is_case_sensitive:i locale:s stopwords:S
StringSplit: 20 1>2 delimiter:s maxsplit:i
Sub: 2>1
Sum: 1->1
SwiGLU: 28 2>1 alpha:f
Swish: 24 1>1 alpha:f
Tan: 1>1
Tanh: 1>1
TensorScatter: 24 2-3>1 axis:i mode:s
TfIdfVectorizer: 9 1>1 max_gram_length:i! max_skip_count:i! min_gram_length:i! mode:s! ngram_counts:I! ngram_indexes:I! pool_int64s:I pool_strings:S weights:F
ThresholdedRelu: 1>1 alpha:f
Tile: 2>1
TopK: 1>2 axis:i k:i! | 10 2>2 axis:i | 11 2>2 axis:i largest:i sorted:i
Transpose: 1>1 perm:I
Trilu: 14 1-2>1 upper:i
Unique: 11 1>4 axis:i sorted:i
Unsqueeze: 1>1 axes:I! | 13 2>1
Upsample: 1>1 mode:s scales:F! | 9 2>1 mode:s | 10 -
Where: 9 3>1
Xor: 2>1
ai.onnx.ml:ArrayFeatureExtractor: 2>1
ai.onnx.ml:Binarizer: 1>1 threshold:f
ai.onnx.ml:CastMap: 1>1 cast_to:s map_form:s max_map:i
ai.onnx.ml:CategoryMapper: 1>1 cats_int64s:I cats_strings:S default_int64:i default_string:s
ai.onnx.ml:DictVectorizer: 1>1 int64_vocabulary:I string_vocabulary:S
ai.onnx.ml:FeatureVectorizer: 1->1 inputdimensions:I
ai.onnx.ml:Imputer: 1>1 imputed_value_floats:F imputed_value_int64s:I replaced_value_float:f replaced_value_int64:i
ai.onnx.ml:LabelEncoder: 1>1 classes_strings:S default_int64:i default_string:s | 2 1>1 default_float:f default_int64:i default_string:s keys_floats:F keys_int64s:I keys_strings:S values_floats:F values_int64s:I values_strings:S | 4 1>1 default_float:f default_int64:i default_string:s default_tensor:t keys_floats:F keys_int64s:I keys_strings:S keys_tensor:t values_floats:F values_int64s:I values_strings:S values_tensor:t
ai.onnx.ml:LinearClassifier: 1>2 classlabels_ints:I classlabels_strings:S coefficients:F! intercepts:F multi_class:i post_transform:s
ai.onnx.ml:LinearRegressor: 1>1 coefficients:F intercepts:F post_transform:s targets:i
ai.onnx.ml:Normalizer: 1>1 norm:s
ai.onnx.ml:OneHotEncoder: 1>1 cats_int64s:I cats_strings:S zeros:i
ai.onnx.ml:SVMClassifier: 1>2 classlabels_ints:I classlabels_strings:S coefficients:F kernel_params:F kernel_type:s post_transform:s prob_a:F prob_b:F rho:F support_vectors:F vectors_per_class:I
ai.onnx.ml:SVMRegressor: 1>1 coefficients:F kernel_params:F kernel_type:s n_supports:i one_class:i post_transform:s rho:F support_vectors:F
ai.onnx.ml:Scaler: 1>1 offset:F scale:F
ai.onnx.ml:TreeEnsemble: 5 1>1 aggregate_function:i leaf_targetids:I! leaf_weights:t! membership_values:t n_targets:i nodes_falseleafs:I! nodes_falsenodeids:I! nodes_featureids:I! nodes_hitrates:t nodes_missing_value_tracks_true:I nodes_modes:t! nodes_splits:t! nodes_trueleafs:I! nodes_truenodeids:I! post_transform:i tree_roots:I!
ai.onnx.ml:TreeEnsembleClassifier: 1>2 base_values:F class_ids:I class_nodeids:I class_treeids:I class_weights:F classlabels_int64s:I classlabels_strings:S nodes_falsenodeids:I nodes_featureids:I nodes_hitrates:F nodes_missing_value_tracks_true:I nodes_modes:S nodes_nodeids:I nodes_treeids:I nodes_truenodeids:I nodes_values:F post_transform:s | 3 1>2 base_values:F base_values_as_tensor:t class_ids:I class_nodeids:I class_treeids:I class_weights:F class_weights_as_tensor:t classlabels_int64s:I classlabels_strings:S nodes_falsenodeids:I nodes_featureids:I nodes_hitrates:F nodes_hitrates_as_tensor:t nodes_missing_value_tracks_true:I nodes_modes:S nodes_nodeids:I nodes_treeids:I nodes_truenodeids:I nodes_values:F nodes_values_as_tensor:t post_transform:s | 5 -
ai.onnx.ml:TreeEnsembleRegressor: 1>1 aggregate_function:s base_values:F n_targets:i nodes_falsenodeids:I nodes_featureids:I nodes_hitrates:F nodes_missing_value_tracks_true:I nodes_modes:S nodes_nodeids:I nodes_treeids:I nodes_truenodeids:I nodes_values:F post_transform:s target_ids:I target_nodeids:I target_treeids:I target_weights:F | 3 1>1 aggregate_function:s base_values:F base_values_as_tensor:t n_targets:i nodes_falsenodeids:I nodes_featureids:I nodes_hitrates:F nodes_hitrates_as_tensor:t nodes_missing_value_tracks_true:I nodes_modes:S nodes_nodeids:I nodes_treeids:I nodes_truenodeids:I nodes_values:F nodes_values_as_tensor:t post_transform:s target_ids:I target_nodeids:I target_treeids:I target_weights:F target_weights_as_tensor:t | 5 -
ai.onnx.ml:ZipMap: 1>1 classlabels_int64s:I classlabels_strings:S
`;

/** Opsets that the table knows, by domain; later versions may have grown attributes. */
const KNOWN: Readonly<Record<string, readonly [oldest: number, newest: number]>> = {
  '': [7, 28],
  'ai.onnx.ml': [1, 5],
};

/** AttributeProto.AttributeType by the table's letters. */
const TYPES: Readonly<Record<string, number>> = {
  f: 1, i: 2, s: 3, t: 4, g: 5, F: 6, I: 7, S: 8, T: 9, G: 10, x: 11, p: 13,
}; // prettier-ignore

export interface Signature {
  readonly since: number;
  readonly removed: boolean;
  readonly inputs: { readonly least: number; readonly most: number };
  readonly outputs: number;
  /** Types by name. */
  readonly attributes: ReadonlyMap<string, number>;
  readonly required: readonly string[];
}

/** The signature that holds at an opset; 'none' where the operator is not in it, undefined where nobody knows. */
export function signatureAt(domain: string, op: string, opset: number): Signature | 'none' | undefined {
  const known = KNOWN[domain];
  const versions = signatures.get(domain === '' ? op : `${domain}:${op}`);
  if (known === undefined || versions === undefined || opset > known[1]) return undefined;
  if (opset < known[0]) return (versions[0]?.since ?? 1) > known[0] ? 'none' : undefined;
  let found: Signature | undefined;
  for (const version of versions) if (version.since <= opset) found = version;
  return found === undefined || found.removed ? 'none' : found;
}

const signatures: ReadonlyMap<string, readonly Signature[]> = new Map(
  TABLE.trim()
    .split('\n')
    .map(line => {
      const end = line.indexOf(': ');
      return [
        line.slice(0, end),
        line
          .slice(end + 2)
          .split(' | ')
          .map(parse),
      ];
    }),
);

function parse(version: string): Signature {
  const words = version.split(' ');
  const since = /^\d+$/.test(words[0] ?? '') ? Number(words.shift()) : 1;
  const [counts = '', ...attributes] = words;
  const [inputs = '', outputs = ''] = counts.split('>');
  const [least = '0', most = least] = inputs.split('-');
  const named = attributes.map(word => /^(\w+):(\w)(!?)$/.exec(word) ?? []);
  return {
    since,
    removed: counts === '-',
    inputs: { least: Number(least), most: most === '' ? Infinity : Number(most) },
    outputs: outputs === '' ? Infinity : Number(outputs),
    attributes: new Map(named.map(([, name = '', letter = '']) => [name, TYPES[letter] ?? 0])),
    required: named.flatMap(([, name = '', , mark]) => (mark === '!' ? [name] : [])),
  };
}
