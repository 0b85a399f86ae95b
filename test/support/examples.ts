/** The graph of one worked example of an op entry. */
import { GraphBuilder } from '../../src/ir/build';
import type { Graph } from '../../src/ir/graph';
import { parseType } from '../../src/ir/tensor';
import { applyOp } from '../../src/ops/apply';
import type { Example, OpEntry } from '../../src/ops/op';

/** Inputs of no axes with elements are literals, as front ends make them of Python's numbers. */
export function exampleGraph(entry: Pick<OpEntry, 'name'>, example: Example): Graph {
  const builder = new GraphBuilder();
  const inputs = example.in.map((spec, index) => {
    if (spec === '_') return undefined;
    const type = parseType(spec);
    if (type === undefined) throw new Error(`"${spec}" is no tensor type`);
    const data = example.data?.[index];
    return data !== undefined && spec.endsWith('[]')
      ? builder.constant(type, data)
      : builder.input(`in${index}`, type, data);
  });
  const origin = { path: `example.${entry.name}`, label: entry.name, call: 0 };
  const outputs = applyOp(builder, { op: entry.name, inputs, attrs: example.attrs ?? {}, origin });
  return builder.finish(
    'example',
    outputs.map((value, index) => ({ name: `out${index}`, value })),
  );
}
