/** Control flow, functions and sequences: what is known is executed, what is not is a gap. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TinyInitializer, TinyModel, TinyNode } from '../../support/onnxBytes';
import { readModel, refuses } from '../../support/onnxReading';

const x = { name: 'x', dtype: 'float32', dims: [2, 3] } as const;
const y = { name: 'y', dtype: 'float32' } as const;
const ints = (name: string, ...data: number[]): TinyInitializer => ({
  name,
  dtype: 'int64',
  dims: [data.length],
  data,
});
const int = (name: string, data: number): TinyInitializer => ({ name, dtype: 'int64', dims: [], data: [data] });
const weight = (name: string, ...dims: number[]): TinyInitializer => ({ name, dtype: 'float32', dims, data: 0.5 });
const bool = (name: string, data: 0 | 1): TinyInitializer => ({ name, dtype: 'bool', dims: [], data: [data] });
const matmul = (a: string, b: string, out: string): TinyNode => ({ op: 'MatMul', inputs: [a, b], outputs: [out] });

/** 2·3·4 = 24 MACs against 2·3·5 = 30; both branches have weights of their own. */
const branches = {
  then_branch: {
    graph: { nodes: [matmul('x', 'w4', 'a')], initializers: [weight('w4', 3, 4)], outputs: [{ ...y, name: 'a' }] },
  },
  else_branch: {
    graph: { nodes: [matmul('x', 'w5', 'b')], initializers: [weight('w5', 3, 5)], outputs: [{ ...y, name: 'b' }] },
  },
};
const choice: TinyModel = {
  inputs: [x, { name: 'c', dtype: 'bool', dims: [] }],
  outputs: [y],
  nodes: [{ op: 'If', name: 'choose', inputs: ['c'], outputs: ['y'], attrs: branches }],
};

test('a known condition chooses its branch; parameters are those of both', async () => {
  for (const [value, macs, out] of [
    ['true', 24, 4],
    ['false', 30, 5],
  ] as const) {
    // prettier-ignore
    const read = await readModel(choice, [`c=bool[]=${value}`]);
    assert.deepEqual([read.status, read.macs, read.parameters], ['ok', macs, 27]);
    assert.deepEqual(read.outputs, [`float32[2,${out}]`]);
  }
});

test('of an unknown condition the cheaper branch is counted, with a gap', async () => {
  const read = await readModel(choice);
  assert.deepEqual([read.status, read.macs, read.parameters], ['incomplete', 24, 27]);
  assert.deepEqual(read.gaps, ['unknown-branch']);
  assert.deepEqual(read.outputs, ['float32[2,?]']);
  assert.deepEqual(read.paths, ['choose/then_branch/MatMul_0']);
});

test('a branch that cannot run with these sizes is not chosen', async () => {
  const wrong = { graph: { ...branches.then_branch.graph, initializers: [weight('w4', 7, 4)] } };
  const attrs = { ...branches, then_branch: wrong };
  const read = await readModel({ ...choice, nodes: [{ ...choice.nodes![0]!, attrs }] });
  assert.deepEqual([read.gaps, read.macs], [['unknown-branch'], 30]);
});

const body: TinyModel = {
  inputs: [
    { name: 'i', dtype: 'int64', dims: [] },
    { name: 'go', dtype: 'bool', dims: [] },
    { name: 'state', dtype: 'float32' },
  ],
  nodes: [
    { op: 'Identity', inputs: ['go'], outputs: ['going'] },
    matmul('state', 'w', 'next'),
    { op: 'Relu', inputs: ['next'], outputs: ['collected'] },
  ],
  initializers: [weight('w', 3, 3)],
  outputs: [
    { name: 'going', dtype: 'bool', dims: [] },
    { name: 'next', dtype: 'float32' },
    { name: 'collected', dtype: 'float32' },
  ],
};
const loop = (initializers: TinyInitializer[], trips: string, condition: string): TinyModel => ({
  inputs: [x, { name: 'n', dtype: 'int64', dims: [] }],
  outputs: [y, { name: 'all', dtype: 'float32' }],
  initializers,
  nodes: [{ op: 'Loop', name: 'L', inputs: [trips, condition, 'x'], outputs: ['y', 'all'], attrs: { body: { graph: body } } }], // prettier-ignore
});

