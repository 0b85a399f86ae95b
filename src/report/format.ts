/**
 * Numbers as people read them: the only place that rounds. SI prefixes, three digits, the reader's decimal sign;
 * ranges are rounded outward, so that they never promise more than they know. Words around numbers are the caller's.
 */
import type { Figure } from '../base/figure';
import { JOULES_PER_KWH } from '../base/units';

export interface Formatter {
  /** `25.6 M` */
  readonly count: (value: number) => string;
  /** `25,557,032` */
  readonly exact: (value: number) => string;
  /** `4.09 GMACs` */
  readonly macs: (value: number) => string;
  /** `8.18 GFLOPs` */
  readonly flops: (value: number) => string;
  /** `102 MB`, decimal */
  readonly bytes: (value: number) => string;
  /** `12.3 ms` from seconds */
  readonly duration: (seconds: number) => string;
  /** `12.3 W` */
  readonly power: (watts: number) => string;
  /** `0.9 J`, two digits: for estimates, whose third digit would be a lie. */
  readonly rough: (quantity: Quantity, value: number) => string;
  /** `12.3 W` that hardly changes its width while the digits change, for what is written once a second. */
  readonly steady: (quantity: 'power' | 'energy' | 'carbon', value: number) => string;
  /** `0.9 J`; from 1 Wh on in watt-hours */
  readonly energy: (joules: number) => string;
  /** `1.2 g CO₂e` from grams */
  readonly carbon: (grams: number) => string;
  /** `12 %` of a share from 0 to 1 */
  readonly percent: (share: number) => string;
  /** `-8 %` with a true minus, or `+12 %` */
  readonly change: (share: number) => string;
  /** `+3.1 M`, `−96 kB`: what `format` makes of the size, after the sign. */
  readonly signed: (value: number, format: (value: number) => string) => string;
  /** `0.4–2.1 J`: both ends in one unit, rounded outward. */
  readonly range: (quantity: Quantity, low: number, high: number) => string;
}

export type Quantity = 'count' | 'macs' | 'flops' | 'bytes' | 'duration' | 'power' | 'energy' | 'carbon';

export function createFormatter(locale: string): Formatter {
  const decimal = decimals(locale);
  // The first one loads the language's tables: most of what activation would cost.
  let integers: Intl.NumberFormat | undefined;
  const show = (quantity: Quantity, value: number, digits = 3): string => {
    // 999 in two digits is a thousand, which has a unit of its own.
    const rounded = withoutDust(quantity, Number(value.toPrecision(digits)));
    const unit = unitFor(quantity, rounded);
    return join(decimal(rounded / unit.scale, digits), unit.symbol);
  };
  const percent = (share: number): string => `${percentDigits(decimal, share)} %`;
  const signed = (value: number, format: (size: number) => string): string =>
    value === 0 ? format(0) : `${value < 0 ? '−' : '+'}${format(Math.abs(value))}`;
  return {
    count: value => show('count', value),
    exact: value => (integers ??= numberFormat(locale, { maximumFractionDigits: 0 })).format(value),
    macs: value => show('macs', value),
    flops: value => show('flops', value),
    bytes: value => show('bytes', value),
    duration: value => show('duration', value),
    power: value => show('power', value),
    rough: (quantity, value) => show(quantity, value, 2),
    steady: (quantity, value) => steady(locale, quantity, value),
    energy: value => show('energy', value),
    carbon: value => show('carbon', value),
    percent,
    change: share => signed(share, percent),
    signed,
    range: (quantity, low, high) => range(decimal, quantity, low, high),
  };
}

/** A tiny amount of carbon means something only for many inferences: the smallest of 1, 1,000, a million that reaches 0.1 g. */
export function perInferences(grams: Figure): { readonly inferences: 1 | 1000 | 1_000_000; readonly grams: Figure } {
  // A saving is negative, and as small.
  const size = Math.abs(grams.value);
  const inferences = size >= 0.1 ? 1 : size * 1000 >= 0.1 ? 1000 : 1_000_000;
  const scaled = (value: number): number => value * inferences;
  return {
    inferences,
    grams: { ...grams, value: scaled(grams.value), low: scaled(grams.low), high: scaled(grams.high) },
  };
}

interface Unit {
  readonly scale: number;
  readonly symbol: string;
}

const SMALL: readonly (readonly [number, string])[] = [
  [1e-12, 'p'],
  [1e-9, 'n'],
  [1e-6, 'µ'],
  [1e-3, 'm'],
];
const LARGE: readonly (readonly [number, string])[] = [
  [1, ''],
  [1e3, 'k'],
  [1e6, 'M'],
  [1e9, 'G'],
  [1e12, 'T'],
  [1e15, 'P'],
  [1e18, 'E'],
];
const prefixed = (prefixes: readonly (readonly [number, string])[], unit: string, factor = 1): readonly Unit[] =>
  prefixes.map(([scale, prefix]) => ({ scale: scale * factor, symbol: prefix + unit }));

