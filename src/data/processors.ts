/**
 * What processors draw and can do: rated power of known parts, of families, and of a part we cannot name.
 * The float32 peak is cores × an assumed all-core clock × FLOPs per cycle, so it is always uncertain;
 * rated powers were compared with CodeCarbon's processor table where it has the part.
 */
import type { Figure } from '../base/figure';
import { figure } from '../base/figure';
import type { BytesPerSecond, FlopsPerSecond, Watts } from '../base/units';
import { bytesPerSecond, flopsPerSecond, gigabytesPerSecond, teraflops, watts } from '../base/units';
import type { PeakDtype } from './accelerators';

export interface Processor {
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  readonly segment: 'desktop' | 'laptop' | 'server' | 'edge';
  /** Tried against the detected name without trademarks, clock and filler words. */
  readonly match: RegExp;
  readonly year: number;
  readonly cores: number;
  /** Rated (base) power of one package. */
  readonly power: Watts;
  /** The vendor's limit for short bursts, where it states one. */
  readonly turboPower?: Watts;
  readonly bandwidth: BytesPerSecond;
  /** All-core clock under vector load, assumed. */
  readonly clockGHz: number;
  /** float32 FLOPs per core and cycle, from the vector width and the number of multiply-add units. */
  readonly flopsPerCycle: number;
  /** Peaks on matrix units, beside the float32 one. */
  readonly peak?: Readonly<Partial<Record<PeakDtype, FlopsPerSecond>>>;
  readonly unsure: readonly 'power'[];
  readonly note?: string;
  readonly source: string;
  readonly read: string;
}

/** A family whose rated powers are known as a range only. */
export interface ProcessorClass {
  readonly name: string;
  readonly match: RegExp;
  readonly power: Figure<Watts>;
  readonly source: string;
  readonly read: string;
}

export function findProcessor(name: string): Processor | undefined {
  const plain = plainName(name);
  return processors.find(row => row.match.test(plain));
}

export function findProcessorClass(name: string): ProcessorClass | undefined {
  const plain = plainName(name);
  return processorClasses.find(row => row.match.test(plain));
}

/** Power of one package at full load; the burst limit is the upper end. */
export function packagePowerOf(row: Processor): Figure<Watts> {
  const unsure = row.unsure.includes('power');
  const high = row.turboPower ?? watts(row.power * (unsure ? 1.6 : 1.25));
  return figure(row.power, watts(row.power * 0.6), high, unsure ? 'assumed' : 'modelled', `rated power, ${row.source}`);
}

/** Peak rate of one package. float32 comes from clock and vector width, hence the width of the range. */
export function processorPeakOf(row: Processor, dtype: PeakDtype): Figure<FlopsPerSecond> | undefined {
  const value =
    dtype === 'float32' ? flopsPerSecond(row.cores * row.clockGHz * 1e9 * row.flopsPerCycle) : row.peak?.[dtype];
  if (value === undefined) return undefined;
  const source = `cores × clock × vector width of ${row.name}`;
  return figure(value, flopsPerSecond(value * 0.6), flopsPerSecond(value * 1.3), 'modelled', source);
}

export function processorBandwidthOf(row: Processor): Figure<BytesPerSecond> {
  // The rated figure needs every memory channel filled; machines are often sold with half of them.
  const low = bytesPerSecond(row.bandwidth * 0.4);
  return figure(row.bandwidth, low, bytesPerSecond(row.bandwidth * 1.05), 'modelled', row.source);
}

/**
 * Cloud machines show a slice of a processor that they may not even name. Idle and full-load watts per hardware thread,
 * as Cloud Carbon Footprint derives them from SPECpower results of the processors that cloud providers use.
 */
export const CLOUD_THREAD_POWER = {
  idle: figure(
    watts(0.74),
    watts(0.4),
    watts(1.9),
    'assumed',
    'Cloud Carbon Footprint methodology, average minimum watts',
  ),
  full: figure(
    watts(3.5),
    watts(1.7),
    watts(9),
    'assumed',
    'Cloud Carbon Footprint methodology, average maximum watts',
  ),
  read: '2026-11-23',
} as const;