test('a loop runs as often as its trip count says, and collects', async () => {
  const read = await readModel(loop([int('five', 5)], 'five', ''));
  assert.deepEqual([read.status, read.macs, read.parameters], ['ok', 90, 9]); // 5 × 2·3·3
  assert.deepEqual(read.outputs, ['float32[2,3]', 'float32[5,2,3]']);
  assert.equal(read.paths.filter(path => path.startsWith('L/body/MatMul_1')).length, 5);
  assert.ok(read.paths.includes('L/body/MatMul_1@4'));
});

test('the trip count may be an input', async () => {
  const read = await readModel(loop([], 'n', ''), ['n=int64[]=3']);
  assert.deepEqual([read.status, read.macs], ['ok', 54]);
});

test('a loop whose condition is false at once does not run', async () => {
  const read = await readModel(loop([int('five', 5), bool('no', 0)], 'five', 'no'));
  assert.deepEqual([read.macs, read.outputs[0]], [0, 'float32[2,3]']);
});

for (const [what, model] of [
  ['unknown', loop([], 'n', '')],
  ['endless', loop([bool('yes', 1)], '', 'yes')],
] as const)
  test(`a loop with ${what} trip count is a gap`, async () => {
    const read = await readModel(model);
    assert.equal(read.status, 'incomplete');
    assert.ok(read.gaps.includes('unknown-trip-count') || read.gaps.includes('budget-exhausted'), read.gaps.join());
    assert.equal(read.parameters, 9);
  });

test('a scan runs over its axis', async () => {
  const read = await readModel({
    inputs: [x, { name: 's', dtype: 'float32', dims: [4] }],
    outputs: [
      { name: 'last', dtype: 'float32' },
      { name: 'rows', dtype: 'float32' },
    ],
    nodes: [
      {
        op: 'Scan',
        inputs: ['s', 'x'],
        outputs: ['last', 'rows'],
        attrs: {
          num_scan_inputs: { int: 1 },
          body: {
            graph: {
              inputs: [
                { name: 'state', dtype: 'float32', dims: [4] },
                { name: 'row', dtype: 'float32', dims: [3] },
              ],
              nodes: [matmul('row', 'w', 'p'), { op: 'Add', inputs: ['p', 'state'], outputs: ['next'] }],
              initializers: [weight('w', 3, 4)],
              outputs: [
                { name: 'next', dtype: 'float32' },
                { name: 'p', dtype: 'float32' },
              ],
            },
          },
        },
      },
    ],
  });
  assert.deepEqual([read.status, read.macs, read.parameters], ['ok', 24, 12]); // 2 × 3·4
  assert.deepEqual(read.outputs, ['float32[4]', 'float32[2,4]']);
});

test('before version 9 a scan runs over batches side by side', async () => {
  const batches = { name: 'x', dtype: 'float32', dims: [5, 2, 3] } as const;
  const states = { name: 's', dtype: 'float32', dims: [5, 4] } as const;
  const read = await readModel({
    opset: 8,
    inputs: [batches, states],
    outputs: [
      { name: 'last', dtype: 'float32' },
      { name: 'rows', dtype: 'float32' },
    ],
    nodes: [
      {
        op: 'Scan',
        inputs: ['', 's', 'x'],
        outputs: ['last', 'rows'],
        attrs: {
          num_scan_inputs: { int: 1 },
          body: {
            graph: {
              inputs: [
                { name: 'state', dtype: 'float32', dims: [4] },
                { name: 'row', dtype: 'float32', dims: [3] },
              ],
              nodes: [matmul('row', 'w', 'p'), { op: 'Add', inputs: ['p', 'state'], outputs: ['next'] }],
              initializers: [weight('w', 3, 4)],
              outputs: [
                { name: 'next', dtype: 'float32' },
                { name: 'p', dtype: 'float32' },
              ],
            },
          },
        },
      },
    ],
  });
  assert.deepEqual([read.status, read.macs, read.parameters], ['ok', 5 * 24, 12]);
  assert.deepEqual(read.outputs, ['float32[5,4]', 'float32[5,2,4]']);
});

