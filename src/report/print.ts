/** A file's report for terminals and pull requests. Figures keep their basis as a word; lower bounds say so. */
import { generationLines } from './generation';
import { growthText } from './growth';
import type { Figure } from '../base/figure';
import { text } from '../base/text';
import { columns, padded } from './columns';
import { perInferences } from './format';
import type { DiagnosticReport, EstimateReport, FileReport, LayerReport, ModelReport } from './view';
import type { Say } from './words';
import { basisText, figureText, format, unknownWord, words } from './words';

export function tableReport(report: FileReport, say: Say, withLayers = false): string {
  const models = report.models.map(model => modelText(model, say, withLayers));
  const notes = report.diagnostics.map(note => gapText(note, say));
  const parts = [...models, ...(notes.length > 0 ? [notes.join('\n')] : [])];
  return `${parts.length > 0 ? parts.join('\n\n') : say(text('the file defines no model'))}\n`;
}

/** A heading, a table with a row per model, and what could not be read as a list. */
export function markdownReport(report: FileReport, say: Say): string {
  const rows = report.models.map(model => markdownRow(model, say));
  const header = [
    ...words(say, text('model'), text('status'), text('parameters')),
    'MACs',
    'FLOPs',
    ...words(say, text('weights'), text('time'), text('energy')),
  ];
  const line = (cells: readonly string[]): string =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  const lines = [header, header.map(() => '---'), ...rows].map(line);
  const findings = [...report.models.flatMap(model => model.gaps), ...report.diagnostics];
  const gaps = [...new Set(findings.map(gap => `- ${gapText(gap, say)}`))];
  const title = `### ${report.file}\n\n`;
  if (rows.length === 0 && gaps.length === 0) return `${title}${say(text('the file defines no model'))}\n`;
  return `${title}${lines.join('\n')}\n${gaps.length > 0 ? `\n${gaps.join('\n')}\n` : ''}`;
}

function markdownRow(model: ModelReport, say: Say): string[] {
  const count = (value: number | null): string => known(model, value, format.exact, say);
  return [
    `\`${model.name}\``,
    statusText(model, say),
    ...[model.parameters, model.macs, model.flops].map(count),
    known(model, model.weightBytes, format.bytes, say),
    estimated(model, ({ latencyS }) => latencyS, 'duration', say),
    estimated(model, ({ energyJ }) => energyJ, 'energy', say),
  ];
}

function modelText(model: ModelReport, say: Say, withLayers: boolean): string {
  const place = model.kind === 'onnx' ? 'ONNX' : say(text('line {0}', model.line));
  const head = `${model.name} (${place}): ${statusText(model, say)}`;
  const lines = [head, ...argumentLines(model, say), ...inputLines(model, say)];
  const gaps = model.gaps.map(gap => `  ${padded(say(text('gap')), LABEL)}${gapText(gap, say)}`);
  // Its gaps only say again what it needs.
  if (model.status === 'needs-arguments') return [...lines, ...howToGive(model, say)].join('\n');
  const header = [...words(say, text('op'), text('count'), text('parameters')), 'MACs', say(text('share'))];
  const layers = withLayers
    ? ['', ...columns(layerHeader(say), model.layers.map(layerRow(say)), unknownWord(say))]
    : [];
  return [
    ...lines,
    ...totals(model, say),
    ...(model.growth ?? []).map(one => `  ${padded(say(text('growth')), LABEL)}${growthText(one, say)}`),
    ...(model.generation === undefined ? [] : generationLines(model.generation, say).map(([name, value]) => `  ${padded(name, GENERATION)}${value}`)), // prettier-ignore
    '',
    ...columns(header, opRows(model, say), unknownWord(say)),
    ...layers,
    ...(gaps.length > 0 ? ['', ...gaps] : []),
  ].join('\n');
}

function statusText(model: ModelReport, say: Say): string {
  if (model.status === 'ok') return say(text('complete'));
  if (model.status === 'incomplete') return say(text('incomplete, totals are lower bounds'));
  return say(text('needs {0}', needed(model)));
}

/** Open sizes of inputs under the names that a SPEC gives them. */
const needed = ({ needs }: ModelReport): string =>
  [
    ...new Set(
      needs.map(({ name, of, input, suggestion }) => {
        const what = of === 'dim' && input !== undefined ? (name === '' ? input : `${input}: ${name}`) : name;
        return suggestion === undefined ? what : `${what} (${suggestion}?)`;
      }),
    ),
  ].join(', ');

/** How to answer the needs, as it is written on the command line. */
function howToGive({ kind, name, needs, inputs }: ModelReport, say: Say): string[] {
  const specs = inputs.flatMap(input => {
    const own = needs.filter(need => need.input === input.name);
    if (own.length === 0 || input.shape === null) return [];
    // Where one name stands for several sizes it is asked for once.
    const size = (axis: number): string => (own.find(need => need.axis === axis) ?? own[0])?.suggestion ?? '…';
    const dims = input.shape.map((dim, axis) => dim ?? size(axis));
    return [`--input '${input.name}=${input.dtype ?? 'float32'}[${dims.join(',')}]'`];
  });
  const wanted = needs.filter(({ of }) => of === 'argument').map(need => need.name);
  const args =
    kind === 'onnx'
      ? wanted.map(input => `--input '${input}=…'`)
      : wanted.length === 0
        ? []
        : [`--model ${name} --args '${wanted.map(argument => `${argument}=…`).join(', ')}'`];
  const given = [...args, ...specs].join(' ');
  return given === '' ? [] : [`  ${padded(say(text('give')), LABEL)}${given}`];
}

