/** One fuzzing case: a mutant is refused with a remedy, or read into a sound graph whose totals say what they are. */
import { InputError } from '../../src/base/findings';
import { isUnknown } from '../../src/base/known';
import type { ModelCost } from '../../src/estimate/rollup';
import { rollUp } from '../../src/estimate/rollup';
import { onnx } from '../../src/frontends/onnx/read';
import type { Graph } from '../../src/ir/graph';
import { verifyGraph } from '../../src/ir/verify';
import { readFile } from 'node:fs/promises';
import { onnxBytes, type TinyModel } from './onnxBytes';
import { memoryWorld, modelFile, referenceModels } from './onnxModels';
import { mutant, skeletonOf, type Skeleton } from './onnxMutants';

export type Outcome = 'refused' | 'incomplete' | 'read';

const x = { name: 'x', dtype: 'float32', dims: ['n', 4] } as const;
const y = { name: 'y', dtype: 'float32' } as const;
const weight = { name: 'w', dtype: 'float32', dims: [4, 4], external: { location: 'weights.bin' } } as const;
const step: TinyModel = {
  inputs: [
    { name: 'i', dtype: 'int64', dims: [] },
    { name: 'go', dtype: 'bool', dims: [] },
    { name: 'state', dtype: 'float32' },
  ],
  nodes: [
    { op: 'Identity', inputs: ['go'], outputs: ['going'] },
    { op: 'MatMul', inputs: ['state', 'w'], outputs: ['next'] },
    { op: 'Relu', inputs: ['next'], outputs: ['kept'] },
  ],
  outputs: [
    { name: 'going', dtype: 'bool', dims: [] },
    { ...y, name: 'next' },
    { ...y, name: 'kept' },
  ],
};
const turned: TinyModel = {
  inputs: [
    { ...y, name: 'h' },
    { ...y, name: 'row' },
  ],
  nodes: [{ op: 'Add', inputs: ['h', 'row'], outputs: ['sum'] }],
  outputs: [
    { ...y, name: 'sum' },
    { ...y, name: 'row' },
  ],
};

/** Control flow, functions and sequences, which real models of this size have little of. */
const TINY: readonly TinyModel[] = [
  {
    name: 'control flow',
    inputs: [x],
    outputs: [y, { ...y, name: 'all' }, { ...y, name: 'rows' }, { ...y, name: 'either' }],
    initializers: [weight, { name: 'trips', dtype: 'int64', dims: [], data: [3] }],
    nodes: [
      { op: 'Loop', inputs: ['trips', '', 'x'], outputs: ['last', 'all'], attrs: { body: { graph: step } } },
      {
        op: 'Scan',
        inputs: ['w', 'x'],
        outputs: ['final', 'rows'],
        attrs: { body: { graph: turned }, num_scan_inputs: { int: 1 }, scan_input_axes: { ints: [1] } },
      },
      { op: 'Shape', inputs: ['x'], outputs: ['shape'] },
      { op: 'Gather', inputs: ['shape', 'first'], outputs: ['count'] },
      { op: 'Constant', inputs: [], outputs: ['first'], attrs: { value_int: { int: 0 } } },
      { op: 'Greater', inputs: ['count', 'first'], outputs: ['some'] },
      {
        op: 'If',
        inputs: ['some'],
        outputs: ['either'],
        attrs: {
          then_branch: {
            graph: { nodes: [{ op: 'Exp', inputs: ['x'], outputs: ['a'] }], outputs: [{ ...y, name: 'a' }] },
          },
          else_branch: {
            graph: { nodes: [{ op: 'Gemm', inputs: ['x', 'w'], outputs: ['b'] }], outputs: [{ ...y, name: 'b' }] },
          },
        },
      },
      { op: 'Add', inputs: ['last', 'final'], outputs: ['y'] },
    ],
  },
  {
    name: 'functions and sequences',
    inputs: [x],
    outputs: [y],
    opset: 18,
    otherOpsets: [{ domain: 'own', version: 1 }],
    initializers: [weight, { name: 'sizes', dtype: 'int64', dims: [2], data: [1, 3] }],
    functions: [
      {
        name: 'Outer',
        domain: 'own',
        inputs: ['a', 'b'],
        outputs: ['d'],
        nodes: [
          { op: 'Inner', domain: 'own', inputs: ['a', 'b'], outputs: ['c'], attrs: { alpha: { float: 2 } } },
          { op: 'Inner', domain: 'own', inputs: ['c', 'b'], outputs: ['d'] },
        ],
      },
      {
        name: 'Inner',
        domain: 'own',
        inputs: ['a', 'b'],
        outputs: ['c'],
        attrs: { alpha: { float: 1 } },
        nodes: [{ op: 'Gemm', inputs: ['a', 'b'], outputs: ['c'], attrs: { alpha: { reference: 'alpha', type: 1 } } }],
      },
    ],
    nodes: [
      { op: 'Outer', domain: 'own', inputs: ['x', 'w'], outputs: ['o'] },
      { op: 'SplitToSequence', inputs: ['o', 'sizes'], outputs: ['parts'], attrs: { axis: { int: 1 } } },
      { op: 'ConcatFromSequence', inputs: ['parts'], outputs: ['z'], attrs: { axis: { int: -1 } } },
      { op: 'Einsum', inputs: ['z', 'w'], outputs: ['e'], attrs: { equation: { text: 'nk,kj->nj' } } },
      { op: 'Resize', inputs: ['e', '', 'scales'], outputs: ['y'], attrs: { mode: { text: 'linear' } } },
      { op: 'Constant', inputs: [], outputs: ['scales'], attrs: { value_floats: { floats: [1, 2] } } },
    ],
  },
];

