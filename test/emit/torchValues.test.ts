/**
 * Calls of PyTorch functions as people write them, read from source, written as ONNX and run: the values must be those
 * that PyTorch computed (test/fixtures/torch-values/record.py).
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { emitOnnx } from '../../src/emit/onnx';
import { printType } from '../../src/ir/tensor';
import { render } from '../../src/base/text';
import { readPython, modelNamed } from '../support/torchModels';
import { Runtime } from '../support/runtime';

interface Tensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Argument {
  readonly input: number;
}
type Written = number | string | boolean | null | Argument | readonly Written[];

interface Recorded {
  readonly call: string;
  readonly args: readonly Written[];
  readonly kwargs: Readonly<Record<string, Written>>;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

const { cases } = JSON.parse(readFileSync('test/fixtures/torch-values/values.json', 'utf8')) as {
  readonly cases: readonly Recorded[];
};

const runtime = new Runtime();
after(() => runtime.stop());

for (const recorded of cases) test(callText(recorded), () => check(recorded));

async function check(recorded: Recorded): Promise<void> {
  const inputs = recorded.inputs.length > 0 ? recorded.inputs : [{ dtype: 'float32', shape: [1], data: [0] }];
  const names = inputs.map((_, index) => `a${index}`);
  const source = `import torch\nclass Case(torch.nn.Module):\n    def forward(${['self', ...names].join(', ')}):\n        return ${callText(recorded)}\n`;
  const path = '/case.py';
  const read = await readPython(
    {
      path,
      model: 'Case',
      inputs: inputs.map(({ dtype, shape }, index) => `a${index}=${dtype}[${shape.join(',')}]`),
    },
    {
      readText: asked => Promise.resolve(asked === path ? source : undefined),
      openRange: () => Promise.resolve(undefined),
    },
  );
  const { graph } = modelNamed(read, 'Case');
  assert.deepEqual(
    graph.gaps.map(({ message }) => render(message)),
    [],
  );
  assert.deepEqual(
    graph.outputs.map(({ value }) => printType(graph.values[value]!.type)),
    recorded.outputs.map(({ dtype, shape }) => `${dtype}[${shape.join(',')}]`),
  );
  const emission = emitOnnx(graph, { weightsFile: 'w.bin', seed: 1 });
  assert.ok(emission.ok, emission.ok ? '' : emission.refusals.map(({ why }) => render(why)).join('; '));
  const made = await runtime.run(
    emission.emitted.model,
    inputs.map(({ dtype, shape, data }, index) => ({ name: `a${index}`, dtype, dims: shape, data })),
  );
  recorded.outputs.forEach((expected, index) => {
    const got = made[index];
    assert.ok(got);
    assert.deepEqual([got.dtype, ...got.dims], [expected.dtype, ...expected.shape]);
    assert.deepEqual(far(got.data, expected.data), []);
  });
}

/** Places where the values differ by more than single precision explains. */
function far(got: readonly number[], expected: readonly number[]): string[] {
  const scale = Math.max(...expected.map(Math.abs), 1e-3);
  return expected.flatMap((value, index) =>
    Math.abs((got[index] ?? NaN) - value) <= 1e-5 * scale
      ? []
      : [`[${index}] ${got[index] ?? 'nothing'}, not ${value}`],
  );
}

/** The call in Python: `torch.add(a0, a1, alpha=2)`, methods on their first argument. */
function callText({ call, args, kwargs }: Recorded): string {
  const written = [
    ...args.map(pythonOf),
    ...Object.entries(kwargs).map(([name, value]) => `${name}=${pythonOf(value)}`),
  ];
  const method = /^torch\.Tensor\.(\w+)$/.exec(call)?.[1];
  return method === undefined
    ? `${call}(${written.join(', ')})`
    : `${written[0] ?? ''}.${method}(${written.slice(1).join(', ')})`;
}

function pythonOf(value: Written): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value}'`;
  if ('input' in value) return `a${value.input}`;
  const items = value.map(pythonOf);
  return value.some(item => typeof item === 'object') ? `[${items.join(', ')}]` : `(${items.join(', ')},)`;
}
