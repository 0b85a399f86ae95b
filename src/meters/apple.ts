/**
 * Apple silicon without administrator's rights: `macmon`, which reads the same counters as powermetrics, where the user
 * has installed it, and what the system itself tells of a portable's power. (Apple's powermetrics asks for a password.)
 */
import { text } from '../base/text';
import { watts, type Watts } from '../base/units';
import { createLineSensor, type LineProgram, type LineWorld, type Powers } from './lineSensor';
import { notFound, type Domain, type Sensor } from './meter';

export const createMacmon = (world: LineWorld): Sensor => createLineSensor(world, MACMON);
export const createAppleSystem = (world: LineWorld): Sensor => createLineSensor(world, SYSTEM);

const ELSEWHERE = text('read on a Mac only');

const MACMON: LineProgram = {
  id: 'macmon',
  platform: 'darwin',
  elsewhere: ELSEWHERE,
  command: 'macmon',
  probe: ['pipe', '-s', '1', '-i', '200'],
  stream: interval => ['pipe', '-i', String(Math.round(1000 * interval))],
  parser: () => parseMacmon,
  freshS: 5,
  // Apple names no error; against meters at the plug the sum of the parts is a tenth off at full load.
  error: 0.15,
  source: 'macmon (Apple’s energy model)',
  missing: notFound(
    'absent',
    text('macOS gives the power of processor and GPU to administrators only, or to a program such as macmon'),
    text('install macmon, which needs no password: {0}', 'brew install macmon'),
  ),
  silent: notFound('unreliable', text('{0} writes something that is not understood', 'macmon')),
};

/** A line of JSON with watts; zeros are what a chip does not tell. */
export function parseMacmon(line: string): Powers | undefined {
  if (!line.startsWith('{')) return undefined;
  let values: unknown;
  try {
    values = JSON.parse(line);
  } catch {
    return undefined;
  }
  const powers = new Map<Domain, Watts>();
  for (const [name, domain] of MACMON_DOMAINS) {
    const value = (values as Record<string, unknown>)[name];
    if (typeof value === 'number' && value > 0 && value < MOST_WATTS) powers.set(domain, watts(value));
  }
  return powers;
}

const MACMON_DOMAINS: readonly (readonly [string, Domain])[] = [
  ['cpu_power', 'cpu-package'],
  ['gpu_power', 'gpu:apple'],
  ['ram_power', 'dram'],
  ['sys_power', 'machine'],
];

const MOST_WATTS = 1000;

/** The battery's controller of a portable also tells what the system draws from the charger; renewed about once a minute. */
const SYSTEM: LineProgram = {
  id: 'apple-system',
  platform: 'darwin',
  elsewhere: ELSEWHERE,
  command: '/bin/sh',
  probe: ['-c', '/usr/sbin/ioreg -rw0 -c AppleSmartBattery'],
  // The shell is only there to ask again: each answer is one process of some milliseconds.
  stream: () => ['-c', 'while :; do /usr/sbin/ioreg -rw0 -c AppleSmartBattery; sleep 15; done'],
  parser: parseIoreg,
  freshS: 90,
  error: 0.15,
  source: 'system power of the battery’s controller',
  missing: notFound('absent', text('{0} is not there', 'ioreg')),
  silent: notFound(
    'absent',
    text('this Mac does not tell its power: it has no battery, or one that tells nothing'),
    text('install macmon, which needs no password: {0}', 'brew install macmon'),
  ),
  remarks: [text('renewed about once a minute, and the screen is in it')],
};

/** Milliwatts in a dictionary on one line; else, while discharging, the battery's own millivolts and milliamperes. */
export function parseIoreg(): (line: string) => Powers | undefined {
  let voltage: number | undefined;
  let external = true;
  return line => {
    const load = /"SystemLoad"=(\d+)/.exec(line)?.[1];
    if (load !== undefined) return machine(Number(load) / 1e3);
    const value = /^\s*\|?\s*"(ExternalConnected|Voltage|InstantAmperage)" = (\w+)/.exec(line);
    if (value === null) return undefined;
    const [, name, word = ''] = value;
    if (name === 'ExternalConnected') external = word === 'Yes';
    else if (name === 'Voltage') voltage = Number(word) / 1e3;
    else if (voltage !== undefined && !external) return machine((voltage * Math.abs(signed(word))) / 1e3);
    return undefined;
  };
}

/** A discharge is written as a 64-bit number without a sign. */
const signed = (word: string): number => Number(BigInt.asIntN(64, BigInt(/^\d{1,20}$/.test(word) ? word : 0)));

const machine = (power: number): Powers | undefined =>
  power > 0 && power < MOST_WATTS ? new Map([['machine', watts(power)]]) : undefined;
