/** A report for terminals, pull requests and code scanning. Figures keep their basis as a word. */
import type { Figure } from '../base/figure';
import type { Formatter } from './format';
import { createFormatter, perInferences } from './format';
import { render } from '../base/text';
import type { AdviceReport, SuggestionReport } from './advice';
import type { MeterReport } from './meter';
import type { FileReport, GapReport, LayerReport, ModelReport } from './view';

const format: Formatter = createFormatter('en');

export function tableReport(report: FileReport, withLayers = false): string {
  const models = report.models.map(model => modelText(model, withLayers));
  const notes = report.diagnostics.map(note => `${note.file}:${note.line}: ${note.message} [${note.code}]`);
  return `${[...models, ...notes].join('\n\n')}\n`;
}

export function markdownReport(report: FileReport): string {
  const rows = report.models.map(model => [
    `\`${model.name}\``,
    model.status,
    ...[model.parameters, model.macs, model.flops].map(value =>
      value === null ? 'unknown' : bound(model, format.exact(value)),
    ),
    model.weightBytes === null ? 'unknown' : format.bytes(model.weightBytes),
    model.estimate === null ? 'unknown' : figureText(model.estimate.latencyS, 'duration'),
    model.estimate === null ? 'unknown' : figureText(model.estimate.energyJ, 'energy'),
  ]);
  const header = ['model', 'status', 'parameters', 'MACs', 'FLOPs', 'weights', 'time', 'energy'];
  const line = (cells: readonly string[]): string =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const gaps = report.models.flatMap(model => model.gaps.map(gap => `- ${gapText(gap)}`));
  return `### ${report.file}\n\n${[header, header.map(() => '---'), ...rows].map(line).join('\n')}\n${gaps.length > 0 ? `\n${gaps.join('\n')}\n` : ''}`;
}

/** SARIF 2.1.0: each gap and diagnostic is a result. */
export function sarifReport(report: FileReport): unknown {
  const findings = [...report.models.flatMap(model => model.gaps), ...report.diagnostics];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'ModelWatt', rules: [...new Set(findings.map(finding => finding.code))].map(id => ({ id })) },
        },
        results: findings.map(({ code, message, file, line, column }) => ({
          ruleId: code,
          level: 'note',
          message: { text: message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: file },
                region: { startLine: Math.max(1, line), startColumn: column + 1 },
              },
            },
          ],
        })),
      },
    ],
  };
}

export function adviceTable(report: AdviceReport): string {
  const models = report.models.filter(model => model.suggestions.length > 0);
  if (models.length === 0) return 'no suggestions\n';
  return models.map(model => `${model.name}\n${model.suggestions.map(suggestionText).join('\n')}`).join('\n');
}

function suggestionText(suggestion: SuggestionReport): string {
  const { deltas, place } = suggestion;
  const change = (value: number | null, text: (value: number) => string): string =>
    value === null ? 'unknown' : format.signed(value, text);
  const energy = deltas.energyJ;
  const lines = [
    `  ${suggestion.title} [${suggestion.safety}]${place === null ? '' : ` at ${place.file}:${place.line}`}`,
    `    layers: ${suggestion.layers.join(', ')}`,
    `    parameters ${change(deltas.parameters, format.count)}, MACs ${change(deltas.macs, format.macs)}, traffic ${change(deltas.bytes, format.bytes)}, energy ${energy === null ? 'unknown' : `${change(energy.value, format.energy)} (${energy.basis})`}`,
    ...suggestion.evidence.map(({ paper, says }) => `    ${paper}: ${says}`),
    suggestion.editReason === null
      ? `    apply with --apply '${suggestion.id}'`
      : `    no edit: ${render(suggestion.editReason)}`,
  ];
  return `${lines.join('\n')}\n${suggestion.edit ?? ''}`;
}

export function meterTable(report: MeterReport): string {
  const power = (value: Figure | null): string =>
    value === null
      ? 'unknown'
      : `${format.power(value.value)} (${format.range('power', value.low, value.high)}, ${value.basis})`;
  const energy = (value: Figure | null): string => (value === null ? 'unknown' : figureText(value, 'energy'));
  const coverage = report.coverage.length > 0 ? ` for ${report.coverage.join(', ')}` : '';
  const domains = Object.entries(report.byDomain).map(([name, domain]) => [
    domain.counted ? name : `${name} (part of another)`,
    domain.sensor,
    power(domain.powerW),
    energy(domain.energyJ),
  ]);
  const sensors = report.sensors.map(sensor => [
    sensor.id,
    sensor.method === 'none' ? sensor.status : sensor.method,
    sensor.covers.join(', '),
    [sensor.reason, sensor.remedy].filter(note => note !== null).join('; '),
  ]);
  return [
    `power   ${power(report.powerW)}${coverage}`,
    `energy  ${energy(report.energyJ)} in ${format.duration(report.seconds)}`,
    ...report.gaps.map(gap => `gap     ${gap.domain}: ${format.duration(gap.seconds)}: ${gap.reason}`),
    '',
    ...table(['domain', 'sensor', 'power', 'energy'], domains),
    '',
    ...table(['sensor', 'method', 'covers', 'note'], sensors),
    '',
  ].join('\n');
}

