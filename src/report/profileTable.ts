/** A profile for terminals: what was measured, and the layers that took the time. */
import type { Text } from '../base/text';
import { text } from '../base/text';
import { columns, padded } from './columns';
import type { Figure } from '../base/figure';
import { createFormatter, perInferences } from './format';
import type { ProfiledModel } from './profile';

const format = createFormatter('en');
const SHOWN_LAYERS = 20;

export function profileTable(model: ProfiledModel, say: (message: Text) => string): string {
  const figureText = (value: Figure | null, quantity: 'duration' | 'energy' | 'power' | 'carbon'): string =>
    value === null
      ? say(text('unknown'))
      : `${format[quantity](value.value)} (${format.range(quantity, value.low, value.high)}, ${say(BASES[value.basis])})`;
  const carbonText = (carbonG: Figure | null): string => {
    if (carbonG === null) return say(text('unknown'));
    const { inferences, grams } = perInferences(carbonG);
    const value = figureText(grams, 'carbon');
    return inferences === 1 ? value : say(text('{0} for {1} inferences', value, format.exact(inferences)));
  };
  const line = (name: Text, value: string): string => `  ${padded(say(name), 20)}${value}`;
  const measured = model.layers
    .filter(layer => layer.share !== null)
    .sort((a, b) => (b.share ?? 0) - (a.share ?? 0))
    .slice(0, SHOWN_LAYERS);
  const rows = measured.map(layer => [
    layer.path,
    layer.op,
    layer.line === null ? '' : String(layer.line),
    format.percent(layer.share ?? 0),
    layer.latencyS === null ? '' : format.duration(layer.latencyS.value),
  ]);
  return [
    model.name,
    line(text('device'), `${model.device}, ${model.provider}, ${model.runtime}`),
    line(text('runs'), `${format.exact(model.runs)}, ${format.duration(model.seconds)}`),
    line(text('time'), figureText(model.latencyS, 'duration')),
    line(text('energy'), figureText(model.energyJ, 'energy')),
    line(text('energy above idle'), figureText(model.marginalEnergyJ, 'energy')),
    line(text('carbon'), carbonText(model.carbonG)),
    line(text('idle'), figureText(model.idleW, 'power')),
    line(text('coverage'), model.coverage.map(({ domain, sensor }) => `${domain} (${sensor})`).join(', ')),
    ...model.notes.map(note => `  ${say(note)}`),
    '',
    ...columns(
      [text('layer'), text('op'), text('line'), text('share'), text('time')].map(say),
      rows,
      say(text('unknown')),
    ),
    '',
  ].join('\n');
}

const BASES = { measured: text('measured'), modelled: text('modelled'), assumed: text('assumed') } as const;
