/** Models read from source and written as ONNX with their weights, for checks in the real runtime. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isUnknown } from '../../src/base/known';
import { render } from '../../src/base/text';
import { emitOnnx } from '../../src/emit/onnx';
import type { Plan } from '../../src/emit/plan';
import { valueOf } from '../../src/ir/graph';
import { printType } from '../../src/ir/tensor';
import { bindInputs, makeElements } from '../../src/profiler/inputs';
import { bytesOf } from '../../src/profiler/elements';
import { writeWeights } from '../../src/profiler/weights';
import type { Elements } from '../../src/profiler/elements';
import type { Asked } from './torchModels';
import { modelNamed, readPython } from './torchModels';

export interface EmittedCase {
  readonly model: Uint8Array;
  readonly plan: Plan;
  readonly inputs: readonly { readonly name: string; readonly dtype: string; readonly dims: readonly number[] }[];
  /** As the reader predicts them: `float32[1,1000]`. */
  readonly outputs: readonly string[];
  readonly nodes: number;
  /** Ops that stand-ins took the place of, with their lines. */
  readonly without: readonly string[];
}

export type CaseEmission =
  | { readonly kind: 'emitted'; readonly emitted: EmittedCase }
  /** The reader's own gaps, or ops that have no ONNX form, with their lines. */
  | { readonly kind: 'incomplete' | 'refused'; readonly reasons: readonly string[] };

/** A pass-by name of the weights file; the model's tensors name it. */
export const WEIGHTS_FILE = 'weights.bin';

export async function emitCase(
  asked: Asked & { readonly model: string; readonly without?: boolean },
): Promise<CaseEmission> {
  const read = await readPython(asked);
  const { graph, status } = modelNamed(read, asked.model);
  if (status !== 'ok' || graph.gaps.length > 0)
    return { kind: 'incomplete', reasons: graph.gaps.map(({ message }) => render(message)) };
  const emission = emitOnnx(graph, { weightsFile: WEIGHTS_FILE, seed: 1, ...(asked.without && { without: true }) });
  if (!emission.ok)
    return {
      kind: 'refused',
      reasons: emission.refusals.map(
        ({ node, why, at }) => `${at?.file ?? ''}:${at?.line ?? ''} ${node.op}: ${render(why)}`,
      ),
    };
  const { model, plan, nodeOf, without } = emission.emitted;
  return {
    kind: 'emitted',
    emitted: {
      ...{ model, plan, nodes: nodeOf.size },
      without: without.map(({ node, at }) => `${node.op}:${at?.line ?? ''}`),
      inputs: graph.inputs.map((id, index) => {
        const { name, type } = valueOf(graph, id);
        const dims = Array.isArray(type.shape) ? type.shape.map(Number) : [];
        return { name: name ?? `input${index}`, dtype: isUnknown(type.dtype) ? '' : type.dtype, dims };
      }),
      outputs: graph.outputs.map(({ value }) => printType(valueOf(graph, value).type)),
    },
  };
}

/** The model and its generated weights, as the profiler's child writes them. Returns the model's path. */
export async function placeCase({ model, plan }: EmittedCase, folder: string): Promise<string> {
  await writeWeights(plan, folder);
  const path = join(folder, 'model.onnx');
  await writeFile(path, model);
  return path;
}

/** What the profiler would feed, one file for each input; the paths in order. */
export async function placeInputs({ inputs }: EmittedCase, folder: string): Promise<readonly string[]> {
  const given = inputs.map(({ dims }) => ({ dims }));
  const bound = bindInputs(inputs, given, {}).inputs;
  return Promise.all(
    bound.map(async (input, index) => {
      const path = join(folder, `input${index}.bin`);
      await writeFile(path, bytesOf(makeElements(input, index + 1) as Elements));
      return path;
    }),
  );
}