function modelText(model: ModelReport, withLayers: boolean): string {
  const head = `${model.name} (${model.kind}${model.kind === 'onnx' ? '' : `, line ${model.line}`}): ${statusText(model)}`;
  if (model.status === 'needs-arguments') return head;
  const inputs = model.inputs.map(
    input =>
      `  input  ${input.name}: ${input.dtype ?? '?'}[${input.shape?.map(dim => dim ?? '?').join(',') ?? '*'}] (${input.basis}: ${input.source})`,
  );
  const gaps = model.gaps.map(gap => `  gap  ${gapText(gap)}`);
  const layers = withLayers
    ? ['', ...table(['layer', 'op', 'output', 'parameters', 'MACs'], model.layers.map(layerRow))]
    : [];
  return [
    head,
    ...inputs,
    ...totals(model),
    '',
    ...table(['op', 'count', 'parameters', 'MACs', 'share'], opRows(model)),
    ...layers,
    ...gaps,
  ].join('\n');
}

function statusText(model: ModelReport): string {
  if (model.status === 'ok') return 'complete';
  if (model.status === 'incomplete') return 'incomplete, totals are lower bounds';
  return `needs ${model.needs.map(need => need.name).join(', ')}`;
}

function totals(model: ModelReport): string[] {
  const line = (name: string, value: number | null, text: (value: number) => string): string =>
    `  ${name.padEnd(18)}${value === null ? 'unknown' : bound(model, text(value))}`;
  const { estimate } = model;
  const lines = [
    line('parameters', model.parameters, value => `${format.exact(value)} (${format.count(value)})`),
    line('MACs', model.macs, value => `${format.exact(value)} (${format.macs(value)})`),
    line('FLOPs', model.flops, value => `${format.exact(value)} (${format.flops(value)})`),
    line('weights', model.weightBytes, format.bytes),
    line('peak activations', model.peakActivationBytes, format.bytes),
    line('traffic', model.trafficBytes, format.bytes),
  ];
  if (estimate === null) return lines;
  const carbon = perInferences(estimate.carbonG);
  return [
    ...lines,
    `  ${'time'.padEnd(18)}${figureText(estimate.latencyS, 'duration')}, ${estimate.device}`,
    `  ${'energy'.padEnd(18)}${figureText(estimate.energyJ, 'energy')}`,
    `  ${'carbon'.padEnd(18)}${figureText(carbon.grams, 'carbon')} per ${format.exact(carbon.inferences)} inferences`,
  ];
}

const bound = (model: ModelReport, text: string): string => (model.complete ? text : `≥ ${text}`);

const figureText = (value: Figure, quantity: 'duration' | 'energy' | 'carbon'): string =>
  `≈ ${format[quantity](value.value)} (${format.range(quantity, value.low, value.high)}, ${value.basis})`;

const gapText = (gap: GapReport): string => `${gap.file}:${gap.line}: ${gap.message} [${gap.code}]`;

/** By op, the costliest first: what people know from onnx-tool. */
function opRows(model: ModelReport): string[][] {
  const groups = new Map<string, LayerReport[]>();
  for (const layer of model.layers) groups.set(layer.op, [...(groups.get(layer.op) ?? []), layer]);
  const rows = [...groups].map(([op, layers]) => ({
    op,
    layers,
    macs: total(layers, 'macs'),
    parameters: total(layers, 'parameters'),
  }));
  rows.sort((a, b) => (b.macs ?? Infinity) - (a.macs ?? Infinity) || b.layers.length - a.layers.length);
  return rows.map(({ op, layers, macs, parameters }) => [
    op,
    String(layers.length),
    parameters === null ? 'unknown' : format.exact(parameters),
    macs === null ? 'unknown' : format.exact(macs),
    macs === null || model.macs === null || model.macs === 0 ? '' : format.percent(macs / model.macs),
  ]);
}

/** Unknown as soon as one is. */
function total(layers: readonly LayerReport[], field: 'macs' | 'parameters'): number | null {
  return layers.reduce<number | null>(
    (sum, layer) => (sum === null || layer[field] === null ? null : sum + layer[field]),
    0,
  );
}

const layerRow = (layer: LayerReport): string[] => [
  layer.call === 0 ? layer.path : `${layer.path} (call ${layer.call + 1})`,
  layer.op,
  layer.outputs.join(' '),
  layer.parameters === null ? 'unknown' : format.exact(layer.parameters),
  layer.macs === null ? 'unknown' : format.exact(layer.macs),
];

/** Columns aligned; all but the first to the right where they hold numbers. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map(row => (row[column] ?? '').length)));
  const numeric = header.map((_, column) => rows.every(row => /^[\d,.\s%<−-]*$|^unknown$/.test(row[column] ?? '')));
  return all.map(row => {
    const cells = row.map((cell, column) =>
      numeric[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    return `  ${cells.join('  ')}`.trimEnd();
  });
}
