/**
 * Classical models of ai.onnx.ml. A tree costs one comparison per level of its deepest path, whichever way an input
 * takes, as causal attention is counted in full; a forest adds one result per tree and output.
 */
import { text } from '../base/text';
import type { Dim, DType } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { isUnknown } from '../base/known';
import type { NodeView, OnnxCall, OnnxNode } from './op';
import { defineOp, formula, free, Mismatch, Undetermined } from './op';
import { known } from './view';

/** Steps per score of what is applied to the scores at the end. */
const AFTER: Readonly<Record<string, number>> = { NONE: 0, LOGISTIC: 4, SOFTMAX: 5, SOFTMAX_ZERO: 5, PROBIT: 1 };

const rowsOf = (node: NodeView): Dim => (node.rank(0) === 1 ? 1 : node.dim(0, 0));
const featuresOf = (node: NodeView): number => known(node.dim(0, -1));
const scores = (node: NodeView): Dim[] => [rowsOf(node), node.number('outputs')];

/** Attributes trees, levels (of all trees together), outputs, after; labels: the type of a classifier's first output. */
export const treeEnsemble = defineOp({
  name: 'tree_ensemble',
  doc: 'A forest of decision trees over rows of features.',
  source: 'ONNX ai.onnx.ml TreeEnsemble-5, TreeEnsembleRegressor-3, TreeEnsembleClassifier-3',
  infer: node => {
    const type = tensor(node.flag('keeps_type', false) ? node.dtype(0) : 'float32', scores(node));
    return node.attr('labels') === undefined ? [type] : [labels(node), type];
  },
  cost: node => {
    if (node.attr('levels') === undefined) throw new Undetermined(text('how deep the trees are is not known'));
    const rows = known(rowsOf(node));
    const each = node.number('outputs') * (node.number('trees') + (AFTER[node.text('after', 'NONE')] ?? 0));
    return formula(0, rows * (node.number('levels') + each + choice(node)));
  },
  onnx: {
    'ai.onnx.ml:TreeEnsemble': node => forest(node, linkedTrees(node), { keeps_type: true, outputs: targets(node) }),
    'ai.onnx.ml:TreeEnsembleRegressor': node => forest(node, listedTrees(node), { outputs: targets(node) }),
    'ai.onnx.ml:TreeEnsembleClassifier': node => forest(node, listedTrees(node), classes(node)),
  },
  examples: [
    // 5 rows × (2 trees of 3 levels + 2 added)
    { in: ['float32[5,4]'], attrs: { trees: 2, levels: 6, outputs: 1 }, out: ['float32[5,1]'], macs: 0, flops: 40 },
    // 5 × (6 + 3 · (2 + softmax 5) + 3 compared)
    {
      in: ['float32[5,4]'],
      attrs: { trees: 2, levels: 6, outputs: 3, labels: 'int64', after: 'SOFTMAX' },
      out: ['int64[5]', 'float32[5,3]'],
      macs: 0,
      flops: 150,
    },
  ],
});

const labels = (node: NodeView): ReturnType<typeof tensor> => tensor(node.text('labels') as DType, [rowsOf(node)]);
/** The label is that of the largest score. */
const choice = (node: NodeView): number => (node.attr('labels') === undefined ? 0 : node.number('outputs'));
const targets = (node: OnnxNode): number => node.number('n_targets', 1);

const listOf = (node: OnnxNode, name: string): readonly (number | string)[] => {
  const value = node.attr(name);
  return Array.isArray(value) ? (value as readonly (number | string)[]) : [];
};

function classes(node: OnnxNode): Record<string, string | number> {
  const names = ['classlabels_strings', 'classlabels_int64s', 'classlabels_ints'];
  const found = names.find(name => listOf(node, name).length > 0);
  if (found === undefined) throw new Undetermined(text('attribute "{0}" is not known', 'classlabels_int64s'));
  // Of two classes with one score the other one's is its complement, and both are given.
  return { outputs: listOf(node, found).length, labels: found === 'classlabels_strings' ? 'string' : 'int64' };
}

interface Trees {
  /** Index of each tree's first node, and of each node's two followers; undefined for a leaf. */
  readonly roots: readonly number[];
  readonly next: (node: number) => readonly (number | undefined)[];
  readonly count: number;
}

function forest(node: OnnxNode, trees: Trees | undefined, attrs: Record<string, string | number | boolean>): OnnxCall {
  const after = AFTER_BY_NUMBER[node.attr('post_transform') as number] ?? node.text('post_transform', 'NONE');
  const shape = trees && {
    trees: trees.roots.length,
    levels: trees.roots.reduce((sum, root) => sum + depth(trees, root), 0),
  };
  return {
    inputs: [0],
    attrs: { ...attrs, after, ...shape },
  };
}

/** Version 5 numbers them. */
const AFTER_BY_NUMBER: readonly string[] = ['NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO', 'PROBIT'];