/** For a processor without a row or family: from its number of physical cores. */
export function genericPackagePower(cores: number, laptop: boolean): Figure<Watts> {
  if (laptop) return figure(watts(28), watts(9), watts(115), 'assumed', 'typical laptop processor');
  const value = Math.max(6, 12 * cores);
  return figure(
    watts(value),
    watts(value * 0.25),
    watts(value * 2),
    'assumed',
    'Green Algorithms, 12 W per unknown core',
  );
}

/** For a processor without a row: `cores` physical cores of anything from a small Arm core to AVX-512. */
export function genericProcessorPeak(cores: number): Figure<FlopsPerSecond> {
  const perCore = 3e9 * 32;
  return figure(
    flopsPerSecond(cores * perCore),
    flopsPerSecond(cores * 1.5e9 * 8),
    flopsPerSecond(cores * 4.5e9 * 64),
    'assumed',
    'cores × 3 GHz × AVX2',
  );
}

export const genericProcessorBandwidth: Figure<BytesPerSecond> = figure(
  gigabytesPerSecond(50),
  gigabytesPerSecond(8),
  gigabytesPerSecond(460),
  'assumed',
  'two channels of DDR4-3200',
);

function plainName(name: string): string {
  return name
    .replace(/\((R|TM)\)|[®™]/gi, '')
    .replace(/@.*$/, '')
    .replace(/\b(CPU|Processor|\d+-Core|with Radeon.*)(?=\s|$)/gi, '')
    .replace(/\s+/g, ' ')
    .trim();
}

const rated = (value: number, low: number, high: number): Figure<Watts> =>
  figure(watts(value), watts(low), watts(high), 'modelled', 'rated powers of the processor family');

