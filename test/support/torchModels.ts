/** Reads models from Python files as the product does and lines their counts up with PyTorch's (counting.py). */
import { frontendFor } from '../../src/frontends/index';
import { parseInputSpec } from '../../src/frontends/input';
import type { FileRead, ModelRead, ReadRequest, World } from '../../src/frontends/frontend';
import type { Graph } from '../../src/ir/graph';
import { printType } from '../../src/ir/tensor';
import { peakActivations } from '../../src/estimate/memory';
import { rollUp } from '../../src/estimate/rollup';
import { nodeWorld } from '../../src/services/ports/world';

export { printType };

export interface ModuleCounts {
  readonly type: string;
  readonly parameters: number;
  readonly macs: number;
  readonly calls: number;
  readonly outputs: readonly (readonly number[])[];
}

/** One model in reference.json. */
export interface Reference {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly parameters: number;
  readonly trainableParameters: number;
  readonly bufferElements: number;
  readonly macs: number;
  readonly peakActivationBytes: number;
  readonly modules?: Readonly<Record<string, ModuleCounts>>;
}

export interface Counts extends Omit<Reference, 'modules' | 'inputs' | 'peakActivationBytes'> {
  /** Own MACs by module path, where there are any. */
  readonly macsByModule: Readonly<Record<string, number>>;
}

export interface Asked {
  readonly path: string;
  readonly model?: string;
  readonly args?: string;
  readonly inputs?: readonly string[];
  readonly searchPath?: readonly string[];
}

export async function readPython(asked: Asked, world: World = nodeWorld): Promise<FileRead> {
  const { path, model, args, inputs = [], searchPath } = asked;
  const frontend = frontendFor(path);
  if (frontend === undefined) throw new Error(`nothing reads ${path}`);
  const request: ReadRequest = {
    path,
    inputs: inputs.map(parseInputSpec),
    ...(model !== undefined && { model }),
    ...(args !== undefined && { args }),
    ...(searchPath !== undefined && { searchPath }),
  };
  return frontend.read(request, world);
}

export function modelNamed(read: FileRead, name: string): ModelRead & { readonly graph: Graph } {
  const model = read.models.find(one => one.name === name);
  if (model === undefined) throw new Error(`no model ${name} among ${read.models.map(one => one.name).join(', ')}`);
  const { graph } = model;
  if (graph === undefined)
    throw new Error(`${name} was not read: ${model.status} ${JSON.stringify(model.needs ?? [])}`);
  return { ...model, graph };
}

export function countsOf(graph: Graph): Counts {
  const cost = rollUp(graph);
  const macsByModule: Record<string, number> = {};
  for (const { node, macs } of cost.layers) {
    const path = node.origin.path.replace(/#.*$/, '');
    if (macs !== null && macs > 0) macsByModule[path] = (macsByModule[path] ?? 0) + macs;
  }
  return {
    outputs: graph.outputs.map(({ value }) => {
      const found = graph.values[value];
      return found === undefined ? 'lost' : printType(found.type);
    }),
    parameters: cost.parameters,
    trainableParameters: cost.trainableParameters,
    bufferElements: cost.bufferElements,
    macs: cost.macs,
    macsByModule,
  };
}

/** Bytes of the largest sum of activations alive at once. */
export const peakOf = (graph: Graph): number => peakActivations(graph).bytes;

/** The same from a reference. */
export function countsOfReference(reference: Reference): Counts {
  const { outputs, parameters, trainableParameters, bufferElements, macs, modules = {} } = reference;
  const macsByModule = Object.fromEntries(
    Object.entries(modules)
      .filter(([, row]) => row.macs > 0)
      .map(([path, row]) => [path, row.macs]),
  );
  return { outputs, parameters, trainableParameters, bufferElements, macs, macsByModule };
}