/** Levels below and with `root`. Every node has one parent, so a tree is as large as its walk. */
function depth({ next, count }: Trees, root: number): number {
  let level: readonly number[] = [root];
  let visited = 0;
  for (let levels = 1; ; levels++) {
    visited += level.length;
    if (visited > count) throw new Mismatch(text('a decision tree leads back to itself'));
    level = level.flatMap(node => next(node).filter(follower => follower !== undefined));
    if (level.length === 0) return levels;
  }
}

/** Version 5: nodes refer to each other by index; leaves are apart. */
function linkedTrees(node: OnnxNode): Trees | undefined {
  const list = (name: string): readonly number[] => listOf(node, name) as readonly number[];
  const [yes, no] = [list('nodes_truenodeids'), list('nodes_falsenodeids')];
  const [yesLeaf, noLeaf] = [list('nodes_trueleafs'), list('nodes_falseleafs')];
  const roots = list('tree_roots');
  if (roots.length === 0 || yes.length !== no.length || yes.length !== yesLeaf.length || yes.length !== noLeaf.length)
    return undefined;
  const next = (at: number): readonly (number | undefined)[] =>
    // A tree that is one leaf is written as a node both of whose followers are that leaf.
    [yesLeaf[at] === 1 ? undefined : yes[at], noLeaf[at] === 1 ? undefined : no[at]];
  return { roots, next, count: yes.length };
}

/** Before version 5: nodes are named by tree and number; the first of each tree is its root, leaves are nodes too. */
function listedTrees(node: OnnxNode): Trees | undefined {
  const [trees, ids] = [listOf(node, 'nodes_treeids'), listOf(node, 'nodes_nodeids')];
  const [yes, no] = [listOf(node, 'nodes_truenodeids'), listOf(node, 'nodes_falsenodeids')];
  const modes = listOf(node, 'nodes_modes');
  if (trees.length === 0 || [ids, yes, no, modes].some(({ length }) => length !== trees.length)) return undefined;
  const byName = new Map(trees.map((tree, index) => [`${tree}:${ids[index]}`, index]));
  const first = new Map<number | string, number>();
  trees.forEach((tree, index) => {
    if (!first.has(tree)) first.set(tree, index);
  });
  const follower = (at: number, id: number | string | undefined): number | undefined => {
    const found = byName.get(`${trees[at]}:${id}`);
    return found === undefined || modes[found] === 'LEAF' ? undefined : found;
  };
  const next = (at: number): readonly (number | undefined)[] =>
    modes[at] === 'LEAF' ? [] : [follower(at, yes[at]), follower(at, no[at])];
  return { roots: [...first.values()].filter(root => modes[root] !== 'LEAF'), next, count: trees.length };
}

/** Attributes outputs, biased, after, labels. */
export const linearModel = defineOp({
  name: 'linear_model',
  doc: 'Rows of features times a matrix of coefficients, plus intercepts.',
  source: 'ONNX ai.onnx.ml LinearRegressor-1, LinearClassifier-1',
  infer: node => {
    const type = tensor('float32', scores(node));
    return node.attr('labels') === undefined ? [type] : [labels(node), type];
  },
  cost: node => {
    const count = known(rowsOf(node)) * node.number('outputs');
    const steps = (node.flag('biased', false) ? 1 : 0) + (AFTER[node.text('after', 'NONE')] ?? 0);
    return formula(count * featuresOf(node), count * steps + known(rowsOf(node)) * choice(node));
  },
  onnx: {
    'ai.onnx.ml:LinearRegressor': node => linear(node, { outputs: node.number('targets', 1) }),
    'ai.onnx.ml:LinearClassifier': node => linear(node, classes(node)),
  },
  examples: [
    // 5·2 × 4 products, one bias each
    { in: ['float32[5,4]'], attrs: { outputs: 2, biased: true }, out: ['float32[5,2]'], macs: 40, flops: 90 },
    {
      in: ['float32[5,4]'],
      attrs: { outputs: 3, labels: 'string', after: 'SOFTMAX' },
      out: ['string[5]', 'float32[5,3]'],
      macs: 60,
      flops: 210,
    },
  ],
});

const linear = (node: OnnxNode, attrs: Record<string, string | number>): OnnxCall => ({
  attrs: { ...attrs, biased: node.attr('intercepts') !== undefined, after: node.text('post_transform', 'NONE') },
});

/** The keys are known from the model; what is computed are the values, and they stand for the maps. */
export const zipMap = defineOp({
  name: 'zip_map',
  doc: 'Scores with their names: a map per row, shown as its values.',
  source: 'ONNX ai.onnx.ml ZipMap-1',
  infer: node => [node.type(0)],
  cost: () => free('names what is there'),
  onnx: { 'ai.onnx.ml:ZipMap': {} },
  examples: [{ in: ['float32[5,3]'], out: ['float32[5,3]'] }],
});