/** Tried in order after the exact rows. */
export const processorClasses: readonly ProcessorClass[] = [
  {
    name: 'Intel Core, U and Y series',
    match: /\bCore.*(i[3579]-\d{4,5}(U|Y|G\d)|Ultra \d \d{3}U)\b/i,
    power: rated(15, 7, 55),
    source: 'Intel ARK, mobile processors',
    read: '2026-11-23',
  },
  {
    name: 'Intel Core, P series',
    match: /\bCore.*i[3579]-\d{4,5}P\b/i,
    power: rated(28, 20, 64),
    source: 'Intel ARK, mobile processors',
    read: '2026-11-23',
  },
  {
    name: 'Intel Core Ultra, V series',
    match: /\bCore.*Ultra \d \d{3}V\b/i,
    power: rated(17, 8, 37),
    source: 'Intel ARK, mobile processors',
    read: '2026-11-23',
  },
  {
    name: 'Intel Core, H series',
    match: /\bCore.*(i[3579]-\d{4,5}(H|HK|HQ|HX|H[A-Z])|Ultra \d \d{3}(H|HX))\b/i,
    power: rated(45, 28, 157),
    source: 'Intel ARK, mobile processors',
    read: '2026-11-23',
  },
  {
    name: 'Intel Core, T series',
    match: /\bCore.*(i[3579]-\d{4,5}T|Ultra \d \d{3}T)\b/i,
    power: rated(35, 25, 106),
    source: 'Intel ARK, desktop processors',
    read: '2026-11-23',
  },
  {
    name: 'Intel Core, unlocked desktop',
    match: /\bCore.*(i[3579]-\d{4,5}(K|KF|KS|X|XE)|Ultra \d \d{3}(K|KF))\b/i,
    power: rated(125, 91, 253),
    source: 'Intel ARK, desktop processors',
    read: '2026-11-23',
  },
  {
    name: 'Intel Core, desktop',
    match: /\bCore.*(i[3579]-\d{3,5}F?|Ultra \d \d{3}F?)(\s|$)/i,
    power: rated(65, 35, 219),
    source: 'Intel ARK, desktop processors',
    read: '2026-11-23',
  },
  {
    name: 'Intel Xeon E3, E and W-1000',
    match: /\bXeon.*(E3-\d|E-\d{4}|W-1\d{3})/i,
    power: rated(80, 45, 125),
    source: 'Intel ARK, Xeon processors',
    read: '2026-11-23',
  },
  {
    name: 'Intel Xeon E5 and E7',
    match: /\bXeon.*E[57]-\d/i,
    power: rated(115, 55, 165),
    source: 'Intel ARK, Xeon processors',
    read: '2026-11-23',
  },
  {
    name: 'Intel Xeon Scalable',
    match: /\bXeon.*(Bronze|Silver|Gold|Platinum|Max) \d{4}/i,
    power: rated(185, 85, 400),
    source: 'Intel ARK, Xeon processors',
    read: '2026-11-23',
  },
  {
    name: 'Intel N, Celeron and Pentium',
    match: /\b(Intel N\d{2,3}|Celeron|Pentium|Atom)\b/i,
    power: rated(15, 4, 65),
    source: 'Intel ARK, entry processors',
    read: '2026-11-23',
  },
  {
    name: 'AMD Ryzen, U series',
    match: /\bRyzen.*\b\d{4}(U|C|e)\b/i,
    power: rated(20, 10, 35),
    source: 'AMD product specifications, mobile processors',
    read: '2026-11-23',
  },
  {
    name: 'AMD Ryzen, H series',
    match: /\bRyzen.*\b\d{4}(H|HS|HX|HX3D)\b|\bRyzen AI\b/i,
    power: rated(45, 15, 120),
    source: 'AMD product specifications, mobile processors',
    read: '2026-11-23',
  },
  {
    name: 'AMD Ryzen Threadripper',
    match: /\bThreadripper\b/i,
    power: rated(280, 180, 420),
    source: 'AMD product specifications, workstation processors',
    read: '2026-11-23',
  },
  {
    name: 'AMD Ryzen, desktop X',
    match: /\bRyzen.*\b\d{4}(X|XT|X3D)\b/i,
    power: rated(105, 65, 230),
    source: 'AMD product specifications, desktop processors',
    read: '2026-11-23',
  },
  {
    name: 'AMD Ryzen, desktop',
    match: /\bRyzen.*\b\d{4}(G|GE|F)?(\s|$)/i,
    power: rated(65, 35, 105),
    source: 'AMD product specifications, desktop processors',
    read: '2026-11-23',
  },
  {
    name: 'AMD EPYC',
    match: /\bEPYC\b/i,
    power: rated(225, 120, 500),
    source: 'AMD product specifications, server processors',
    read: '2026-11-23',
  },
  {
    name: 'Apple M series',
    match: /\bApple M\d+$/i,
    power: rated(22, 15, 35),
    source: 'Apple technical specifications; Apple publishes no power, an estimate',
    read: '2026-11-23',
  },
  {
    name: 'Apple M series, Pro',
    match: /\bApple M\d+ Pro\b/i,
    power: rated(38, 25, 60),
    source: 'Apple technical specifications; Apple publishes no power, an estimate',
    read: '2026-11-23',
  },
  {
    name: 'Apple M series, Max',
    match: /\bApple M\d+ Max\b/i,
    power: rated(68, 40, 110),
    source: 'Apple technical specifications; Apple publishes no power, an estimate',
    read: '2026-11-23',
  },
  {
    name: 'Apple M series, Ultra',
    match: /\bApple M\d+ Ultra\b/i,
    power: rated(140, 80, 220),
    source: 'Apple technical specifications; Apple publishes no power, an estimate',
    read: '2026-11-23',
  },
];