test('a sequence is mapped item by item, a tensor beside it is the same for all', async () => {
  const read = await readModel({
    inputs: [x],
    outputs: [y],
    initializers: [ints('sizes', 1, 2), weight('w', 4, 3)],
    nodes: [
      { op: 'SplitToSequence', inputs: ['x', 'sizes'], outputs: ['parts'], attrs: { axis: { int: 1 } } },
      {
        op: 'SequenceMap',
        inputs: ['parts', 'w'],
        outputs: ['products'],
        attrs: {
          body: {
            graph: {
              inputs: [
                { name: 'part', dtype: 'float32' },
                { name: 'whole', dtype: 'float32' },
              ],
              nodes: [
                { op: 'Transpose', inputs: ['part'], outputs: ['turned'] },
                { op: 'Gemm', inputs: ['part', 'turned'], outputs: ['own'] },
                { op: 'Identity', inputs: ['whole'], outputs: ['unused'] },
              ],
              outputs: [{ name: 'own', dtype: 'float32' }],
            },
          },
        },
      },
      { op: 'ConcatFromSequence', inputs: ['products'], outputs: ['y'], attrs: { axis: { int: 0 } } },
    ],
  });
  assert.deepEqual([read.status, read.macs, read.outputs], ['ok', 2 * 1 * 2 + 2 * 2 * 2, ['float32[4,2]']]);
});

test('a function is executed at its calls, with their attributes; its constants count once', async () => {
  const read = await readModel({
    inputs: [x],
    outputs: [y],
    otherOpsets: [{ domain: 'my', version: 1 }],
    nodes: [
      { op: 'Twice', domain: 'my', name: 'first', inputs: ['x'], outputs: ['m'], attrs: { axis: { int: 0 } } },
      { op: 'Twice', domain: 'my', name: 'second', inputs: ['m'], outputs: ['y'] },
    ],
    functions: [
      {
        name: 'Twice',
        domain: 'my',
        inputs: ['a'],
        outputs: ['c'],
        attrs: { axis: { int: 1 } },
        nodes: [
          { op: 'Constant', inputs: [], outputs: ['w'], attrs: { value: { tensor: weight('', 3, 3) } } },
          { op: 'Constant', inputs: [], outputs: ['v'], attrs: { value: { tensor: weight('', 3, 6) } } },
          matmul('a', 'w', 'b'),
          { op: 'Concat', inputs: ['b', 'b'], outputs: ['c'], attrs: { axis: { reference: 'axis', type: 2 } } },
          matmul('a', 'v', 'd'),
        ],
      },
    ],
  });
  assert.equal(read.status, 'ok');
  assert.deepEqual(read.outputs, ['float32[4,6]']); // stacked on axis 0 first, on the default axis 1 then
  assert.equal(read.macs, 2 * 9 + 2 * 18 + 4 * 9 + 4 * 18);
  assert.equal(read.parameters, 18); // a Constant of 9 elements is below the threshold
  assert.ok(read.paths.includes('first/MatMul_2') && read.paths.includes('second/MatMul_2'), read.paths.join());
});

