/**
 * Models and nodes that a runtime refuses before it runs anything: an operator that the model's version does not have,
 * attributes that the operator does not know or of another type, missing ones, too many or too few inputs. Whoever reads
 * such a model must not be told that its numbers are complete.
 */
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import type { OnnxModel, OnnxNodeProto } from './model';
import type { Signature } from './signatures';
import { signatureAt } from './signatures';

/** Far beyond what is there: such numbers come from a damaged file, not from the future. */
const LAST_FORMAT = 64;
const LAST_VERSION = 1000;

/** What is wrong with the model as a whole. */
export function* modelRefusals({ irVersion, opsets, graph }: OnnxModel): Iterable<Text> {
  if (irVersion < 1) yield text('it does not say which version of the format it has');
  if (irVersion > LAST_FORMAT) yield text('there is no version {0} of the format', irVersion);
  const opset = opsets.get('') ?? 0;
  if (opset > LAST_VERSION) yield text('there is no version {0} of the operators', opset);
  if (opset < 1 && graph.nodes.some(({ domain }) => domain === ''))
    yield text('it does not say which version of the operators it uses');
  if (graph.outputs.length === 0) yield text('it has no outputs');
  for (const { name, type } of graph.outputs)
    if (type?.kind === 'tensor' && type.dtype === undefined) yield text('the element type of "{0}" is not known', name);
}

/** Why a node is refused. Domains that the runtime knows need no version; it then takes its own. */
export function refusal(node: OnnxNodeProto, opset: number | undefined): Text | undefined {
  if (opset === undefined) return undefined;
  if (opset < 1) return text('version {0} of the operators has no "{1}"', opset, node.op);
  if (node.attributes.some(({ type }) => type === 0)) return text('an attribute does not say what type it has');
  const signature = signatureAt(node.domain, node.op, opset);
  if (signature === undefined) return undefined;
  if (signature === 'none') return text('version {0} of the operators has no "{1}"', opset, node.op);
  return wrongCount(node, signature) ?? wrongAttribute(node, signature);
}

function wrongCount(node: OnnxNodeProto, { inputs, outputs }: Signature): Text | undefined {
  const count = node.inputs.length;
  if (count < inputs.least) return text('it has {0} inputs and needs {1}', count, inputs.least);
  if (count > inputs.most) return text('it has {0} inputs and takes {1}', count, inputs.most);
  if (node.outputs.length > outputs) return text('it has {0} outputs and gives {1}', node.outputs.length, outputs);
  return undefined;
}

/** Texts that attributes may be, by name or by operator and name. */
const CHOICES: ReadonlyMap<string, readonly string[]> = new Map([
  ['auto_pad', ['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER']],
  ['Resize.mode', ['nearest', 'linear', 'cubic']],
  ['Resize.keep_aspect_ratio_policy', ['stretch', 'not_larger', 'not_smaller']],
  ['Upsample.mode', ['nearest', 'linear']],
  ['Pad.mode', ['constant', 'reflect', 'edge', 'wrap']],
  ['DepthToSpace.mode', ['DCR', 'CRD']],
]);

function wrongAttribute({ op, attributes }: OnnxNodeProto, signature: Signature): Text | undefined {
  for (const [index, own] of attributes.entries()) {
    const { name, type } = own;
    const wanted = signature.attributes.get(name);
    // Names that begin like this are the runtime's own.
    if (wanted === undefined && !name.startsWith('__')) return text('it has no attribute "{0}"', name);
    if (wanted !== undefined && type !== wanted) return text('attribute "{0}" has the wrong type', name);
    if (attributes.findIndex(other => other.name === name) < index) return text('attribute "{0}" is there twice', name);
    if (own.kind !== 'value' || typeof own.value !== 'string') continue;
    const choices = CHOICES.get(name) ?? CHOICES.get(`${op}.${name}`);
    if (choices?.includes(own.value) === false) return text('attribute "{0}" cannot be "{1}"', name, own.value);
  }
  const missing = signature.required.find(name => !attributes.some(attribute => attribute.name === name));
  return missing === undefined ? undefined : text('attribute "{0}" is missing', missing);
}
