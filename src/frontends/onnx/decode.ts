/**
 * Decodes ModelProto, graphs and functions. Unknown fields are skipped, as protobuf asks. Graphs may be of any size,
 * so these are generators; what is small in them is loaded and decoded at once.
 */
import { decodeAttribute, decodeLargeAttribute } from './attributes';
import type {
  OnnxAttribute,
  OnnxFunction,
  OnnxGraph,
  OnnxModel,
  OnnxNodeProto,
  OnnxTensor,
  OnnxType,
  OnnxValue,
} from './model';
import { decodeSparse, decodeTensor } from './tensor';
import { decodeValue } from './types';
import type { Cursor, Steps } from './wire';
import { BYTES, DEEPEST, LARGEST_PAYLOAD, Malformed, VARINT } from './wire';

export function* decodeModel(cursor: Cursor): Steps<OnnxModel> {
  const end = cursor.size;
  let irVersion = 0;
  let producer = '';
  let graph: OnnxGraph | undefined;
  const opsets = new Map<string, number>();
  const functions: OnnxFunction[] = [];
  while (cursor.position < end) {
    if (!cursor.ready(end)) yield cursor.request(end);
    cursor.next(end);
    const { field, wire, stop } = cursor;
    if (field === 1 && wire === VARINT) irVersion = cursor.unsigned();
    else if (wire !== BYTES) cursor.skip();
    else if (field === 2) producer = yield* cursor.anyText();
    else if (field === 7) graph = merged(graph, yield* decodeGraph(cursor, stop, 0));
    else if (field === 25) functions.push(yield* decodeFunction(cursor, stop));
    else if (field === 8 && cursor.isSmall()) {
      if (!cursor.holds()) yield cursor.want();
      decodeOpset(cursor, stop, opsets);
    } else cursor.skip();
  }
  if (graph === undefined) throw new Malformed('there is no graph in it', 0);
  return { irVersion, producer, opsets, graph, functions };
}

/** A message that comes in several pieces is one: lists go on, of the rest the last one counts. */
function merged(before: OnnxGraph | undefined, graph: OnnxGraph): OnnxGraph {
  if (before === undefined) return graph;
  return {
    name: graph.name === '' ? before.name : graph.name,
    nodes: [...before.nodes, ...graph.nodes],
    initialisers: [...before.initialisers, ...graph.initialisers],
    inputs: [...before.inputs, ...graph.inputs],
    outputs: [...before.outputs, ...graph.outputs],
    declared: new Map([...before.declared, ...graph.declared]),
  };
}

function decodeOpset(cursor: Cursor, end: number, into: Map<string, number>): void {
  let domain = '';
  let version = 0;
  while (cursor.position < end) {
    cursor.next(end);
    if (cursor.field === 1 && cursor.wire === BYTES) domain = cursor.text();
    else if (cursor.field === 2 && cursor.wire === VARINT) version = cursor.signed();
    else cursor.skip();
  }
  into.set(standardDomain(domain), version);
}

/** Both spellings of the default domain are in use. */
export const standardDomain = (domain: string): string => (domain === 'ai.onnx' ? '' : domain);

export function* decodeGraph(cursor: Cursor, end: number, depth: number): Steps<OnnxGraph> {
  if (depth > DEEPEST) throw new Malformed('its graphs are nested too deeply', cursor.position);
  let name = '';
  const nodes: OnnxNodeProto[] = [];
  const initialisers: OnnxTensor[] = [];
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const declared = new Map<string, OnnxType>();
  while (cursor.position < end) {
    if (!cursor.ready(end)) yield cursor.request(end);
    cursor.next(end);
    const { field, wire, stop } = cursor;
    if (wire !== BYTES) cursor.skip();
    else if (field === 5) initialisers.push(yield* decodeTensor(cursor, stop));
    else if (field === 15) initialisers.push(yield* decodeSparse(cursor, stop));
    else if (field === 1) nodes.push(yield* decodeAnyNode(cursor, depth));
    else if (field === 2) name = yield* cursor.anyText();
    else if (field >= 11 && field <= 13 && cursor.isSmall(LARGEST_PAYLOAD)) {
      if (!cursor.holds()) yield cursor.want();
      const value = decodeValue(cursor, stop);
      if (field === 11) inputs.push(value);
      else if (field === 12) outputs.push(value);
      if (field !== 11 && value.type !== undefined) declared.set(value.name, value.type);
    } else cursor.skip();
  }
  return { name, nodes, initialisers, inputs, outputs, declared };
}