test('a constant of a function may be an attribute of the call', async () => {
  const reference = { value_int: { reference: 'n', type: 2 } };
  const read = await readModel({
    inputs: [{ name: 'x', dtype: 'float32', dims: [1] }],
    outputs: [y],
    otherOpsets: [{ domain: 'my', version: 1 }],
    nodes: [{ op: 'Repeat', domain: 'my', inputs: ['x'], outputs: ['y'], attrs: { n: { int: 7 } } }],
    functions: [
      {
        name: 'Repeat',
        domain: 'my',
        inputs: ['a'],
        outputs: ['b'],
        nodes: [
          { op: 'Constant', inputs: [], outputs: ['n'], attrs: reference },
          { op: 'Constant', inputs: [], outputs: ['zero'], attrs: { value_ints: { ints: [0] } } },
          { op: 'Unsqueeze', inputs: ['n', 'zero'], outputs: ['shape'] },
          { op: 'Expand', inputs: ['a', 'shape'], outputs: ['b'] },
        ],
      },
    ],
  });
  assert.deepEqual([read.status, read.outputs], ['ok', ['float32[7]']]);
});

test('a function that calls itself is refused', async () => {
  const call = (op: string): TinyNode => ({ op, domain: 'my', inputs: ['a'], outputs: ['b'] });
  const fn = (name: string, calls: string) =>
    ({ name, domain: 'my', inputs: ['a'], outputs: ['b'], nodes: [call(calls)] }) as const;
  const model: TinyModel = {
    inputs: [{ ...x, name: 'a' }],
    outputs: [{ ...y, name: 'b' }],
    nodes: [call('F')],
    functions: [fn('F', 'G'), fn('G', 'F')],
  };
  await refuses(readModel(model), 'invalid-model');
});

test('functions that double at every level meet the budget, not the end of time', async () => {
  const level = (depth: number) =>
    ({
      name: `F${depth}`,
      domain: 'my',
      inputs: ['a'],
      outputs: ['c'],
      nodes: [
        { op: `F${depth + 1}`, domain: 'my', inputs: ['a'], outputs: ['b'] },
        { op: `F${depth + 1}`, domain: 'my', inputs: ['b'], outputs: ['c'] },
      ],
    }) as const;
  const read = await readModel({
    inputs: [{ ...x, name: 'a' }],
    outputs: [{ ...y, name: 'c' }],
    nodes: [{ op: 'F0', domain: 'my', inputs: ['a'], outputs: ['c'] }],
    functions: [
      ...Array.from({ length: 50 }, (_, depth) => level(depth)),
      {
        name: 'F50',
        domain: 'my',
        inputs: ['a'],
        outputs: ['c'],
        nodes: [{ op: 'Relu', inputs: ['a'], outputs: ['c'] }],
      },
    ],
  });
  assert.equal(read.status, 'incomplete');
  assert.ok(read.gaps.includes('budget-exhausted'));
});

test('sequences are lists of values', async () => {
  const read = await readModel({
    inputs: [x],
    outputs: [y, { name: 'n', dtype: 'int64' }, { name: 'part', dtype: 'float32' }],
    initializers: [int('two', 2), int('last', -1), ints('parts', 1, 2)],
    nodes: [
      { op: 'SequenceConstruct', inputs: ['x', 'x'], outputs: ['s'] },
      { op: 'SequenceInsert', inputs: ['s', 'x', 'two'], outputs: ['t'] },
      { op: 'SequenceLength', inputs: ['t'], outputs: ['n'] },
      { op: 'ConcatFromSequence', inputs: ['t'], outputs: ['y'], attrs: { axis: { int: 0 } } },
      { op: 'SplitToSequence', inputs: ['x', 'parts'], outputs: ['u'], attrs: { axis: { int: 1 } } },
      { op: 'SequenceAt', inputs: ['u', 'last'], outputs: ['part'] },
    ],
  });
  assert.deepEqual(read.texts, []);
  assert.deepEqual(read.outputs, ['float32[6,3]', 'int64[]', 'float32[2,2]']);
  assert.deepEqual(read.graph.values[read.graph.outputs[1]!.value]!.data, [3]);
});

