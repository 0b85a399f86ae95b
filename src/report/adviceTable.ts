/** Suggestions for terminals: what each would change, on whose word, and the edit. */
import { text } from '../base/text';
import type { AdviceReport, SuggestionReport } from './advice';
import { safetyText } from './safety';
import type { Say } from './words';
import { basisText, format, unknownWord } from './words';

export function adviceTable(report: AdviceReport, say: Say): string {
  const models = report.models.filter(model => model.suggestions.length > 0);
  if (models.length === 0) return `${say(text('no suggestions'))}\n`;
  return models
    .map(model => `${model.name}\n${model.suggestions.map(suggestion => suggestionText(suggestion, say)).join('\n')}`)
    .join('\n');
}

function suggestionText(suggestion: SuggestionReport, say: Say): string {
  const { place } = suggestion;
  const at = place === null ? '' : ` (${place.file}:${place.line})`;
  const lines = [
    `  ${say(suggestion.titleText)}${at}`,
    `    ${say(text('layers: {0}', listed(suggestion.layers)))}`,
    `    ${changes(suggestion, say)}`,
    `    ${say(safetyText(suggestion.safety))}`,
    ...suggestion.evidence.map(({ paper, says }) => `    ${paper}: ${says}`),
    suggestion.editReason === null
      ? `    ${say(text('make the edit: {0}', `--apply '${suggestion.id}'`))}`
      : `    ${say(text('no edit: {0}', suggestion.editReason))}`,
  ];
  return `${lines.join('\n')}\n${suggestion.edit ?? ''}`;
}

const MOST_LAYERS = 8;

const listed = (layers: readonly string[]): string =>
  layers.slice(0, MOST_LAYERS).join(', ') + (layers.length > MOST_LAYERS ? `, … (${layers.length})` : '');

function changes({ deltas }: SuggestionReport, say: Say): string {
  const change = (value: number | null, write: (value: number) => string): string =>
    value === null ? unknownWord(say) : format.signed(value, write);
  const energy = deltas.energyJ;
  return [
    `${say(text('parameters'))} ${change(deltas.parameters, format.count)}`,
    // The unit names it.
    change(deltas.macs, format.macs),
    `${say(text('traffic'))} ${change(deltas.bytes, format.bytes)}`,
    `${say(text('energy'))} ${energy === null ? unknownWord(say) : `${change(energy.value, format.energy)} (${say(basisText(energy.basis))})`}`,
  ].join(', ');
}