/** Larger ones only make a round slower. */
const LARGEST_MODEL = 6_000_000;
const LARGEST_SKELETON = 150_000;

/** Real models of all kinds, without their weights. Rejects where they cannot be fetched. */
export async function fuzzCorpus(): Promise<readonly Skeleton[]> {
  const found = referenceModels
    .filter(({ source, sizeBytes }) => source === 'npm' && sizeBytes < LARGEST_MODEL)
    .map(async model => {
      const path = await modelFile(model);
      return path === undefined ? [] : [skeletonOf(model.path, await readFile(path))];
    });
  const real = (await Promise.all(found)).flat().filter(({ bytes }) => bytes.length < LARGEST_SKELETON);
  return [...real, ...TINY.map(model => skeletonOf(model.name ?? '', onnxBytes(model)))];
}

/** Throws where the reader does what it never may. */
export async function fuzzOnce(corpus: readonly Skeleton[], seed: number): Promise<Outcome> {
  const { bytes } = mutant(corpus, seed);
  try {
    const { models } = await onnx.read({ path: 'model.onnx', inputs: [] }, memoryWorld({ 'model.onnx': bytes }));
    const [model] = models;
    if (model?.graph === undefined) throw new Error('neither refused nor read');
    const { graph, status } = model;
    const unsound = verifyGraph(graph);
    if (unsound.length > 0) throw new Error(`an unsound graph: ${unsound.slice(0, 3).join('; ')}`);
    const total = rollUp(graph);
    const complete = status === 'ok' && total.gaps.length === 0;
    for (const [name, value] of Object.entries(total))
      if (typeof value === 'number' && (value < 0 || (complete && !Number.isSafeInteger(value))))
        throw new Error(`${name} is ${value}`);
    if (complete) refuseUnknown(graph, total);
    return complete ? 'read' : 'incomplete';
  } catch (error) {
    if (error instanceof InputError && error.remedy !== undefined) return 'refused';
    throw error;
  }
}

/** A model that claims to be complete knows every output and the cost of every layer. */
function refuseUnknown(graph: Graph, total: ModelCost): void {
  for (const { name, value } of graph.outputs) {
    const type = graph.values[value]?.type;
    const known = type !== undefined && !isUnknown(type.dtype) && !isUnknown(type.shape) && !type.shape.some(isUnknown);
    if (!known) throw new Error(`complete without the type of its output ${name}`);
  }
  for (const { macs, flops, node } of total.layers)
    if (macs === null || flops === null) throw new Error(`complete without the cost of ${node.origin.path}`);
}