/** The same for the lines about generation, whose names have numbers in them. */
const GENERATION = 24;

/** Width of what stands before the colon-less values. */
const LABEL = 18;

function argumentLines({ arguments: found }: ModelReport, say: Say): string[] {
  if (found === undefined) return [];
  return [`  ${padded(say(text('arguments')), LABEL)}${found.written} (${say(found.text)})`];
}

const inputLines = (model: ModelReport, say: Say): string[] =>
  model.inputs.map(input => {
    const shape = input.shape?.map(dim => dim ?? '?').join(',') ?? '*';
    const source = say(input.text);
    return `  ${padded(say(text('input')), LABEL)}${input.name}: ${input.dtype ?? '?'}[${shape}] (${source})`;
  });

function totals(model: ModelReport, say: Say): string[] {
  const line = (name: string, value: string): string => `  ${padded(name, LABEL)}${value}`;
  const count = (name: string, value: number | null, short: (value: number) => string): string =>
    line(
      name,
      known(model, value, size => `${format.exact(size)} (${short(size)})`, say),
    );
  const { estimate } = model;
  const lines = [
    count(say(text('parameters')), model.parameters, format.count),
    count('MACs', model.macs, format.macs),
    count('FLOPs', model.flops, format.flops),
    line(say(text('weights')), known(model, model.weightBytes, format.bytes, say)),
    line(say(text('peak activations')), known(model, model.peakActivationBytes, format.bytes, say)),
    line(say(text('traffic')), known(model, model.trafficBytes, format.bytes, say)),
  ];
  if (estimate === null) return lines;
  const carbon = perInferences(estimate.carbonG);
  const grams = estimated(model, () => carbon.grams, 'carbon', say);
  return [
    ...lines,
    line(say(text('time')), `${estimated(model, ({ latencyS }) => latencyS, 'duration', say)}, ${estimate.device}`),
    line(
      say(text('energy')),
      estimated(model, ({ energyJ }) => energyJ, 'energy', say),
    ),
    line(
      say(text('carbon')),
      carbon.inferences === 1 ? grams : say(text('{0} for {1} inferences', grams, format.exact(carbon.inferences))),
    ),
  ];
}

function known(model: ModelReport, value: number | null, write: (value: number) => string, say: Say): string {
  return value === null ? unknownWord(say) : `${model.complete ? '' : '≥ '}${write(value)}`;
}

/** Of an incomplete model only the lower end means something: the parts that could not be read come on top. */
function estimated(
  model: ModelReport,
  pick: (estimate: EstimateReport) => Figure,
  quantity: 'duration' | 'energy' | 'carbon',
  say: Say,
): string {
  if (model.estimate === null) return unknownWord(say);
  const value = pick(model.estimate);
  return model.complete
    ? figureText(value, quantity, say)
    : `≥ ${format[quantity](value.low)} (${say(basisText(value.basis))})`;
}

const gapText = (gap: Pick<DiagnosticReport, 'file' | 'line' | 'text' | 'code'>, say: Say): string =>
  `${gap.file}:${gap.line}: ${say(gap.text)} [${gap.code}]`;

/** By op, the costliest first: what people know from onnx-tool. */
function opRows(model: ModelReport, say: Say): string[][] {
  const groups = new Map<string, LayerReport[]>();
  for (const layer of model.layers) groups.set(layer.op, [...(groups.get(layer.op) ?? []), layer]);
  const rows = [...groups].map(([op, layers]) => ({
    op,
    layers,
    macs: total(layers, 'macs'),
    parameters: total(layers, 'parameters'),
  }));
  rows.sort((a, b) => (b.macs ?? Infinity) - (a.macs ?? Infinity) || b.layers.length - a.layers.length);
  const count = (value: number | null): string => (value === null ? unknownWord(say) : format.exact(value));
  return rows.map(({ op, layers, macs, parameters }) => [
    op,
    String(layers.length),
    count(parameters),
    count(macs),
    // Of a lower bound nobody knows the share.
    macs === null || !model.complete || model.macs === null || model.macs === 0
      ? ''
      : format.percent(macs / model.macs),
  ]);
}

/** Unknown as soon as one is. */
function total(layers: readonly LayerReport[], field: 'macs' | 'parameters'): number | null {
  return layers.reduce<number | null>(
    (sum, layer) => (sum === null || layer[field] === null ? null : sum + layer[field]),
    0,
  );
}

const layerHeader = (say: Say): string[] => [
  ...words(say, text('layer'), text('op'), text('output'), text('parameters')),
  'MACs',
];

const layerRow =
  (say: Say) =>
  (layer: LayerReport): string[] => [
    layer.call === 0 ? layer.path : say(text('{0}, call {1}', layer.path, layer.call + 1)),
    layer.op,
    layer.outputs.join(' '),
    layer.parameters === null ? unknownWord(say) : format.exact(layer.parameters),
    layer.macs === null ? unknownWord(say) : format.exact(layer.macs),
  ];
