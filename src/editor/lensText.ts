/**
 * What stands above a model. As many rows on the same lines before and after the numbers arrive, so that code never
 * moves; short, because people read past it all day; calm where a block only waits for its arguments.
 */
import { text, type Text } from '../base/text';
import { modelChange, totalDeltas } from '../report/change';
import type { Formatter } from '../report/format';
import type { InputReport, ModelReport } from '../report/view';
import { basisText } from '../report/words';
import type { Definition } from './outline';
import type { FileState } from './reports';

export interface LensRow {
  /** From 1. */
  readonly line: number;
  readonly model: string;
  readonly lenses: readonly Lens[];
}

export interface Lens {
  readonly opens: 'costs' | 'profile' | 'suggestions' | 'arguments';
  readonly title: string;
  readonly tooltip: string;
}

export interface LensWords {
  readonly say: (message: Text) => string;
  readonly format: Formatter;
  /** After a profile: `12.3 ms measured`. */
  readonly measured?: (model: string) => string | undefined;
}

/** `definitions` are those of the text on the screen, which may be newer than the report. */
export function lensRows(
  definitions: readonly Definition[],
  state: FileState,
  version: number,
  words: LensWords,
): readonly LensRow[] {
  const models = new Map(state.report?.models.map(model => [model.name, model]));
  const rows = definitions.map(({ line, name }) => row(line, name, models.get(name), state, words));
  const guessed = new Set(definitions.map(({ name }) => name));
  // What only the reader recognised stands where the reader saw it, as long as that text is on the screen.
  const others = state.version === version ? (state.report?.models ?? []) : [];
  return [
    ...rows,
    ...others.filter(({ name }) => !guessed.has(name)).map(model => row(model.line, model.name, model, state, words)),
  ];
}

function row(line: number, name: string, model: ModelReport | undefined, state: FileState, words: LensWords): LensRow {
  const { say } = words;
  const only = (title: Text, tooltip: Text = title, opens: Lens['opens'] = 'costs'): LensRow => ({
    line,
    model: name,
    lenses: [{ opens, title: say(title), tooltip: say(tooltip) }],
  });
  if (model === undefined) {
    if (state.problem) return only(text('could not be read'), state.problem.text);
    if (state.report === null || state.busy) return only(text('reading the model…'));
    return only(text('no model'), text('ModelWatt does not read this as a model'));
  }
  if (model.status === 'needs-arguments') {
    const names = model.needs.map(need => need.name).join(', ');
    const why = text('Its cost depends on {0}; it is counted where it is used. Click to give them here.', names);
    return only(text('needs {0}', names), why, 'arguments');
  }
  return {
    line,
    model: name,
    lenses: [costs(model, state, words), profile(words), ...suggestions(name, state, words)],
  };
}

function costs(model: ModelReport, state: FileState, { say, format, measured }: LensWords): Lens {
  const bound = model.complete ? '' : '≥ ';
  const energy = model.estimate?.energyJ;
  const time = measured?.(model.name);
  const parts = [
    model.parameters === null ? null : `${bound}${say(text('{0} params', format.count(model.parameters)))}`,
    model.macs === null ? null : `${bound}${format.macs(model.macs)}`,
    model.weightBytes === null ? null : `${bound}${format.bytes(model.weightBytes)}`,
    energy === undefined ? null : `${model.complete ? '≈' : '≥'} ${format.rough('energy', energy.value)}`,
    time ?? null,
    change(model, state, { say, format })?.short ?? null,
    model.complete ? null : say(text('incomplete')),
    state.stale ? say(text('before the syntax error')) : null,
  ];
  return {
    opens: 'costs',
    title: parts.filter(part => part !== null).join(' · ') || say(text('nothing could be counted')),
    tooltip: costsTooltip(model, state, { say, format }),
  };
}

/** What became of the model since the last commit; undefined where nothing did, or nothing is known. */
export function change(
  model: ModelReport,
  { baseline }: FileState,
  { say, format }: Pick<LensWords, 'say' | 'format'>,
): { readonly short: string; readonly layers: readonly string[] } | undefined {
  const before = baseline?.models.get(model.name);
  const deltas = before && totalDeltas(before, model);
  if (before === undefined || deltas === null || deltas === undefined) return undefined;
  const { parameters, macs } = deltas;
  const share = macs === null || before.macs === null || before.macs === 0 ? null : macs / before.macs;
  const parts = [
    parameters === null || parameters === 0 ? null : say(text('{0} params', format.signed(parameters, format.count))),
    share === null || share === 0 ? null : `${format.change(share)} MACs`,
  ].filter(part => part !== null);
  if (parts.length === 0) return undefined;
  return { short: parts.join(', '), layers: modelChange(before, model).layers.map(({ path }) => path) };
}

const SHOWN_LAYERS = 6;

function changeLines(
  model: ModelReport,
  state: FileState,
  words: Pick<LensWords, 'say' | 'format'>,
): readonly string[] {
  const { say } = words;
  const { baseline } = state;
  if (baseline?.reason) return [say(text('not compared with the last commit: {0}', say(baseline.reason)))];
  const changed = change(model, state, words);
  if (changed === undefined || !baseline?.commit) return [];
  const shown = changed.layers.slice(0, SHOWN_LAYERS).join(', ');
  const layers = changed.layers.length > SHOWN_LAYERS ? `${shown} …` : shown;
  return [
    say(text('against the last commit, {0}: {1}', baseline.commit.slice(0, 8), changed.short)),
    ...(layers === '' ? [] : [say(text('changed layers: {0}', layers))]),
  ];
}

function costsTooltip(model: ModelReport, state: FileState, { say, format }: LensWords): string {
  const { estimate } = model;
  const exact = (value: number | null): string => (value === null ? say(text('unknown')) : format.exact(value));
  const lines = [
    say(text('{0} parameters, {1} MACs, {2} FLOPs', exact(model.parameters), exact(model.macs), exact(model.flops))),
    model.arguments === undefined
      ? null
      : say(text('Made with {0} ({1})', model.arguments.written, say(model.arguments.text))),
    ...model.inputs.map(input => say(text('Input {0}: {1}', input.name, `${tensorText(input)} (${say(input.text)})`))),
    estimate &&
      say(
        text(
          'Energy of one inference: {0}, {1}, on {2}',
          format.range('energy', estimate.energyJ.low, estimate.energyJ.high),
          basisText(estimate.energyJ.basis),
          estimate.device,
        ),
      ),
    model.complete ? null : say(text('Totals are lower bounds: {0} places could not be read.', model.gaps.length)),
    ...changeLines(model, state, { say, format }),
    say(text('Click to see every layer.')),
  ];
  return lines.filter(line => line !== null).join('\n');
}

/** `float32[1,3,224,224]`, with `?` for what is not known. */
const tensorText = ({ dtype, shape }: Pick<InputReport, 'dtype' | 'shape'>): string =>
  `${dtype ?? '?'}[${shape?.map(size => size ?? '?').join(',') ?? '…'}]`;

const profile = ({ say }: LensWords): Lens => ({
  opens: 'profile',
  title: say(text('Profile Model')),
  tooltip: say(text('Run it on this machine and measure time and energy.')),
});

function suggestions(name: string, state: FileState, { say }: LensWords): readonly Lens[] {
  const found = state.advice?.models.find(model => model.name === name)?.suggestions.length ?? 0;
  if (found === 0) return [];
  const title = found === 1 ? text('1 greener option') : text('{0} greener options', found);
  return [
    { opens: 'suggestions', title: say(title), tooltip: say(text('Replacements that cost less, with evidence.')) },
  ];
}
