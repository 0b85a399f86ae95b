/**
 * What a paper or a model card says of the energy and carbon of chosen runs: sums with their uncertainty, the boundary
 * that was measured, and what is not in them. Failed and broken-off runs count: they drew power as well. English, since
 * papers are.
 */
import type { Figure } from '../base/figure';
import { JOULES_PER_KWH } from '../base/units';
import { titleOf } from './history';
import type { RunRecord } from './run';
import { format } from './words';

export interface Totals {
  readonly runs: number;
  readonly failed: number;
  /** Other tools' accounts, which have no range: theirs is one value. */
  readonly imported: number;
  /** Of these the energy is not known, so that the sums are lower bounds. */
  readonly unknown: number;
  readonly partial: number;
  /** Of these the carbon is not known: more than the energies where another tool told no carbon. */
  readonly withoutCarbon: number;
  /** Of these the time is not known, such as of those that go on. */
  readonly untimed: number;
  /** Sums of what is known; null where nothing is. */
  readonly durationS: number | null;
  readonly energyJ: Range | null;
  readonly carbonG: Range | null;
  readonly boundary: readonly string[];
  readonly sensors: readonly string[];
  readonly bases: readonly string[];
  readonly pues: readonly number[];
  readonly regions: readonly string[];
  readonly devices: readonly string[];
}

