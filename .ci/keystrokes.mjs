// Types into a Python file as somebody who works on its models would (.ci/edits.mjs), and times the analysis worker's
// service from the edit to the first numbers and to all of them. Prints JSON. Run by the benchmark of the same name.
//   node --expose-gc .ci/keystrokes.mjs FILE [--edits N] [--seed N] [--check N]   compares every Nth result with a cold reading
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { edits } from './edits.mjs';
import { main, root } from './lib.mjs';

async function typeInto(path, { count, seed, check }) {
  const { createAnalysis } = createRequire(import.meta.url)(join(root, 'dist', 'analysis.js'));
  const original = readFileSync(path, 'utf8');
  const editor = new Editor(createAnalysis(), path);
  const first = await editor.read(original, 1);
  const timings = [];
  let good = await cold(createAnalysis, path, original);
  for (const { kind, text, line } of edits(original, { seed, count })) {
    const timing = await editor.read(text, line);
    timings.push({
      kind,
      firstMs: timing.firstMs,
      allMs: timing.allMs,
      cpuMs: timing.cpuMs,
      sent: timing.sent,
    });
    if (check === 0 || timings.length % check !== 0) continue;
    const expected = await cold(createAnalysis, path, text);
    // Half-typed text keeps the last good numbers: of the edit before, or of the text where it is the first.
    if (expected.diagnostics.length === 0) good = expected;
    else if (check > 1) continue;
    assert.deepEqual(timing.report, { models: good.models, diagnostics: expected.diagnostics }, `edit ${timings.length} (${kind}, line ${line})`); // prettier-ignore
  }
  globalThis.gc?.();
  return {
    coldMs: first.allMs,
    timings,
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
      if (model.status !== 'needs-arguments') timing.firstMs ??= performance.now() - began;
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
    const used = process.cpuUsage(cpu);
    this.#known = report.live.revision;
    const models = report.live.names.map(name => this.#models.get(name));
    this.#models = new Map(models.map(model => [model.name, model]));
    // Nothing new to say: the answer itself is the first news.
    return { ...timing, firstMs: timing.firstMs ?? allMs, allMs, cpuMs: (used.user + used.system) / 1000, report: { models, diagnostics: report.diagnostics } }; // prettier-ignore
  }
}

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
