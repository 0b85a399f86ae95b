/** Functions that a model brings along: their bodies are executed in place of the call. */
import { InputError } from '../../base/findings';
import { text } from '../../base/text';
import type { Interpreter, Place } from './interpreter';
import type { OnnxAttribute, OnnxFunction, OnnxNodeProto } from './model';
import { Scope } from './scope';

/** Functions calling functions. Real models stay below ten; only a function that calls itself gets here. */
const DEEPEST_CALL = 64;

export const functionKey = (domain: string, name: string, overload: string): string => `${domain}:${name}:${overload}`;

export function callFunction(
  run: Interpreter,
  fn: OnnxFunction,
  node: OnnxNodeProto,
  scope: Scope,
  place: Place,
): void {
  const { context } = place;
  if (context.depth >= DEEPEST_CALL)
    throw new InputError(
      'invalid-model',
      text('the function "{0}" calls itself', fn.name),
      text('export the model again; ONNX functions must not be recursive'),
    );
  // A body sees its inputs and nothing of what surrounds the call.
  const inner = new Scope();
  fn.inputs.forEach((name, index) => {
    const actual = node.inputs[index] ?? '';
    inner.set(name, actual === '' ? { kind: 'absent' } : run.boundOf(actual, scope, place));
  });
  run.runNodes(fn.nodes, inner, {
    opsets: fn.opsets,
    declared: fn.declared,
    place: `${place.path}/`,
    prefix: `${place.path}/`,
    call: callAttributes(fn, node, place),
    depth: context.depth + 1,
  });
  const outputs = fn.outputs.slice(0, node.outputs.length);
  run.bind(
    node,
    scope,
    place,
    outputs.map((name, index) => (node.outputs[index] === '' ? { kind: 'absent' } : run.boundOf(name, inner, place))),
  );
}

/** What references inside the body mean: the call's attributes, resolved where the call itself is inside a function. */
function callAttributes(fn: OnnxFunction, node: OnnxNodeProto, { context }: Place): ReadonlyMap<string, OnnxAttribute> {
  const attributes = new Map<string, OnnxAttribute>(fn.defaults.map(attribute => [attribute.name, attribute]));
  for (const own of node.attributes) {
    const attribute = own.kind === 'reference' ? context.call?.get(own.to) : own;
    if (attribute !== undefined) attributes.set(own.name, attribute);
  }
  return attributes;
}
