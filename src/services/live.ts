/**
 * Use case: the reports of a file that is being edited. The model at the cursor comes first, what an edit left alone
 * is not worked out again, and only what has changed is sent.
 */
import type { Live } from '../frontends/frontend';
import type { AnalyzeRequest } from '../protocol/analysis';
import type { CallContext } from '../protocol/rpc';
import type { FileReport, ModelReport } from '../report/view';
import { SCHEMA_VERSION } from '../report/view';
import type { AnalysisPorts } from './analysis';
import { analyze, readFile, reportModel, settingFor } from './analysis';
import { gapReport } from './fileReport';

/** What was sent last of a file. */
interface Sent {
  readonly revision: number;
  readonly models: ReadonlyMap<string, ModelReport>;
}

const MOST_FILES = 16;

export class Following {
  readonly #sent = new Map<string, Sent>();
  #revision = 0;

  constructor(private readonly ports: AnalysisPorts) {}

  /** A whole report, or where the request is of a live file what is new in it. */
  async analyze(request: AnalyzeRequest, { signal, progress }: CallContext<ModelReport>): Promise<FileReport> {
    const { live } = request;
    if (live === undefined) return analyze(request, this.ports);
    const setting = settingFor(request, this.ports);
    const key = JSON.stringify([request.path, request.inputs, request.args, request.model]);
    const before = this.#sent.get(key);
    const known = before?.revision === live.known ? before?.models : undefined;
    const models = new Map<string, ModelReport>();
    const following: Omit<Live, 'memories'> = {
      ...(live.line !== undefined && { line: live.line }),
      skipsBroken: known !== undefined,
      pause: async () => {
        await this.ports.pause?.();
        signal.throwIfAborted();
      },
      found: read => {
        const report = reportModel(request.path, read, setting, this.ports);
        models.set(read.name, report);
        if (known?.get(read.name) !== report) progress(report);
      },
    };
    const read = await readFile(request, this.ports, following);
    const broken = read.gaps.some(({ code }) => code === 'syntax-error');
    const all = read.models.map(model => {
      const told = models.get(model.name);
      if (told !== undefined) return told;
      // A front end that reads a file in one go tells nothing on the way.
      const report = reportModel(request.path, model, setting, this.ports);
      if (known?.get(model.name) !== report) progress(report);
      return report;
    });
    const sent = broken && before !== undefined && known !== undefined ? before : this.#remember(key, all);
    return {
      schemaVersion: SCHEMA_VERSION,
      file: request.path,
      models: [],
      diagnostics: read.gaps.map(gap => gapReport(request.path, gap)),
      live: { revision: sent.revision, names: [...sent.models.keys()] },
    };
  }

  #remember(key: string, reports: readonly ModelReport[]): Sent {
    const sent = { revision: ++this.#revision, models: new Map(reports.map(report => [report.name, report])) };
    this.#sent.delete(key);
    this.#sent.set(key, sent);
    for (const oldest of this.#sent.keys()) if (this.#sent.size > MOST_FILES) this.#sent.delete(oldest);
    return sent;
  }
}