const STEPS: Readonly<Record<string, number>> = { Scaler: 2, Normalizer: 3, Binarizer: 1, Imputer: 1 };

/** Attribute steps per element; a scaler and a normaliser give float32 whatever they are given. */
export const featureScaling = defineOp({
  name: 'feature_scaling',
  doc: 'Features shifted and scaled, normed, compared with a threshold, or filled in where they are missing.',
  source: 'ONNX ai.onnx.ml Scaler-1, Normalizer-1, Binarizer-1, Imputer-1',
  elementwise: true,
  infer: node => [tensor(node.flag('to_float', false) ? 'float32' : node.dtype(0), node.type(0).shape)],
  cost: node => formula(0, node.number('steps') * node.outputElements()),
  onnx: Object.fromEntries(
    Object.entries(STEPS).map(([name, steps]) => [
      `ai.onnx.ml:${name}`,
      { attrs: { steps, to_float: name === 'Scaler' || name === 'Normalizer' } },
    ]),
  ),
  examples: [
    { in: ['int64[5,4]'], attrs: { steps: 2, to_float: true }, out: ['float32[5,4]'], macs: 0, flops: 40 },
    { in: ['float32[5,4]'], attrs: { steps: 1 }, out: ['float32[5,4]'], macs: 0, flops: 20 },
  ],
});

/** Attribute result: the type of what the table gives. */
export const labelEncoder = defineOp({
  name: 'label_encoder',
  doc: 'Each element looked up in a table.',
  source: 'ONNX ai.onnx.ml LabelEncoder-4, CategoryMapper-1',
  infer: node => [tensor(node.text('result') as DType, node.type(0).shape)],
  cost: () => free('looks up elements'),
  onnx: {
    'ai.onnx.ml:LabelEncoder': readLabels,
    'ai.onnx.ml:CategoryMapper': node => ({ attrs: { result: node.dtype(0) === 'string' ? 'int64' : 'string' } }),
  },
  examples: [{ in: ['int64[3]'], attrs: { result: 'float32' }, out: ['float32[3]'] }],
});

function readLabels(node: OnnxNode): OnnxCall {
  const tables = { values_strings: 'string', values_int64s: 'int64', values_floats: 'float32' };
  const named = Object.entries(tables).find(([name]) => node.attr(name) !== undefined)?.[1];
  // Version 1 has a list of names and maps them to their places, or places to names.
  const listed =
    node.attr('classes_strings') === undefined ? undefined : node.dtype(0) === 'string' ? 'int64' : 'string';
  const result = node.attr('values_tensor.dtype') ?? named ?? listed;
  if (typeof result !== 'string') throw new Undetermined(text('attribute "{0}" is not known', 'values_tensor'));
  return { attrs: { result } };
}

export const arrayFeatureExtractor = defineOp({
  name: 'array_feature_extractor',
  doc: 'Chosen columns of the last axis.',
  source: 'ONNX ai.onnx.ml ArrayFeatureExtractor-1',
  infer: node => {
    const lead = node.rank(0) === 1 ? [1] : node.shape(0).slice(0, -1);
    return [tensor(node.dtype(0), [...lead, node.elements(1)])];
  },
  cost: () => free('selects elements'),
  onnx: { 'ai.onnx.ml:ArrayFeatureExtractor': {} },
  examples: [{ in: ['float32[3,4]', 'int64[2]'], out: ['float32[3,2]'] }],
});

export const featureVectorizer = defineOp({
  name: 'feature_vectorizer',
  doc: 'Columns of several inputs side by side, as float32.',
  source: 'ONNX ai.onnx.ml FeatureVectorizer-1',
  infer: node => {
    const widths = Array.from({ length: node.arity }, (_, input) => (node.rank(input) > 1 ? node.dim(input, -1) : 1));
    const lost = widths.find(isUnknown);
    return [tensor('float32', [rowsOf(node), lost ?? widths.map(known).reduce((a, b) => a + b, 0)])];
  },
  cost: () => free('moves elements'),
  onnx: { 'ai.onnx.ml:FeatureVectorizer': {} },
  examples: [{ in: ['float32[3,4]', 'int64[3,2]'], out: ['float32[3,6]'] }],
});

/** Attribute size: of the vector that stands for an element. */
export const oneHotEncoder = defineOp({
  name: 'one_hot_encoder',
  doc: 'A vector with a single 1 in place of each element.',
  source: 'ONNX ai.onnx.ml OneHotEncoder-1',
  infer: node => [tensor('float32', [...node.shape(0), node.number('size')])],
  cost: () => free('looks up elements'),
  onnx: {
    'ai.onnx.ml:OneHotEncoder': node => ({
      attrs: { size: Math.max(listOf(node, 'cats_int64s').length, listOf(node, 'cats_strings').length) },
    }),
  },
  examples: [{ in: ['int64[3]'], attrs: { size: 4 }, out: ['float32[3,4]'] }],
});
