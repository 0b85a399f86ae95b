/** Inputs on their way into a model: by position, by name, or as the parts of a graph that a model takes as one object. */
import { isUnknown } from '../../base/known';
import { call } from '../python/calls';
import type { PyModule } from '../python/module';
import type { Arguments, Value } from '../python/values';
import { PyObject, PyTuple } from '../python/values';
import type { ChosenInput } from './inputs';
import { forwardParameters, wholeName } from './inputs';
import type { Session } from './session';
import type { Tensor } from './tensor';

export interface Given {
  readonly input: ChosenInput;
  readonly tensor: Tensor;
}

/** Parameters that hold a graph of DGL wherever that library is used. */
const GRAPHS = new Set(['g', 'graph', 'bg', 'blocks', 'block', 'mfg', 'batched_graph', 'dgl_graph']);

export function argumentsFor(session: Session, main: PyModule, model: PyObject, given: readonly Given[]): Arguments {
  const data = bundle(session, model, given);
  if (data !== undefined) return { positional: [data] };
  const isGraph = imports(main, 'dgl') || session.uses('dgl');
  const values = given.map(one => ({ ...one, value: isGraph ? asGraph(session, one, given) : one.tensor }));
  // A wrong name is refused as Python refuses it; an only input is meant whatever its name.
  const byName = ({ keyword, member }: ChosenInput): boolean => keyword || (member === true && given.length > 1);
  const positional = values.filter(({ input }) => !byName(input)).map(({ value }) => value);
  const keywords = keywordsOf(values.filter(({ input }) => byName(input)).map(({ input, value }) => ({ name: input.name, value }))); // prettier-ignore
  return keywords.size > 0 ? { positional, keywords } : { positional };
}

/** Parts of one argument (`hidden.0`, `hidden.1`) are given as a tuple. */
function keywordsOf(inputs: readonly { readonly name: string; readonly value: Value }[]): Map<string, Value> {
  const keywords = new Map<string, Value>();
  for (const { name, value } of inputs) {
    const whole = wholeName(name);
    const before = keywords.get(whole);
    if (whole === name) keywords.set(name, value);
    else keywords.set(whole, new PyTuple([...(before instanceof PyTuple ? before.items : []), value]));
  }
  return keywords;
}

const imports = (main: PyModule, library: string): boolean =>
  (main.source?.parsed.module.statements ?? []).some(
    statement =>
      (statement.kind === 'import' && statement.names.some(({ module }) => module.split('.')[0] === library)) ||
      (statement.kind === 'import-from' && statement.module.split('.')[0] === library),
  );

/** `forward(self, data)` with inputs named `x`, `edge_index`, …: they are what the one object holds. */
function bundle(session: Session, model: PyObject, given: readonly Given[]): Value | undefined {
  const { required } = forwardParameters(model);
  if (required.length !== 1 || given.length < 2 || given.some(({ input }) => input.member !== true)) return undefined;
  const maker = session.load(session.interp, 'torch_geometric.data')?.lookup('bundle');
  if (maker === undefined) return undefined;
  return call(session.interp, maker, {
    positional: [],
    keywords: new Map(given.map(({ input, tensor }) => [input.name, tensor])),
  });
}

/** An edge index given for a parameter that takes a graph: its nodes are the rows of the other inputs. */
function asGraph(session: Session, { input, tensor }: Given, given: readonly Given[]): Value {
  const { shape, dtype } = tensor.type;
  if (!GRAPHS.has(input.name) || dtype !== 'int64' || isUnknown(shape) || shape.length !== 2 || shape[0] !== 2) return tensor; // prettier-ignore
  const features = given.find(other => other.tensor !== tensor && !isUnknown(other.tensor.type.shape) && other.tensor.type.shape.length > 0); // prettier-ignore
  const nodes = features === undefined || isUnknown(features.tensor.type.shape) ? undefined : features.tensor.type.shape[0]; // prettier-ignore
  const maker = session.load(session.interp, 'dgl')?.lookup('graph_of');
  if (maker === undefined || typeof nodes !== 'number') return tensor;
  const made = call(session.interp, maker, { positional: [tensor, nodes] });
  return made instanceof PyObject ? made : tensor;
}
