/** Reads a model made by hand, and prints what tests of the ONNX front end compare. */
import assert from 'node:assert/strict';
import { InputError } from '../../src/base/findings';
import { render } from '../../src/base/text';
import type { ModelRead } from '../../src/frontends/frontend';
import { parseInputSpec } from '../../src/frontends/input';
import { onnx } from '../../src/frontends/onnx/read';
import type { Graph } from '../../src/ir/graph';
import { elements, printType } from '../../src/ir/tensor';
import { verifyGraph } from '../../src/ir/verify';
import { nodeCost } from '../../src/ops/cost';
import { onnxBytes, type TinyModel } from './onnxBytes';
import { memoryWorld } from './onnxModels';

export interface Reading {
  readonly status: ModelRead['status'];
  readonly read: ModelRead;
  readonly graph: Graph;
  readonly outputs: readonly string[];
  readonly parameters: number;
  /** The known ones. */
  readonly macs: number;
  readonly gaps: readonly string[];
  readonly texts: readonly string[];
  readonly paths: readonly string[];
}

const MOST_MS = 2000;
const MOST_BYTES = 512 * 1024 * 1024;

/** However hostile a file is, read or refused: processor time, since others may keep the machine busy, and memory. */
async function bounded<T>(read: () => Promise<T>): Promise<T> {
  const before = process.cpuUsage();
  const held = process.memoryUsage().rss;
  try {
    return await read();
  } finally {
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1000;
    assert.ok(ms < MOST_MS, `reading took ${Math.round(ms)} ms`);
    // The test's own file is in memory too.
    const grown = process.memoryUsage().rss - held;
    assert.ok(grown < MOST_BYTES, `reading took ${Math.round(grown / 2 ** 20)} MB`);
  }
}

export async function readBytes(
  bytes: Uint8Array,
  specs: readonly string[] = [],
  texts: Readonly<Record<string, string>> = {},
): Promise<Reading> {
  const inputs = specs.map(parseInputSpec);
  const { models } = await bounded(() =>
    onnx.read({ path: 'model.onnx', inputs }, memoryWorld({ 'model.onnx': bytes }, texts)),
  );
  const [read] = models;
  assert.ok(read?.graph);
  const { graph, status } = read;
  assert.deepEqual(verifyGraph(graph), []);
  const counted = graph.values.filter(({ stored }) => stored?.counted === true);
  const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
  return {
    status,
    read,
    graph,
    outputs: graph.outputs.map(({ value }) => printType(graph.values[value]!.type)),
    parameters: counted.reduce((sum, { type }) => sum + number(elements(type)), 0),
    macs: graph.nodes.reduce((sum, node) => sum + number(nodeCost(graph, node).macs), 0),
    gaps: graph.gaps.map(({ code }) => code),
    texts: graph.gaps.map(({ message }) => render(message)),
    paths: graph.nodes.map(({ origin }) => origin.path + (origin.call > 0 ? `@${origin.call}` : '')),
  };
}

export const readModel = (model: TinyModel, specs: readonly string[] = []): Promise<Reading> =>
  readBytes(onnxBytes(model), specs);

/** Rejects with an `InputError` of that code that says how to mend it. */
export async function refuses(work: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof InputError, String(error));
    assert.equal(error.code, code);
    assert.ok(error.remedy !== undefined);
    return true;
  });
}
