/** Two recorded runs beside each other: what changed, whether beyond what is not known, and what makes it unfair. */
import type { Figure } from '../base/figure';
import type { Text } from '../base/text';
import { text } from '../base/text';
import { columns } from './columns';
import type { Quantity } from './format';
import { titleOf } from './history';
import type { RunRecord } from './run';
import type { Say } from './words';
import { figureText, format, unknownWord, words } from './words';

export interface ComparisonReport {
  readonly schemaVersion: 1;
  readonly a: string;
  readonly b: string;
  readonly quantities: readonly ComparedQuantity[];
  /** Why the two cannot be compared as they are. */
  readonly differences: readonly Text[];
}

export interface ComparedQuantity {
  readonly name: 'durationS' | 'energyJ' | 'marginalEnergyJ' | 'carbonG' | 'latencyS' | 'joulesPerEpoch' | 'parameters' | 'macs'; // prettier-ignore
  readonly a: Figure | null;
  readonly b: Figure | null;
  /** Of B against A, from −1; null where it is not known. */
  readonly change: number | null;
  /** Whether the ranges are apart: else the change may be none. */
  readonly clear: boolean | null;
}

export function compareRuns(a: RunRecord, b: RunRecord): ComparisonReport {
  const quantities = NAMES.map((name): ComparedQuantity => {
    const [one, other] = [valueOf(a, name), valueOf(b, name)];
    return {
      name,
      a: one,
      b: other,
      change: one !== null && other !== null && one.value > 0 ? other.value / one.value - 1 : null,
      clear: one !== null && other !== null ? one.high < other.low || other.high < one.low : null,
    };
  });
  return {
    schemaVersion: 1,
    a: a.id,
    b: b.id,
    quantities: quantities.filter(quantity => quantity.a !== null || quantity.b !== null),
    differences: differencesOf(a, b),
  };
}

const NAMES: readonly ComparedQuantity['name'][] = ['durationS', 'latencyS', 'energyJ', 'marginalEnergyJ', 'joulesPerEpoch', 'carbonG', 'parameters', 'macs']; // prettier-ignore

function valueOf(run: RunRecord, name: ComparedQuantity['name']): Figure | null {
  switch (name) {
    case 'durationS':
      return exact(run.durationS, run.tool);
    case 'energyJ':
      return run.energy?.attributedJ ?? null;
    case 'marginalEnergyJ':
      return run.energy?.marginalJ ?? null;
    case 'joulesPerEpoch':
      return run.progress?.joulesPerEpoch ?? null;
    case 'carbonG':
    case 'latencyS':
      return run[name];
    case 'parameters':
    case 'macs':
      return exact(run.model?.[name] ?? null, run.model?.file ?? '');
  }
}

const exact = (value: number | null, source: string): Figure | null =>
  value === null ? null : { value, low: value, high: value, basis: 'measured', source };

function differencesOf(a: RunRecord, b: RunRecord): Text[] {
  const found: Text[] = [];
  const differ = (one: string | null, other: string | null): boolean => one !== other;
  if (a.kind !== b.kind) found.push(text('one is a run and the other a profile or another tool’s account'));
  if (differ(a.host, b.host))
    found.push(text('they ran on different machines: {0} and {1}', a.host ?? '?', b.host ?? '?')); // prettier-ignore
  else if (differ(a.device, b.device)) found.push(text('they ran on different devices'));
  if (differ(domainsOf(a), domainsOf(b)))
    found.push(text('their energies are of different parts of the machine: {0} and {1}', domainsOf(a) || '?', domainsOf(b) || '?')); // prettier-ignore
  if (differ(a.region, b.region)) found.push(text('their carbon is of different grids'));
  if (differ(commitOf(a), commitOf(b)))
    found.push(text('they ran at different commits: {0} and {1}', commitOf(a), commitOf(b))); // prettier-ignore
  else if (a.commit?.dirty === true || b.commit?.dirty === true)
    found.push(text('files had been changed since their commit'));
  for (const run of [a, b]) {
    if (run.energy?.status === 'partial') found.push(text('of {0} a part of the energy is not known', run.id));
    if (run.exitCode !== null && run.exitCode !== 0) found.push(text('{0} failed with exit code {1}', run.id, run.exitCode)); // prettier-ignore
  }
  return found;
}

const domainsOf = ({ coverage }: RunRecord): string => [...new Set(coverage.map(({ domain }) => domain))].sort().join(', '); // prettier-ignore
const commitOf = ({ commit }: RunRecord): string => commit?.id.slice(0, 12) ?? '?';

const LABELS: Readonly<Record<ComparedQuantity['name'], readonly [Text, Quantity]>> = {
  durationS: [text('time'), 'duration'],
  latencyS: [text('latency'), 'duration'],
  energyJ: [text('energy, attributed'), 'energy'],
  marginalEnergyJ: [text('energy, above idle'), 'energy'],
  joulesPerEpoch: [text('energy per epoch'), 'energy'],
  carbonG: [text('carbon'), 'carbon'],
  parameters: [text('parameters'), 'count'],
  macs: [text('MACs'), 'macs'],
};

export function comparisonTable(report: ComparisonReport, [a, b]: readonly [RunRecord, RunRecord], say: Say): string {
  const cell = (value: Figure | null, quantity: Quantity): string => {
    if (value === null) return unknownWord(say);
    const isCount = quantity === 'count' || quantity === 'macs' || value.low === value.high;
    return isCount ? format[quantity as 'count'](value.value) : figureText(value, quantity as 'energy', say);
  };
  const rows = report.quantities.map(({ name, a: one, b: other, change, clear }) => {
    const [label, quantity] = LABELS[name];
    const word = change === null ? '' : clear === true ? '' : ` (${say(text('within what is not known'))})`;
    return [
      say(label),
      cell(one, quantity),
      cell(other, quantity),
      change === null ? '' : `${format.change(change)}${word}`,
    ];
  });
  return [
    `A  ${a.id}  ${titleOf(a)}`,
    `B  ${b.id}  ${titleOf(b)}`,
    '',
    ...columns(['', 'A', 'B', ...words(say, text('change'))], rows, unknownWord(say)),
    ...report.differences.map(difference => say(difference)),
    '',
  ].join('\n');
}
