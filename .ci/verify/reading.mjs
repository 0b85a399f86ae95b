// A model that our reader counts beside the same model counted by PyTorch: the verdict on it, and the table of verdicts.

/**
 * Reads one model and holds its counts against PyTorch's. `expected` has parameters, trainableParameters,
 * bufferElements, macs and outputs; `more(graph, counts)` adds differences of its own. Equal means complete and all the
 * same; what says that it is incomplete is never wrong.
 */
export async function compare({ modelNamed, countsOf, peakOf, readPython }, asked, expected, more = () => []) {
  try {
    const read = await readPython(asked);
    const model = modelNamed(read, asked.model);
    const counts = countsOf(model.graph);
    const peak = peakOf(model.graph);
    const gaps = [...read.gaps, ...model.graph.gaps].map(
      gap => `${gap.at?.file ?? ''}:${gap.at?.line ?? ''} ${gap.code}: ${sentence(gap.message)}`,
    );
    const lines = [...differences(expected, counts), ...more(model.graph, counts)];
    if (model.status !== 'ok')
      return { kind: 'incomplete', counts, peak, lines: [...new Set(gaps)].slice(0, 12).concat(lines) };
    return { kind: lines.length === 0 ? 'equal' : 'wrong', counts, peak, lines };
  } catch (error) {
    const lines = String(error.stack ?? error).split('\n');
    return { kind: 'incomplete', lines: [lines.slice(0, 6).join('\n    ')] };
  }
}

const sentence = ({ template, args }) =>
  template.replace(/\{(\d+)\}/g, (_, index) => {
    const value = args[Number(index)];
    return typeof value === 'object' && value !== null ? sentence(value) : String(value);
  });

function differences(expected, counts) {
  const shapes = outputs => outputs.map(type => type.replace(/^\w+/, '')).join(' ');
  return [
    ['parameters', expected.parameters, counts.parameters],
    ['trainable', expected.trainableParameters, counts.trainableParameters],
    ['buffers', expected.bufferElements, counts.bufferElements],
    ['MACs', expected.macs, counts.macs],
    ['outputs', shapes(expected.outputs), shapes(counts.outputs)],
  ].flatMap(([what, wanted, found]) => (wanted === found ? [] : [`${what}: PyTorch ${wanted}, here ${found}`]));
}

/** Collects rows of a table and prints each as it comes. */
export class Table {
  tally = { equal: 0, incomplete: 0, wrong: 0 };

  constructor(title, details) {
    this.details = details;
    console.log(`${title.padEnd(56)} result      params         MACs   peak    ms`);
  }

  /** `peak` is PyTorch's, in bytes; undefined where it is not known. */
  async row(name, peak, work) {
    const began = performance.now();
    const result = await work();
    this.tally[result.kind]++;
    const share = result.peak === undefined || !peak ? '' : `${Math.round((100 * result.peak) / peak)}%`;
    const time = String(Math.round(performance.now() - began));
    console.log(
      `${name.padEnd(56)} ${result.kind.padEnd(10)} ${String(result.counts?.parameters ?? '').padStart(10)} ` +
        `${String(result.counts?.macs ?? '').padStart(12)} ${share.padStart(6)} ${time.padStart(5)}`,
    );
    if (this.details || result.kind === 'wrong') for (const line of result.lines) console.log(`    ${line}`);
  }

  /** The sum, and the exit code. */
  end(rows) {
    const { equal, incomplete, wrong } = this.tally;
    console.log(`${equal} equal, ${incomplete} incomplete, ${wrong} wrong of ${rows}`);
    return wrong > 0 ? 1 : 0;
  }
}
