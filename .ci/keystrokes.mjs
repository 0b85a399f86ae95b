// Types into a Python file as somebody who works on its models would (.ci/edits.mjs), and times the analysis worker's
// service from the edit to the first numbers and to all of them. Prints JSON. Run by the benchmark of the same name.
//   node --expose-gc .ci/keystrokes.mjs FILE [--edits N] [--seed N] [--check N]   compares every Nth result with a cold reading
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { edits } from './edits.mjs';
import { main, root } from './lib.mjs';

/** Files with their goals in ms at the 95th percentile: the model at the cursor, and all of the file. */
export const FILES = [
  { file: 'resnet.py', firstGoal: 16, allGoal: 150 },
  { file: 'swin_transformer.py', firstGoal: 50, allGoal: 150 },
  { file: 'efficientnet.py', firstGoal: 50, allGoal: 150 },
];

/** Lines about a result: each class of edit, then all, then what the goals say. */
export function table({ coldMs, timings, rss, heap }, { firstGoal, allGoal }) {
  const kinds = [...new Set(timings.map(({ kind }) => kind))].sort();
  const ratio = (field, goal) => (percentile(timings, field, 0.95) / goal).toFixed(2);
  return [
    `cold ${coldMs.toFixed(0)} ms; ${timings.length} edits, resident ${mega(rss)}, heap ${mega(heap)}`,
    ...kinds.map(kind => row(kind, timings.filter(timing => timing.kind === kind))), // prettier-ignore
    row('all', timings),
    `against the goals: model at the cursor ${ratio('firstMs', firstGoal)} of ${firstGoal} ms, all models ${ratio('allMs', allGoal)} of ${allGoal} ms`,
  ];
}

const mega = bytes => `${(bytes / 1e6).toFixed(0)} MB`;

function row(kind, timings) {
  const part = field => [0.5, 0.95].map(share => percentile(timings, field, share).toFixed(1).padStart(7)).join(' ');
  return `${kind.padEnd(10)}${String(timings.length).padStart(4)}  first p50 p95 ms${part('firstMs')} CPU${part('firstCpuMs')}  all${part('allMs')} CPU${part('cpuMs')}`;
}

function percentile(timings, field, share) {
  const sorted = timings.map(timing => timing[field]).sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

async function typeInto(path, { count, seed, check }) {
  const { createAnalysis } = createRequire(import.meta.url)(join(root, 'dist', 'analysis.js'));
  const original = readFileSync(path, 'utf8');
  const editor = new Editor(createAnalysis(), path);
  const first = await editor.read(original, 1);
  const timings = [];
  let good = await cold(createAnalysis, path, original);
  let compared = 0;
  for (const { kind, text, line } of edits(original, { seed, count })) {
    const timing = await editor.read(text, line);
    timings.push({
      kind,
      firstMs: timing.firstMs,
      allMs: timing.allMs,
      cpuMs: timing.cpuMs,
      firstCpuMs: timing.firstCpuMs,
      sent: timing.sent,
    });
    if (check === 0 || timings.length % check !== 0) continue;
    const expected = await cold(createAnalysis, path, text);
    // Half-typed text keeps the last good numbers: of the edit before, or of the text where it is the first.
    if (expected.diagnostics.length === 0) {
      good = expected;
      compared++;
    } else if (check > 1) continue;
    assert.deepEqual(timing.report, { models: good.models, diagnostics: expected.diagnostics }, `edit ${timings.length} (${kind}, line ${line})`); // prettier-ignore
  }
  globalThis.gc?.();
  return {
    coldMs: first.allMs,
    timings,
    compared,
    rss: process.memoryUsage().rss,
    heap: process.memoryUsage().heapUsed,
  };
}

class Editor {
  #models = new Map();
  #known = undefined;

  constructor(analysis, path) {
    this.analysis = analysis;
    this.path = path;
  }

  async read(text, line) {
    const cpu = process.cpuUsage();
    const began = performance.now();
    const timing = { firstMs: undefined, sent: 0 };
    const progress = model => {
      timing.sent++;
      if (model.status !== 'needs-arguments' && timing.firstMs === undefined) {
        timing.firstMs = performance.now() - began;
        timing.firstCpuMs = used(cpu);
      }
      this.#models.set(model.name, model);
    };
    const live = {
      line,
      ...(this.#known !== undefined && { known: this.#known }),
    };
    const request = { path: this.path, text, inputs: [], searchPath: [], live };
    const report = await this.analysis.analyze(request, {
      signal: new AbortController().signal,
      progress,
    });
    const allMs = performance.now() - began;
    const cpuMs = used(cpu);
    this.#known = report.live.revision;
    const models = report.live.names.map(name => this.#models.get(name));
    this.#models = new Map(models.map(model => [model.name, model]));
    // Nothing new to say: the answer itself is the first news.
    return { ...timing, firstMs: timing.firstMs ?? allMs, firstCpuMs: timing.firstCpuMs ?? cpuMs, allMs, cpuMs, report: { models, diagnostics: report.diagnostics } }; // prettier-ignore
  }
}

const used = since => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};

async function cold(createAnalysis, path, text) {
  const context = {
    signal: new AbortController().signal,
    progress: () => undefined,
  };
  const { models, diagnostics } = await createAnalysis().analyze({ path, text, inputs: [], searchPath: [] }, context);
  return { models, diagnostics };
}

// Last: what it needs is defined by then.
await main(import.meta, async ([path, ...options]) => {
  const option = (name, fallback) => {
    const at = options.indexOf(`--${name}`);
    return at < 0 ? fallback : Number(options[at + 1]);
  };
  const result = await typeInto(path, {
    count: option('edits', 200),
    seed: option('seed', 1),
    check: option('check', 1),
  });
  console.log(JSON.stringify(result));
});
