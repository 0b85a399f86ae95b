/** `modelwatt profile`: runs a model on this machine and brings time and energy back to its layers. */
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { InputError } from '../../base/findings';
import { text } from '../../base/text';
import { RpcError } from '../../protocol/rpc';
import type { ProfileResult } from '../../report/profile';
import { profiledModel } from '../../report/profile';
import { profileTable } from '../../report/profileTable';
import type { FileReport, ModelReport, NeedReport } from '../../report/view';
import { SCHEMA_VERSION } from '../../report/view';
import type { ProfilingOutcome } from '../../services/profiling';
import { profileModel } from '../../services/profiling';
import { nodeEvery, nodeWait } from '../../services/ports/clock';
import { nodeCondition, nodeGpuSlowdown } from '../../services/ports/condition';
import { dataFolder } from '../../services/ports/dataFolder';
import { commitState } from '../../services/ports/git';
import { appendEntry, ledgerFile } from '../../services/ports/ledger';
import { newRunId } from '../../services/ports/runId';
import { profileRecord } from '../../services/profileRecord';
import { meterPower } from '../../services/power';
import { nodeProfiler, providerDevice, shellInterpreter, userWeightCache } from '../../services/ports/profiler';
import { nodeWorld } from '../../services/ports/world';
import { ANALYSIS_OPTIONS, choice, seconds } from '../args';
import type { Command, Console } from '../command';
import { checkPaths } from '../operand';
import { checkSyntax, plainJson, requestOf } from '../reading';
import { lineOf } from '../refusal';

const FORMATS = ['table', 'json'] as const;
const DEVICES = ['auto', 'cpu', 'cuda', 'webgpu', 'dml', 'coreml'] as const;
/** Ten windows of a second. */
const DEFAULT_SECONDS = 10;

export const profile: Command = {
  name: 'profile',
  summary: text('measured latency of a model on this machine, with the share of each layer, and its energy'),
  positionals: ['FILE'],
  options: {
    ...ANALYSIS_OPTIONS,
    device: { value: DEVICES.join('|'), help: text('what to run on; without it the fastest that works') },
    seconds: { value: 'N', help: text('how long to measure; without it {0} s', DEFAULT_SECONDS) },
    format: { value: FORMATS.join('|'), help: text('how to print the report; without it as a table') },
  },
  run: async (args, console) => {
    const format = choice(args, 'format', FORMATS, 'table');
    const target = choice(args, 'device', DEVICES, 'auto');
    const time = seconds(args, 'seconds') ?? DEFAULT_SECONDS;
    const request = requestOf(args);
    await checkPaths(request);
    const { createAnalysis } = await import('../../analysis/worker');
    const { startMeter } = await import('../../metering/worker');
    const { signal } = console;
    const analysis = createAnalysis();
    const context = { signal, progress: () => undefined };
    const meter = await startMeter();
    const startedMs = Date.now();
    let file: FileReport | undefined;
    try {
      const outcome = await profileModel(
        { ...request, target, seconds: time },
        {
          profiler: nodeProfiler(__dirname, {
            weights: userWeightCache,
            interpreter: () => Promise.resolve(shellInterpreter()),
          }),
          reader: {
            analyze: async asked => (file = await analysis.analyze(asked, context)),
            emit: async asked => analysis.emit(asked, context),
          },
          readText: nodeWorld.readText,
          power: meterPower({ read: () => Promise.resolve(meter.read()), wait: nodeWait, every: nodeEvery }),
          condition: nodeCondition,
          gpuSlowdown: nodeGpuSlowdown,
          deviceName: providerDevice,
        },
        { signal },
      );
      const { report, profile: result } = finished(outcome);
      const model = profiledModel(report, result);
      await keep(report, result, { file: request.path, startedMs }, console);
      const error: ReturnType<typeof checkSyntax> = file ? checkSyntax(file, console) : {};
      console.out(
        format === 'json'
          ? plainJson({
              schemaVersion: SCHEMA_VERSION,
              file: request.path,
              models: [model],
              diagnostics: file?.diagnostics ?? [],
              ...error,
            })
          : profileTable(model, message => console.say(message)),
      );
      return error.error !== undefined ? 2 : report.complete ? 0 : 3;
    } finally {
      meter.dispose();
    }
  },
};

/** A profile that could not be recorded is a profile all the same. */
async function keep(
  report: ModelReport,
  result: ProfileResult,
  { file, startedMs }: { readonly file: string; readonly startedMs: number },
  console: Console,
): Promise<void> {
  try {
    const record = profileRecord(report, result, {
      id: newRunId(),
      file,
      folder: process.cwd(),
      command: null,
      startedMs,
      endedMs: Date.now(),
      commit: await commitState(dirname(file)).catch(() => null),
      host: hostname(),
      tool: `modelwatt ${console.version()}`,
    });
    appendEntry(ledgerFile(dataFolder(), null), { run: record });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.message(lineOf(error, message => console.say(message)));
  }
}

/** The result, or what stood in its way as a refusal. */
function finished(outcome: ProfilingOutcome): Extract<ProfilingOutcome, { kind: 'finished' }>['value'] {
  switch (outcome.kind) {
    case 'finished':
      return outcome.value;
    case 'needs':
      throw needed(outcome.needs);
    case 'cancelled':
      throw new RpcError('cancelled', text('cancelled'));
    case 'crashed':
      throw new InputError('crashed', outcome.text, outcome.remedy);
    case 'refused':
      throw new InputError(outcome.code, outcome.text, outcome.remedy);
  }
}

function needed(needs: readonly NeedReport[]): InputError {
  const names = needs.map(({ name, input }) => (input === undefined ? name : `${name} (${input})`)).join(', ');
  const dims = needs.some(need => need.of === 'dim');
  return new InputError(
    dims ? 'needs-sizes' : 'needs-arguments',
    dims ? text('these sizes are not known: {0}', names) : text('these arguments are missing: {0}', names),
    dims ? text('give each such input with --input name=dtype[size,size]') : text("give them with --args 'name=value'"),
  );
}