function* decodeFunction(cursor: Cursor, end: number): Steps<OnnxFunction> {
  const found = { name: '', domain: '', overload: '' };
  const inputs: string[] = [];
  const outputs: string[] = [];
  const nodes: OnnxNodeProto[] = [];
  const defaults: OnnxAttribute[] = [];
  const opsets = new Map<string, number>();
  const declared = new Map<string, OnnxType>();
  while (cursor.position < end) {
    if (!cursor.ready(end)) yield cursor.request(end);
    cursor.next(end);
    const { field, wire, stop } = cursor;
    if (wire !== BYTES) cursor.skip();
    else if (field === 1) found.name = yield* cursor.anyText();
    else if (field === 10) found.domain = standardDomain(yield* cursor.anyText());
    else if (field === 13) found.overload = yield* cursor.anyText();
    else if (field === 4) inputs.push(yield* cursor.anyText());
    else if (field === 5) outputs.push(yield* cursor.anyText());
    else if (field === 7) nodes.push(yield* decodeAnyNode(cursor, 1));
    else if (field === 11) defaults.push(yield* decodeLargeAttribute(cursor, stop, 1));
    else if ((field === 9 || field === 12) && cursor.isSmall(LARGEST_PAYLOAD)) {
      if (!cursor.holds()) yield cursor.want();
      if (field === 9) decodeOpset(cursor, stop, opsets);
      else {
        const value = decodeValue(cursor, stop);
        if (value.type !== undefined) declared.set(value.name, value.type);
      }
    } else cursor.skip();
  }
  return { ...found, inputs, outputs, defaults, nodes, opsets, declared };
}

type Draft = { -readonly [K in keyof OnnxNodeProto]: K extends 'inputs' | 'outputs' ? string[] : OnnxNodeProto[K] };

const NO_ATTRIBUTES: OnnxAttribute[] = [];

const newNode = (): Draft => ({
  op: '',
  domain: '',
  overload: '',
  name: '',
  inputs: [],
  outputs: [],
  attributes: NO_ATTRIBUTES,
});

function* decodeAnyNode(cursor: Cursor, depth: number): Steps<OnnxNodeProto> {
  const end = cursor.stop;
  const node = newNode();
  if (cursor.isSmall()) {
    if (!cursor.holds()) yield cursor.want();
    while (cursor.position < end) {
      cursor.next(end);
      if (cursor.field === 5 && cursor.wire === BYTES) addAttribute(node, decodeAttribute(cursor, cursor.stop, depth));
      else decodeNodeField(cursor, node);
    }
    return node;
  }
  while (cursor.position < end) {
    if (!cursor.ready(end)) yield cursor.request(end);
    cursor.next(end);
    if (cursor.field === 5 && cursor.wire === BYTES)
      addAttribute(node, yield* decodeLargeAttribute(cursor, cursor.stop, depth));
    else if (cursor.isSmall()) {
      if (!cursor.holds()) yield cursor.want();
      decodeNodeField(cursor, node);
    } else cursor.skip();
  }
  return node;
}

function addAttribute(node: Draft, attribute: OnnxAttribute): void {
  if (node.attributes.length === 0) node.attributes = [attribute];
  else (node.attributes as OnnxAttribute[]).push(attribute);
}

function decodeNodeField(cursor: Cursor, node: Draft): void {
  if (cursor.wire !== BYTES) cursor.skip();
  else if (cursor.field === 1) node.inputs.push(cursor.text());
  else if (cursor.field === 2) node.outputs.push(cursor.text());
  else if (cursor.field === 3) node.name = cursor.text();
  else if (cursor.field === 4) node.op = cursor.text();
  else if (cursor.field === 7) node.domain = standardDomain(cursor.text());
  else if (cursor.field === 8) node.overload = cursor.text();
  else cursor.skip();
}
