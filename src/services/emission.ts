/** Use case: a model that was read completely, written out as ONNX with planned weights, so that it can be run. */
import { InputError } from '../base/findings';
import { render, text } from '../base/text';
import type { Refusal } from '../emit/onnx';
import { emitOnnx } from '../emit/onnx';
import type { ModelRead } from '../frontends/frontend';
import type { EmitRequest, EmittedModel } from '../protocol/analysis';
import type { ModelReport } from '../report/view';
import type { AnalysisPorts } from './analysis';
import { readFile, reportModel, settingFor } from './analysis';

const WEIGHTS_FILE = 'weights.bin';
/** Equal weights for equal models make two profiles comparable. */
const SEED = 1;

export async function emit(request: EmitRequest, ports: AnalysisPorts): Promise<EmittedModel> {
  const file = await readFile(request, ports);
  const read = file.models.find(model => model.name === request.model);
  if (read === undefined)
    throw new InputError(
      'unknown-model',
      text('there is no model named "{0}"', request.model),
      text('save the file and try again'),
    );
  const report = reportModel(request.path, read, settingFor(request, ports), ports);
  const { graph } = read;
  if (graph === undefined || !report.complete) throw incomplete(read, report);
  const emission = emitOnnx(graph, {
    weightsFile: request.weightsFile ?? WEIGHTS_FILE,
    seed: SEED,
    ...(request.without === true && { without: true }),
  });
  if (!emission.ok) throw refused(emission.refusals);
  const { model, plan, nodeOf, without } = emission.emitted;
  return {
    ...{ model, plan, report },
    layerOf: Object.fromEntries(nodeOf),
    without: without.map(({ node, why }) => ({ layer: node.id, why })),
  };
}

function incomplete(read: ModelRead, report: ModelReport): InputError {
  if (report.status === 'needs-arguments')
    return new InputError(
      'needs-arguments',
      text('"{0}" needs {1} before it can be run', read.name, report.needs.map(need => need.name).join(', ')),
      text('give the arguments, for example with a call in the file'),
    );
  const [gap] = report.gaps;
  return new InputError(
    'incomplete-model',
    text('"{0}" was not read completely, so it cannot be run: {1}', read.name, gap?.text ?? ''),
    gap === undefined ? undefined : text('see {0}, line {1}', gap.file, gap.line),
  );
}

/** The first few; a loop refuses the same op on every turn. */
function refused(refusals: readonly Refusal[]): InputError {
  const all = refusals.map(({ node: { origin }, why, at }) =>
    at === undefined ? text('{0}: {1}', origin.path, why) : text('{0} (line {1}): {2}', origin.path, at.line, why),
  );
  const reasons = [...new Map(all.map(reason => [render(reason), reason])).values()];
  const shown = reasons.slice(0, 3).reduce((before, reason) => text('{0}; {1}', before, reason));
  return new InputError(
    'cannot-emit',
    text('{0} operations of this model cannot be run yet: {1}', reasons.length, shown),
    text('profile an exported .onnx file instead'),
  );
}