interface Range {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Of runs and imports; a profile tells of one inference, which is no sum of anything. */
export function totalsOf(all: readonly RunRecord[]): Totals {
  const runs = all.filter(({ kind }) => kind !== 'profile');
  const distinct = (values: readonly (string | null)[]): readonly string[] =>
    [...new Set(values.filter(value => value !== null && value !== ''))].sort() as string[];
  return {
    runs: runs.length,
    failed: runs.filter(({ exitCode, state }) => (exitCode !== null && exitCode !== 0) || state === 'lost').length,
    imported: runs.filter(({ kind }) => kind === 'import').length,
    unknown: runs.filter(({ energy }) => !energy?.attributedJ).length,
    partial: runs.filter(({ energy }) => energy?.status === 'partial').length,
    withoutCarbon: runs.filter(({ carbonG }) => carbonG === null).length,
    untimed: runs.filter(({ durationS }) => durationS === null).length,
    durationS: addUp(runs.map(({ durationS }) => durationS)),
    energyJ: sumOf(runs.map(({ energy }) => energy?.attributedJ ?? null)),
    carbonG: sumOf(runs.map(({ carbonG }) => carbonG)),
    boundary: distinct(runs.flatMap(run => run.coverage.map(({ domain }) => domain))),
    sensors: distinct(runs.flatMap(run => run.coverage.map(({ sensor, method }) => `${sensor} (${method})`))),
    bases: distinct(runs.map(({ energy }) => energy?.attributedJ?.basis ?? null)),
    pues: [...new Set(runs.map(({ energy }) => energy?.pue?.value ?? 1))].sort((a, b) => a - b),
    regions: distinct(runs.map(({ region }) => region)),
    devices: distinct(runs.map(({ device }) => device)),
  };
}

/** Null where none is known. */
function addUp(values: readonly (number | null)[]): number | null {
  const known = values.filter(value => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function sumOf(figures: readonly (Figure | null)[]): Range | null {
  const sum = (part: keyof Range): number | null => addUp(figures.map(one => one?.[part] ?? null));
  const [value, low, high] = [sum('value'), sum('low'), sum('high')];
  return value === null || low === null || high === null ? null : { value, low, high };
}

/** Hugging Face's front matter: `emissions` in grams of CO2 equivalents. Undefined where none are known. */
export function modelCard(runs: readonly RunRecord[]): string | undefined {
  const totals = totalsOf(runs);
  if (totals.carbonG === null || totals.carbonG.value <= 0) return undefined;
  const lower = totals.withoutCarbon + totals.partial > 0 ? ', a lower bound' : '';
  const lines = [
    '---',
    'co2_eq_emissions:',
    `  emissions: ${Number(totals.carbonG.value.toPrecision(3))}`,
    `  source: ${yaml(`ModelWatt, ${totals.runs} runs, ${totals.bases.join(' and ')} energy of ${totals.boundary.join(', ') || 'unknown parts'}${lower}`)}`,
    `  geographical_location: ${yaml(totals.regions.join(', ') || 'unknown')}`,
    `  hardware_used: ${yaml(totals.devices.join(', ') || 'unknown')}`,
    '---',
  ];
  return `${lines.join('\n')}\n`;
}

const yaml = (value: string): string => JSON.stringify(value);

export function statement(runs: readonly RunRecord[], form: 'markdown' | 'latex'): string {
  const totals = totalsOf(runs);
  const counted = runs.filter(({ kind }) => kind !== 'profile');
  return form === 'markdown' ? markdown(totals, counted) : latex(totals, counted);
}

function paragraph(totals: Totals): string {
  const { energyJ, carbonG, runs, failed, unknown, partial, withoutCarbon, untimed, durationS } = totals;
  const kWh = (joules: number): string => digits(joules / JOULES_PER_KWH);
  const kilograms = (grams: number): string => digits(grams / 1000);
  const atLeast = (count: number): string => (count > 0 ? ' at least' : '');
  // Of a sum that lacks a part the upper end bounds only what is in it.
  const ofKnown = (count: number): string => (count > 0 ? 'what is known: ' : '');
  const time =
    durationS === null
      ? 'an unknown time'
      : `${atLeast(untimed).trimStart()} ${format.duration(durationS)} in all`.trim();
  const energy =
    energyJ === null
      ? 'an amount of electricity that is not known'
      : `${atLeast(unknown + partial)} ${kWh(energyJ.value)} kWh of electricity (${ofKnown(unknown + partial)}range ${kWh(energyJ.low)} to ${kWh(energyJ.high)} kWh; ${totals.bases.join(', ')})`.trim();
  const lacking = withoutCarbon + partial;
  const carbon =
    carbonG === null
      ? 'The carbon emissions of this are not known.'
      : `With a power usage effectiveness of ${totals.pues.join(' or ')} and the yearly average grid intensity of ${totals.regions.join(', ') || 'an unknown region'} this is${atLeast(lacking)} ${kilograms(carbonG.value)} kg CO2e (${ofKnown(lacking)}range ${kilograms(carbonG.low)} to ${kilograms(carbonG.high)} kg, location-based).`;
  return [
    `The ${runs} recorded runs, ${failed} failed or broken-off ones among them, took ${time} and drew ${energy}.`,
    `Boundary: ${totals.boundary.join(', ') || 'not known'}, by ${totals.sensors.join(', ') || 'another tool'}; attributed energy, idle power of the hardware included; embodied emissions, network and storage left out.`,
    carbon,
    ...(totals.imported > 0 ? [`Of ${totals.imported} runs another tool gave the figures; it told no range, and the ranges here take each as one value.`] : []), // prettier-ignore
    ...(unknown > 0 ? [`The energy of ${unknown} runs is not known and in no sum.`] : []),
    ...(withoutCarbon > unknown ? [`The carbon of ${withoutCarbon} runs is not known and in no sum.`] : []),
    ...(partial > 0 ? [`Of ${partial} runs a part of the energy is not known and in no sum.`] : []),
  ].join(' ');
}

const digits = (value: number): string => String(Number(value.toPrecision(3)));

const HEADER = ['run', 'start (UTC)', 'time (s)', 'energy (kWh)', 'range (kWh)', 'basis', 'kg CO2e', 'exit'];

function rowOf(run: RunRecord): readonly string[] {
  const energy = run.energy?.attributedJ ?? null;
  const kWh = (joules: number): string => digits(joules / JOULES_PER_KWH);
  return [
    titleOf(run).slice(0, 40),
    run.startedAt.slice(0, 16).replace('T', ' '),
    run.durationS === null ? 'unknown' : digits(run.durationS),
    energy === null ? 'unknown' : kWh(energy.value),
    energy === null ? '' : `${kWh(energy.low)} to ${kWh(energy.high)}`,
    energy?.basis ?? '',
    run.carbonG === null ? 'unknown' : digits(run.carbonG.value / 1000),
    run.exitCode === null ? run.state : String(run.exitCode),
  ];
}

function markdown(totals: Totals, runs: readonly RunRecord[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const table = [line(HEADER), line(HEADER.map(() => '---')), ...runs.map(run => line(rowOf(run)))];
  return `${paragraph(totals)}\n\n${table.join('\n')}\n`;
}

function latex(totals: Totals, runs: readonly RunRecord[]): string {
  const line = (cells: readonly string[]): string => `${cells.map(escaped).join(' & ')} \\\\`;
  return [
    escaped(paragraph(totals)),
    '',
    '\\begin{tabular}{llrrrlrl}',
    '\\hline',
    line(HEADER),
    '\\hline',
    ...runs.map(run => line(rowOf(run))),
    '\\hline',
    '\\end{tabular}',
    '',
  ].join('\n');
}

/** Characters that mean something to LaTeX. */
const escaped = (words: string): string =>
  words
    .replaceAll('\\', '\u0000')
    .replace(/[&%$#_{}]/g, '\\$&')
    .replaceAll('~', '\\textasciitilde{}')
    .replaceAll('^', '\\textasciicircum{}')
    .replaceAll('CO2', 'CO$_2$')
    .replaceAll('\u0000', '\\textbackslash{}');