test('optionals are what is in them', async () => {
  const read = await readModel({
    inputs: [x],
    outputs: [{ name: 'has', dtype: 'bool' }, y],
    nodes: [
      { op: 'Optional', inputs: ['x'], outputs: ['o'] },
      { op: 'OptionalHasElement', inputs: ['o'], outputs: ['has'] },
      { op: 'OptionalGetElement', inputs: ['o'], outputs: ['y'] },
    ],
  });
  assert.deepEqual([read.status, read.outputs], ['ok', ['bool[]', 'float32[2,3]']]);
});

test('an unsorted graph is sorted, a cycle is refused', async () => {
  const nodes = [matmul('h', 'w', 'y'), { op: 'Relu', inputs: ['x'], outputs: ['h'] }];
  const read = await readModel({ inputs: [x], outputs: [y], nodes, initializers: [weight('w', 3, 4)] });
  assert.deepEqual([read.status, read.macs, read.paths], ['ok', 24, ['Relu_1', 'MatMul_0']]);
  const cycle = [
    { op: 'Add', inputs: ['x', 'b'], outputs: ['a'] },
    { op: 'Relu', inputs: ['a'], outputs: ['b'] },
  ];
  await refuses(readModel({ inputs: [x], outputs: [{ ...y, name: 'b' }], nodes: cycle }), 'invalid-model');
  const own = [{ op: 'Relu', inputs: ['b'], outputs: ['b'] }];
  await refuses(readModel({ inputs: [x], outputs: [{ ...y, name: 'b' }], nodes: own }), 'invalid-model');
});

test('a branch may use what comes later in the file', async () => {
  const nodes = [...(choice.nodes ?? []), { op: 'Relu', inputs: ['z'], outputs: ['x'] }];
  const inputs = [
    { ...x, name: 'z' },
    { name: 'c', dtype: 'bool', dims: [] },
  ] as const;
  const read = await readModel({ ...choice, inputs, nodes }, ['c=bool[]=true']);
  assert.deepEqual([read.status, read.macs], ['ok', 24]);
});

test('missing and duplicate names are gaps', async () => {
  const missing = await readModel({ inputs: [x], outputs: [y], nodes: [matmul('x', 'w', 'y')] });
  assert.deepEqual(missing.gaps, ['invalid-model']);
  assert.match(missing.texts[0]!, /nothing makes the value "w"/);
  const relu = { op: 'Relu', inputs: ['x'], outputs: ['y'] };
  const twice = await readModel({ inputs: [x], outputs: [y], nodes: [relu, relu] });
  assert.deepEqual([twice.status, twice.gaps], ['incomplete', ['invalid-model']]);
  const output = await readModel({ inputs: [x], outputs: [y], nodes: [] });
  assert.deepEqual([output.status, output.gaps], ['incomplete', ['invalid-model']]);
});

test('an op of an unknown domain spoils only what depends on it; declared types go on', async () => {
  const strange: TinyNode = { op: 'Strange', domain: 'acme', name: 's', inputs: ['x'], outputs: ['h'] };
  const nodes = [strange, matmul('h', 'w', 'y'), matmul('x', 'w', 'z')];
  const model = { inputs: [x], outputs: [y, { ...y, name: 'z' }], nodes, initializers: [weight('w', 3, 4)] };
  const undeclared = await readModel(model);
  assert.deepEqual([undeclared.status, undeclared.gaps, undeclared.macs], ['incomplete', ['unknown-op'], 24]);
  assert.deepEqual(undeclared.outputs, ['?[*]', 'float32[2,4]']);
  const declared = await readModel({ ...model, declared: [{ ...x, name: 'h' }] });
  assert.deepEqual([declared.status, declared.gaps, declared.macs], ['incomplete', ['unknown-op'], 48]);
  assert.deepEqual(declared.outputs, ['float32[2,4]', 'float32[2,4]']);
});
