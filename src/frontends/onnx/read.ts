/** The ONNX front end: a `.onnx` file in, one graph out. Weights stay on disk. */
import { InputError } from '../../base/findings';
import { isUnknown } from '../../base/known';
import type { RangeReader } from '../../base/ports';
import { text } from '../../base/text';
import { GraphBuilder } from '../../ir/build';
import type { Graph, Output } from '../../ir/graph';
import { tensor } from '../../ir/tensor';
import type { FileRead, Frontend, ModelRead, ReadRequest, World } from '../frontend';
import { modelRefusals } from './check';
import { decodeModel } from './decode';
import { refuseMalformed, refuseOtherFormats } from './format';
import type { BoundInputs } from './inputs';
import { bindInputs } from './inputs';
import { Interpreter } from './interpreter';
import type { OnnxModel } from './model';
import type { Bound, Context } from './scope';
import { Scope } from './scope';
import type { StoredTensors } from './stored';
import { collectStored } from './stored';
import { Malformed, walk } from './wire';

export const onnx: Frontend = {
  id: 'onnx',
  sniff: path => /\.onnx$/i.test(path),
  read: readOnnx,
};

async function readOnnx(request: ReadRequest, world: World): Promise<FileRead> {
  const reader = await world.openRange(request.path);
  if (reader === undefined)
    throw new InputError('missing-file', text('there is no file "{0}"', request.path), text('check the path'));
  const model = await decode(request.path, reader);
  const stored = collectStored(model);
  refuseUnsafePaths(stored);
  const bound = await bindInputs(model.graph, request.inputs, world.readText);
  const graph = execute(model, stored, bound);
  const name = model.graph.name === '' ? baseName(request.path) : model.graph.name;
  if (request.model !== undefined && request.model !== name)
    throw new InputError(
      'unknown-model',
      text('there is no model "{0}" in "{1}"', request.model, request.path),
      text('an ONNX file holds one model; leave the name out'),
    );
  return { models: [describe(name, { ...graph, name }, bound)], gaps: [] };
}

const baseName = (path: string): string => (path.split(/[/\\]/).pop() ?? path).replace(/\.onnx$/i, '');

async function decode(path: string, reader: RangeReader): Promise<OnnxModel> {
  await refuseOtherFormats(path, reader);
  try {
    const model = await walk(reader, decodeModel);
    if (model.opsets.size === 0 && (model.graph.nodes.length > 0 || model.irVersion === 0))
      throw new Malformed('it names no operator set', 0);
    return model;
  } catch (error) {
    throw error instanceof Malformed ? refuseMalformed(path, reader.size, error) : error;
  }
}

/** External data is sized and never read; a path that leaves the model's folder is refused all the same. */
function refuseUnsafePaths(stored: StoredTensors): void {
  for (const { tensor: held } of stored.all) {
    const { location } = held;
    if (location === undefined) continue;
    if (location === '' || /^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)/.test(location))
      throw new InputError(
        'unsafe-path',
        text('"{0}" keeps its data outside the model\'s folder: "{1}"', held.name, location),
        text('save the model again with its external data beside it'),
      );
  }
}

function execute(model: OnnxModel, stored: StoredTensors, { inputs, bindings }: BoundInputs): Graph {
  const builder = new GraphBuilder();
  const scope = new Scope();
  const run = new Interpreter(builder, model, stored, bindings);
  for (const { name, type, data, declared, basis } of inputs) {
    const id = builder.input(name, type, data);
    const lost = text('the elements of the input "{0}" are not known', name);
    const bound: Bound = declared?.kind === 'sequence' ? { kind: 'sequence', items: { unknown: lost } } : id;
    if (declared?.kind === 'optional' && basis !== 'given') run.optional.add(id);
    if (!scope.set(name, bound))
      builder.gap({ code: 'invalid-model', message: text('two inputs are named "{0}"', name) });
  }
  for (const message of modelRefusals(model)) builder.gap({ code: 'invalid-model', message });
  const context: Context = { opsets: model.opsets, declared: model.graph.declared, place: '', prefix: '', depth: 0 };
  run.runGraph(model.graph, scope, context);
  const outputs = model.graph.outputs.flatMap(({ name }): Output[] => {
    const bound = run.boundOf(name, scope, { path: name, context });
    if (typeof bound === 'number') return [{ name, value: bound }];
    if (bound.kind === 'absent' || typeof bound.items !== 'object' || 'unknown' in bound.items) {
      const lost = { unknown: text('"{0}" is a sequence, not a tensor', name) };
      return [{ name, value: builder.constant(tensor(lost, lost)) }];
    }
    return bound.items.map((value, index) => ({ name: `${name}[${index}]`, value }));
  });
  noteUnknownOutputs(builder, outputs);
  run.finishGaps();
  return builder.finish(model.graph.name, outputs);
}

/** Totals may be complete all the same, but a result without a type says that something was not followed. */
function noteUnknownOutputs(builder: GraphBuilder, outputs: readonly Output[]): void {
  if (builder.gaps.length > 0) return;
  for (const { name, value } of outputs) {
    const { dtype, shape } = builder.type(value);
    const lost = isUnknown(dtype) ? dtype : isUnknown(shape) ? shape : undefined;
    if (lost !== undefined) builder.gap({ code: 'unknown-shape', message: text('{0}: {1}', name, lost.unknown) });
  }
}

function describe(name: string, graph: Graph, { inputs, needs }: BoundInputs): ModelRead {
  const incomplete = graph.gaps.some(({ code }) => code !== 'assumed');
  return {
    name,
    kind: 'onnx',
    line: 1,
    status: needs.length > 0 ? 'needs-arguments' : incomplete ? 'incomplete' : 'ok',
    ...(needs.length > 0 && { needs }),
    graph,
    inputs: inputs.map(input => ({ name: input.name, type: input.type, basis: input.basis, source: input.source })),
  };
}
