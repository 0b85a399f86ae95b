/**
 * Quantities as branded numbers, SI inside. The only place where units are converted.
 * Deliberately knows nothing of formatting: rounding lives in report/format.ts.
 */
declare const unit: unique symbol;
type Quantity<U extends string> = number & { readonly [unit]: U };

export type Joules = Quantity<'J'>;
export type Watts = Quantity<'W'>;
export type Seconds = Quantity<'s'>;
export type Bytes = Quantity<'B'>;
export type GramsCO2e = Quantity<'gCO2e'>;
export type GramsPerKWh = Quantity<'gCO2e/kWh'>;
export type FlopsPerSecond = Quantity<'FLOP/s'>;
export type BytesPerSecond = Quantity<'B/s'>;

export const joules = (value: number): Joules => value as Joules;
export const watts = (value: number): Watts => value as Watts;
export const seconds = (value: number): Seconds => value as Seconds;
export const bytes = (value: number): Bytes => value as Bytes;
export const gramsCO2e = (value: number): GramsCO2e => value as GramsCO2e;
export const gramsPerKWh = (value: number): GramsPerKWh => value as GramsPerKWh;
export const flopsPerSecond = (value: number): FlopsPerSecond => value as FlopsPerSecond;
export const bytesPerSecond = (value: number): BytesPerSecond => value as BytesPerSecond;

export const JOULES_PER_KWH = 3_600_000;

export const milliseconds = (value: number): Seconds => seconds(value / 1000);
export const microseconds = (value: number): Seconds => seconds(value / 1_000_000);
export const microjoules = (value: number): Joules => joules(value / 1_000_000);
export const teraflops = (value: number): FlopsPerSecond => flopsPerSecond(value * 1e12);
export const gigabytesPerSecond = (value: number): BytesPerSecond => bytesPerSecond(value * 1e9);
export const gigabytes = (value: number): Bytes => bytes(value * 1e9);

export const energyOf = (power: Watts, time: Seconds): Joules => joules(power * time);
export const carbonOf = (energy: Joules, grid: GramsPerKWh): GramsCO2e => gramsCO2e((energy / JOULES_PER_KWH) * grid);
