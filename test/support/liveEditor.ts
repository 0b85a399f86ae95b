/** What an editor does with the analysis of a file while somebody types: keeps the models that it has, asks for what is new. */
import assert from 'node:assert/strict';
import { edits } from '../../.ci/edits.mjs';
import type { AnalysisCalls } from '../../src/protocol/analysis';
import type { Handlers } from '../../src/protocol/rpc';
import type { FileReport, ModelReport } from '../../src/report/view';

type Analysis = Pick<Handlers<AnalysisCalls>, 'analyze'>;

const signal = (): AbortSignal => new AbortController().signal;

export async function coldReading(analysis: Analysis, path: string, text: string): Promise<FileReport> {
  return analysis.analyze({ path, text, inputs: [], searchPath: [] }, { signal: signal(), progress: () => undefined });
}

export class LiveEditor {
  #models = new Map<string, ModelReport>();
  #revision: number | undefined = undefined;

  constructor(
    private readonly analysis: Analysis,
    private readonly path: string,
  ) {}

  async read(text: string, line: number): Promise<{ report: FileReport; sent: readonly string[] }> {
    const sent: string[] = [];
    const live = { line, ...(this.#revision !== undefined && { known: this.#revision }) };
    const progress = (model: ModelReport): void => {
      sent.push(model.name);
      this.#models.set(model.name, model);
    };
    const request = { path: this.path, text, inputs: [], searchPath: [], live };
    const report = await this.analysis.analyze(request, { signal: signal(), progress });
    const names = report.live?.names ?? [];
    this.#revision = report.live?.revision;
    const models = names.flatMap(name => this.#models.get(name) ?? []);
    this.#models = new Map(models.map(model => [model.name, model]));
    return { report: { ...report, models }, sent };
  }
}

/** Makes edits from a seed, and compares what the editor then has with a reading of the text alone. */
export async function staysEqual(
  editor: LiveEditor,
  original: string,
  cold: (text: string) => Promise<FileReport>,
  options: { readonly seed: number; readonly count: number },
): Promise<void> {
  await editor.read(original, 1);
  let good = await cold(original);
  for (const { kind, text, line } of edits(original, options)) {
    const { report } = await editor.read(text, line);
    const expected = await cold(text);
    // Half-typed text keeps the last good numbers.
    if (expected.diagnostics.length === 0) good = expected;
    assert.deepEqual([report.models, report.diagnostics], [good.models, expected.diagnostics], `${kind} in line ${line}:\n${text}`); // prettier-ignore
  }
}