/** Largest unit last. */
const UNITS: Readonly<Record<Quantity, readonly Unit[]>> = {
  count: prefixed(LARGE, ''),
  macs: prefixed(LARGE, 'MACs'),
  flops: prefixed(LARGE, 'FLOPs'),
  bytes: prefixed(LARGE, 'B'),
  duration: [
    ...prefixed(SMALL, 's'),
    { scale: 1, symbol: 's' },
    { scale: 60, symbol: 'min' },
    { scale: 3600, symbol: 'h' },
    { scale: 86_400, symbol: 'd' },
  ],
  power: prefixed([...SMALL, ...LARGE], 'W'),
  // Joules below one watt-hour, watt-hours from there on.
  energy: [
    ...prefixed([...SMALL, ...LARGE], 'J').filter(({ scale }) => scale <= 1000),
    ...prefixed(LARGE, 'Wh', JOULES_PER_KWH / 1000),
  ],
  carbon: [
    ...prefixed(SMALL, 'g CO₂e'),
    { scale: 1, symbol: 'g CO₂e' },
    { scale: 1e3, symbol: 'kg CO₂e' },
    { scale: 1e6, symbol: 't CO₂e' },
  ],
};

/** The largest unit in which the value, rounded to three digits, is at least 1; a tenth of a joule is still called that. */
function unitFor(quantity: Quantity, value: number): Unit {
  const units = UNITS[quantity];
  const size = Math.abs(value);
  const base = units.find(({ scale }) => scale === 1) ?? { scale: 1, symbol: '' };
  if (size === 0 || !Number.isFinite(size)) return base;
  const fitting = units.findLast(
    ({ scale, symbol }) => Number((size / scale).toPrecision(3)) >= (symbol === 'J' ? 0.1 : 1),
  );
  return fitting ?? units[0] ?? base;
}

/** What is far below the smallest unit is what arithmetic leaves of a zero. */
function withoutDust(quantity: Quantity, value: number): number {
  const smallest = UNITS[quantity][0]?.scale ?? 0;
  return Math.abs(value) < smallest / 20 ? 0 : value;
}

type Decimal = (value: number, digits: number) => string;

function decimals(locale: string): Decimal {
  const formats = new Map<number, Intl.NumberFormat>();
  return (value, digits) => {
    let format = formats.get(digits);
    if (format === undefined) {
      format = numberFormat(locale, { maximumSignificantDigits: digits, useGrouping: false });
      formats.set(digits, format);
    }
    return format.format(value).replace('-', '−');
  };
}

/** The editor's language may be a name that the formatter does not know (`qps-ploc`): English then. */
function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  try {
    return new Intl.NumberFormat(locale, options);
  } catch {
    return new Intl.NumberFormat('en', options);
  }
}

const join = (number: string, symbol: string): string => (symbol === '' ? number : `${number} ${symbol}`);

/** Three digits with their trailing zeros: only a decimal sign comes and goes. */
function steady(locale: string, quantity: Quantity, size: number): string {
  // An idle machine's milliwatts are noise: less than one of the unit stays in that unit.
  const unit = unitFor(quantity, size < 1 ? 0 : size);
  const value = size / unit.scale;
  const fraction = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  const digits = numberFormat(locale, { minimumFractionDigits: fraction, maximumFractionDigits: fraction });
  return join(digits.format(value), unit.symbol);
}

function percentDigits(decimal: Decimal, share: number): string {
  const size = Math.abs(share) * 100;
  if (size === 0) return '0';
  if (size < 0.1) return `< ${decimal(0.1, 1)}`;
  // What is not the whole must not look like the whole.
  if (size > 99.5 && size < 100) return `> ${decimal(99, 2)}`;
  return decimal(size >= 1000 ? size : Number(size.toFixed(size < 9.95 ? 1 : 0)), size >= 100 ? 3 : 2);
}

const RANGE_DIGITS = 2;

function range(decimal: Decimal, quantity: Quantity, low: number, high: number): string {
  if (low === high) {
    const unit = unitFor(quantity, high);
    return join(decimal(high / unit.scale, 3), unit.symbol);
  }
  const top = outward(quantity, high, 'up');
  // A low end far below would lose its digits in the high end's unit.
  const bottom = low !== 0 && Math.abs(low) < top.unit.scale / 100 ? outward(quantity, low, 'down') : undefined;
  if (bottom !== undefined)
    return `${join(decimal(bottom.value, RANGE_DIGITS), bottom.unit.symbol)} – ${join(decimal(top.value, RANGE_DIGITS), top.unit.symbol)}`;
  const start = roundTo(low / top.unit.scale, RANGE_DIGITS, 'down');
  const dash = low < 0 ? ' – ' : '–';
  return `${decimal(start, RANGE_DIGITS)}${dash}${join(decimal(top.value, RANGE_DIGITS), top.unit.symbol)}`;
}

function outward(quantity: Quantity, value: number, way: 'up' | 'down'): { value: number; unit: Unit } {
  const unit = unitFor(quantity, value);
  const rounded = roundTo(value / unit.scale, RANGE_DIGITS, way);
  // 999.6 rounds up to 1000: the next unit then.
  const next = unitFor(quantity, rounded * unit.scale);
  return next === unit
    ? { value: rounded, unit }
    : { value: roundTo(value / next.scale, RANGE_DIGITS, way), unit: next };
}

/** To so many significant digits, up or down; what has no more digits than that stays (floating-point dust apart). */
function roundTo(value: number, digits: number, way: 'up' | 'down'): number {
  if (value === 0) return 0;
  const nearest = Number(value.toPrecision(digits));
  if (Math.abs(nearest - value) <= Math.abs(value) * 1e-9) return nearest;
  const step = 10 ** (Math.floor(Math.log10(Math.abs(value))) + 1 - digits);
  const steps = way === 'up' ? Math.ceil(value / step) : Math.floor(value / step);
  return Number((steps * step).toPrecision(digits + 1));
}