export const processors: readonly Processor[] = [
  {
    id: 'i7-8700',
    name: 'Intel Core i7-8700',
    vendor: 'Intel',
    segment: 'desktop',
    match: /\bi7-8700\b/i,
    year: 2017,
    cores: 6,
    power: watts(65),
    bandwidth: gigabytesPerSecond(42.7),
    clockGHz: 4.3,
    flopsPerCycle: 32,
    unsure: [],
    source: 'Intel ARK, Intel Core i7-8700',
    read: '2026-11-23',
  },
  {
    id: 'i7-1165g7',
    name: 'Intel Core i7-1165G7',
    vendor: 'Intel',
    segment: 'laptop',
    match: /\bi7-1165G7\b/i,
    year: 2020,
    cores: 4,
    power: watts(28),
    bandwidth: gigabytesPerSecond(68.3),
    clockGHz: 4.1,
    flopsPerCycle: 32,
    unsure: [],
    note: 'Configurable from 12 to 28 W.',
    source: 'Intel ARK, Intel Core i7-1165G7',
    read: '2026-11-23',
  },
  {
    id: 'i7-12700h',
    name: 'Intel Core i7-12700H',
    vendor: 'Intel',
    segment: 'laptop',
    match: /\bi7-12700H\b/i,
    year: 2022,
    cores: 14,
    power: watts(45),
    turboPower: watts(115),
    bandwidth: gigabytesPerSecond(76.8),
    clockGHz: 4.1,
    flopsPerCycle: 32,
    unsure: [],
    source: 'Intel ARK, Intel Core i7-12700H',
    read: '2026-11-23',
  },
  {
    id: 'i7-13700k',
    name: 'Intel Core i7-13700K',
    vendor: 'Intel',
    segment: 'desktop',
    match: /\bi7-13700KF?\b/i,
    year: 2022,
    cores: 16,
    power: watts(125),
    turboPower: watts(253),
    bandwidth: gigabytesPerSecond(89.6),
    clockGHz: 5.3,
    flopsPerCycle: 32,
    unsure: [],
    source: 'Intel ARK, Intel Core i7-13700K',
    read: '2026-11-23',
  },
  {
    id: 'i9-13900k',
    name: 'Intel Core i9-13900K',
    vendor: 'Intel',
    segment: 'desktop',
    match: /\bi9-13900KF?\b/i,
    year: 2022,
    cores: 24,
    power: watts(125),
    turboPower: watts(253),
    bandwidth: gigabytesPerSecond(89.6),
    clockGHz: 5.4,
    flopsPerCycle: 32,
    unsure: [],
    source: 'Intel ARK, Intel Core i9-13900K',
    read: '2026-11-23',
  },
  {
    id: 'i9-14900k',
    name: 'Intel Core i9-14900K',
    vendor: 'Intel',
    segment: 'desktop',
    match: /\bi9-14900KF?\b/i,
    year: 2023,
    cores: 24,
    power: watts(125),
    turboPower: watts(253),
    bandwidth: gigabytesPerSecond(89.6),
    clockGHz: 5.6,
    flopsPerCycle: 32,
    unsure: [],
    source: 'Intel ARK, Intel Core i9-14900K',
    read: '2026-11-23',
  },
  {
    id: 'ultra7-155h',
    name: 'Intel Core Ultra 7 155H',
    vendor: 'Intel',
    segment: 'laptop',
    match: /\bUltra 7 155H\b/i,
    year: 2023,
    cores: 16,
    power: watts(28),
    turboPower: watts(115),
    bandwidth: gigabytesPerSecond(119.5),
    clockGHz: 4.5,
    flopsPerCycle: 32,
    unsure: [],
    source: 'Intel ARK, Intel Core Ultra 7 155H',
    read: '2026-11-23',
  },
  {
    id: 'r7-5800x',
    name: 'AMD Ryzen 7 5800X',
    vendor: 'AMD',
    segment: 'desktop',
    match: /\bRyzen 7 5800X\b/i,
    year: 2020,
    cores: 8,
    power: watts(105),
    turboPower: watts(142),
    bandwidth: gigabytesPerSecond(51.2),
    clockGHz: 4.6,
    flopsPerCycle: 32,
    unsure: [],
    source: 'AMD product specifications, AMD Ryzen 7 5800X',
    read: '2026-11-23',
  },
  {
    id: 'r9-5950x',
    name: 'AMD Ryzen 9 5950X',
    vendor: 'AMD',
    segment: 'desktop',
    match: /\bRyzen 9 5950X\b/i,
    year: 2020,
    cores: 16,
    power: watts(105),
    turboPower: watts(142),
    bandwidth: gigabytesPerSecond(51.2),
    clockGHz: 4.0,
    flopsPerCycle: 32,
    unsure: [],
    source: 'AMD product specifications, AMD Ryzen 9 5950X',
    read: '2026-11-23',
  },
  {
    id: 'r9-7950x',
    name: 'AMD Ryzen 9 7950X',
    vendor: 'AMD',
    segment: 'desktop',
    match: /\bRyzen 9 7950X\b/i,
    year: 2022,
    cores: 16,
    power: watts(170),
    turboPower: watts(230),
    bandwidth: gigabytesPerSecond(83.2),
    clockGHz: 5.0,
    flopsPerCycle: 32,
    unsure: [],
    source: 'AMD product specifications, AMD Ryzen 9 7950X',
    read: '2026-11-23',
  },
  {
    id: 'r9-9950x',
    name: 'AMD Ryzen 9 9950X',
    vendor: 'AMD',
    segment: 'desktop',
    match: /\bRyzen 9 9950X\b/i,
    year: 2024,
    cores: 16,
    power: watts(170),
    turboPower: watts(230),
    bandwidth: gigabytesPerSecond(89.6),
    clockGHz: 5.0,
    flopsPerCycle: 64,
    unsure: [],
    source: 'AMD product specifications, AMD Ryzen 9 9950X',
    read: '2026-11-23',
  },
  {
    id: 'r7-7840u',
    name: 'AMD Ryzen 7 7840U',
    vendor: 'AMD',
    segment: 'laptop',
    match: /\bRyzen 7 (PRO )?7840U\b/i,
    year: 2023,
    cores: 8,
    power: watts(28),
    bandwidth: gigabytesPerSecond(120),
    clockGHz: 4.0,
    flopsPerCycle: 32,
    unsure: [],
    source: 'AMD product specifications, AMD Ryzen 7 7840U',
    read: '2026-11-23',
  },
  {
    id: 'epyc-7742',
    name: 'AMD EPYC 7742',
    vendor: 'AMD',
    segment: 'server',
    match: /\bEPYC 7742\b/i,
    year: 2019,
    cores: 64,
    power: watts(225),
    bandwidth: gigabytesPerSecond(204.8),
    clockGHz: 2.6,
    flopsPerCycle: 32,
    unsure: [],
    source: 'AMD product specifications, AMD EPYC 7742',
    read: '2026-11-23',
  },
  {
    id: 'epyc-7763',
    name: 'AMD EPYC 7763',
    vendor: 'AMD',
    segment: 'server',
    match: /\bEPYC 7763\b/i,
    year: 2021,
    cores: 64,
    power: watts(280),
    bandwidth: gigabytesPerSecond(204.8),
    clockGHz: 2.8,
    flopsPerCycle: 32,
    unsure: [],
    source: 'AMD product specifications, AMD EPYC 7763',
    read: '2026-11-23',
  },
  {
    id: 'epyc-9654',
    name: 'AMD EPYC 9654',
    vendor: 'AMD',
    segment: 'server',
    match: /\bEPYC 9654P?\b/i,
    year: 2022,
    cores: 96,
    power: watts(360),
    bandwidth: gigabytesPerSecond(460.8),
    clockGHz: 3.5,
    flopsPerCycle: 32,
    unsure: [],
    source: 'AMD product specifications, AMD EPYC 9654',
    read: '2026-11-23',
  },
  {
    id: 'xeon-e5-2699v4',
    name: 'Intel Xeon E5-2699 v4',
    vendor: 'Intel',
    segment: 'server',
    match: /\bE5-2699 v4\b/i,
    year: 2016,
    cores: 22,
    power: watts(145),
    bandwidth: gigabytesPerSecond(76.8),
    clockGHz: 2.6,
    flopsPerCycle: 32,
    unsure: [],
    source: 'Intel ARK, Intel Xeon E5-2699 v4',
    read: '2026-11-23',
  },
  {
    id: 'xeon-6148',
    name: 'Intel Xeon Gold 6148',
    vendor: 'Intel',
    segment: 'server',
    match: /\bGold 6148\b/i,
    year: 2017,
    cores: 20,
    power: watts(150),
    bandwidth: gigabytesPerSecond(128),
    clockGHz: 2.2,
    flopsPerCycle: 64,
    unsure: [],
    source: 'Intel ARK, Intel Xeon Gold 6148',
    read: '2026-11-23',
  },
  {
    id: 'xeon-8259cl',
    name: 'Intel Xeon Platinum 8259CL',
    vendor: 'Intel',
    segment: 'server',
    match: /\bPlatinum 8259CL\b/i,
    year: 2019,
    cores: 24,
    power: watts(210),
    bandwidth: gigabytesPerSecond(140.8),
    clockGHz: 2.6,
    flopsPerCycle: 64,
    unsure: [],
    source: 'CodeCarbon processor power table (the vendor publishes no page for this cloud part)',
    read: '2026-11-23',
  },
  {
    id: 'xeon-8375c',
    name: 'Intel Xeon Platinum 8375C',
    vendor: 'Intel',
    segment: 'server',
    match: /\bPlatinum 8375C\b/i,
    year: 2021,
    cores: 32,
    power: watts(300),
    bandwidth: gigabytesPerSecond(204.8),
    clockGHz: 2.9,
    flopsPerCycle: 64,
    unsure: [],
    source: 'CodeCarbon processor power table (the vendor publishes no page for this cloud part)',
    read: '2026-11-23',
  },
  {
    id: 'xeon-8380',
    name: 'Intel Xeon Platinum 8380',
    vendor: 'Intel',
    segment: 'server',
    match: /\bPlatinum 8380\b/i,
    year: 2021,
    cores: 40,
    power: watts(270),
    bandwidth: gigabytesPerSecond(204.8),
    clockGHz: 2.6,
    flopsPerCycle: 64,
    unsure: [],
    source: 'Intel ARK, Intel Xeon Platinum 8380',
    read: '2026-11-23',
  },
  {
    id: 'xeon-8480p',
    name: 'Intel Xeon Platinum 8480+',
    vendor: 'Intel',
    segment: 'server',
    match: /\bPlatinum 8480\+/i,
    year: 2023,
    cores: 56,
    power: watts(350),
    bandwidth: gigabytesPerSecond(307.2),
    clockGHz: 2.6,
    flopsPerCycle: 64,
    peak: { bfloat16: teraflops(229), int8: teraflops(459) },
    unsure: [],
    note: 'bfloat16 and int8 on AMX at 2.0 GHz.',
    source: 'Intel ARK, Intel Xeon Platinum 8480+',
    read: '2026-11-23',
  },
  {
    id: 'graviton3',
    name: 'AWS Graviton3',
    vendor: 'AWS',
    segment: 'server',
    match: /\bGraviton ?3\b/i,
    year: 2021,
    cores: 64,
    power: watts(100),
    bandwidth: gigabytesPerSecond(307.2),
    clockGHz: 2.6,
    flopsPerCycle: 32,
    unsure: ['power'],
    note: 'AWS publishes no thermal design power; the figure is an estimate.',
    source: 'AWS Graviton3 announcement',
    read: '2026-11-23',
  },
  {
    id: 'altra-q80',
    name: 'Ampere Altra Q80-30',
    vendor: 'Ampere',
    segment: 'server',
    match: /\bAltra Q80-30\b/i,
    year: 2020,
    cores: 80,
    power: watts(210),
    bandwidth: gigabytesPerSecond(204.8),
    clockGHz: 3.0,
    flopsPerCycle: 16,
    unsure: [],
    source: 'Ampere Altra product brief',
    read: '2026-11-23',
  },
  {
    id: 'rpi4',
    name: 'Raspberry Pi 4',
    vendor: 'Broadcom',
    segment: 'edge',
    match: /\bRaspberry Pi 4\b|\bBCM2711\b/i,
    year: 2019,
    cores: 4,
    power: watts(6),
    bandwidth: gigabytesPerSecond(12.8),
    clockGHz: 1.5,
    flopsPerCycle: 8,
    unsure: ['power'],
    note: 'Board estimate; the maker publishes no thermal design power.',
    source: 'Raspberry Pi documentation, processors',
    read: '2026-11-23',
  },
  {
    id: 'rpi5',
    name: 'Raspberry Pi 5',
    vendor: 'Broadcom',
    segment: 'edge',
    match: /\bRaspberry Pi 5\b|\bBCM2712\b/i,
    year: 2023,
    cores: 4,
    power: watts(10),
    bandwidth: gigabytesPerSecond(17),
    clockGHz: 2.4,
    flopsPerCycle: 16,
    unsure: ['power'],
    note: 'Board estimate; the maker publishes no thermal design power.',
    source: 'Raspberry Pi documentation, processors',
    read: '2026-11-23',
  },
];
