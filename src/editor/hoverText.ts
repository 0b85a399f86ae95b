/** What a line of code costs, for whoever points at it: the layers that it makes or calls, summed over each model. */
import { text, type Text } from '../base/text';
import type { Formatter } from '../report/format';
import { linesOf } from '../report/lines';
import type { ProfileResult } from '../report/profile';
import type { FileReport, LayerReport, ModelReport } from '../report/view';

/** More models than this share a line only in libraries, where nobody reads on. */
const MODELS = 5;
const OUTPUTS = 3;

export interface HoverWords {
  readonly say: (message: Text) => string;
  readonly format: Formatter;
  /** What was measured of the model as it is now. */
  readonly measured?: (model: string) => ProfileResult | undefined;
  /** The model in the last commit. */
  readonly before?: (model: string) => ModelReport | undefined;
}

/** Markdown, or undefined where the line costs nothing. `line` from 1. */
export function hoverText(report: FileReport, path: string, line: number, words: HoverWords): string | undefined {
  const found = report.models
    .map(model => ({ model, layers: layersAt(model, path, line) }))
    .filter(({ layers }) => layers.length > 0);
  if (found.length === 0) return undefined;
  const sections = found.slice(0, MODELS).map(({ model, layers }) => section(model, layers, words));
  const more = found.length - MODELS;
  return [...sections, ...(more > 0 ? [words.say(text('… and {0} more models', more))] : [])].join('\n\n---\n\n');
}

/** What the line constructs or calls, with what runs inside of a call. */
function layersAt(model: ModelReport, path: string, line: number): readonly LayerReport[] {
  return model.layers.filter((layer, index) => isAt(layer, path, line) || linesOf(model, index, path).has(line));
}

const isAt = ({ file, line, callSite }: LayerReport, path: string, wanted: number): boolean =>
  (callSite?.line === wanted && callSite.file === path) || (line === wanted && file === path);

function section(model: ModelReport, layers: readonly LayerReport[], words: HoverWords): string {
  const { say, format } = words;
  const [first] = layers;
  const ops = [...new Set(layers.map(({ op }) => op))].slice(0, OUTPUTS).map(code);
  const title = layers.length === 1 && first ? code(first.path) : say(text('{0} layers', layers.length));
  const counted = (sum: number | null, write: (value: number) => string, whole: number | null = null): string => {
    if (sum === null) return say(text('unknown'));
    return whole !== null && whole > 0 && sum > 0 ? `${write(sum)} · ${format.percent(sum / whole)}` : write(sum);
  };
  const modelled = (quantity: 'duration' | 'energy', sum: number | null): string =>
    sum === null ? '' : say(text('≈ {0} modelled', format.rough(quantity, sum)));
  const rows: (readonly [string, string])[] = [
    [say(text('Output')), shapes(layers)],
    [say(text('Parameters')), counted(total(layers, 'parameters'), format.count, model.parameters)],
    [say(text('MACs')), counted(total(layers, 'macs'), format.macs, model.macs)],
    [say(text('Bytes moved')), counted(total(layers, 'bytes'), format.bytes)],
    [say(text('Time')), modelled('duration', total(layers, 'latencyS'))],
    [say(text('Energy')), modelled('energy', total(layers, 'energyJ'))],
    [say(text('against the last commit')), changed(model, layers, words)],
    ...measuredRows(model, layers, words),
  ];
  const lines = rows.filter(([, value]) => value !== '').map(([name, value]) => `| ${name} | ${value} |`);
  const bound = say(text('The model could not be read completely: shares are of what was read.'));
  return [
    `**${title}** ${ops.join(' ')} · ${plain(model.name)}`,
    ['| | |', '|:--|:--|', ...lines].join('\n'),
    ...(model.complete ? [] : [bound]),
  ].join('\n\n');
}

/** The share of a profile that fell on these layers, with its basis: energy follows the time, which is a model. */
function measuredRows(
  model: ModelReport,
  layers: readonly LayerReport[],
  { say, format, measured }: HoverWords,
): (readonly [string, string])[] {
  const result = measured?.(model.name);
  const parts = result?.layers.filter(({ layer }) => layers.some(one => one === model.layers[layer])) ?? [];
  if (result === undefined || parts.length === 0) return [];
  const share = parts.reduce((sum, part) => sum + part.share, 0);
  const time = parts.reduce((sum, part) => sum + part.latencyS.value, 0);
  const energy = parts.reduce<number | null>(
    (sum, { energyJ }) => (sum === null || energyJ === null ? null : sum + energyJ.value),
    0,
  );
  const timeText = say(text('{0} measured · {1} of the run on {2}', format.duration(time), format.percent(share), result.device)); // prettier-ignore
  return [
    [say(text('Time of a run')), timeText],
    [say(text('Energy of a run')), energy === null ? '' : say(text('≈ {0} by its share of the time, {1}', format.rough('energy', energy), energyBasis(result, say)))], // prettier-ignore
  ];
}

function energyBasis({ energyJ }: ProfileResult, say: HoverWords['say']): string {
  return energyJ?.basis === 'measured' ? say(text('of a measured total')) : say(text('of a modelled total'));
}

/** Of these layers; empty where nothing did, or where one of the readings is not complete. */
function changed(model: ModelReport, layers: readonly LayerReport[], { before, format, say }: HoverWords): string {
  const old = before?.(model.name);
  if (old?.complete !== true || !model.complete) return '';
  const keys = new Set(layers.map(({ path, call }) => `${call} ${path}`));
  const same = old.layers.filter(({ path, call }) => keys.has(`${call} ${path}`));
  const delta = (field: 'parameters' | 'macs'): number | null => {
    const [one, other] = [total(same, field), total(layers, field)];
    return one === null || other === null ? null : other - one;
  };
  const [parameters, macs] = [delta('parameters'), delta('macs')];
  return [
    parameters === null || parameters === 0 ? '' : say(text('{0} params', format.signed(parameters, format.count))),
    macs === null || macs === 0 ? '' : format.signed(macs, format.macs),
  ]
    .filter(part => part !== '')
    .join(', ');
}

function total(layers: readonly LayerReport[], field: 'parameters' | 'macs' | 'bytes' | 'latencyS' | 'energyJ') {
  return layers.reduce<number | null>((sum, layer) => {
    const value = layer[field];
    return sum === null || value === null ? null : sum + value;
  }, 0);
}

function shapes(layers: readonly LayerReport[]): string {
  const all = [...new Set(layers.flatMap(({ outputs }) => outputs))];
  const shown = all.slice(0, OUTPUTS).map(code);
  return all.length > OUTPUTS ? `${shown.join(' ')} …` : shown.join(' ');
}

/** Names come from the user's files: nothing in them is markup. */
const code = (name: string): string => `\`${name.replaceAll(/[`|\r\n]/g, ' ')}\``;
const plain = (name: string): string => name.replaceAll(/[\\`*_{}[\]()#+\-.!|<>~]/g, String.raw`\$&`);
