/**
 * Windows: the counters of its Energy Meter Interface, which it fills from the processor's own on machines whose maker
 * provides them, and the discharge of the battery. Neither needs an administrator.
 */
import { text } from '../base/text';
import { watts, type Watts } from '../base/units';
import { createLineSensor, type LineProgram, type LineWorld, type Powers } from './lineSensor';
import { notFound, type Domain, type Sensor } from './meter';

export const createEnergyMeter = (world: LineWorld): Sensor => createLineSensor(world, ENERGY_METER);
export const createWindowsBattery = (world: LineWorld): Sensor => createLineSensor(world, BATTERY);

const ELSEWHERE = text('read on Windows only');
const COUNTER = String.raw`\Energy Meter(*)\Power`;

const ENERGY_METER: LineProgram = {
  id: 'energy-meter',
  platform: 'win32',
  elsewhere: ELSEWHERE,
  command: 'typeperf',
  probe: ['-sc', '1', COUNTER],
  stream: interval => ['-si', String(Math.max(1, Math.round(interval))), COUNTER],
  parser: parseTypeperf,
  freshS: 5,
  error: 0.1,
  source: 'Windows energy meter',
  missing: notFound('absent', text('{0} is not there', 'typeperf')),
  silent: notFound(
    'absent',
    text('Windows has no energy meter for this machine’s processor, or names its counters in another language'),
    text('on battery the whole machine is metered by its discharge'),
  ),
};

/** A head with the counters' paths, then a line per interval: a time, and milliwatts in the same order. */
export function parseTypeperf(): (line: string) => Powers | undefined {
  let columns: readonly (Domain | undefined)[] = [];
  return line => {
    if (!line.startsWith('"')) return undefined;
    const fields = line.split('","').map(field => field.replace(/^"|"\s*$/g, ''));
    if (line.startsWith('"(PDH-CSV')) {
      columns = fields.map(field => domainOf(/\(([^()]*)\)\\[^\\]*$/.exec(field)?.[1] ?? ''));
      return undefined;
    }
    const powers = new Map<Domain, number>();
    columns.forEach((domain, index) => {
      const value = Number(fields[index] === '' ? NaN : fields[index]);
      if (domain !== undefined && value > 0 && value < 2e6) powers.set(domain, (powers.get(domain) ?? 0) + value / 1e3);
    });
    return new Map([...powers].map(([domain, power]) => [domain, watts(power)] as [Domain, Watts]));
  };
}

/** `RAPL_Package0_PKG`; other makers' names are not known and left out. */
function domainOf(instance: string): Domain | undefined {
  const part = /^RAPL_Package\d+_(\w+)$/i.exec(instance)?.[1]?.toUpperCase();
  return part === undefined ? undefined : PARTS[part];
}

const PARTS: Readonly<Record<string, Domain>> = { PKG: 'cpu-package', PP0: 'cpu-core', PP1: 'uncore', DRAM: 'dram' };

/** One program that asks every ten seconds; starting PowerShell each time would cost more than it measures. */
const QUERY =
  'Get-CimInstance -Namespace root/wmi -ClassName BatteryStatus | ForEach-Object { "battery {0} {1}" -f $_.Discharging, $_.DischargeRate }';

const BATTERY: LineProgram = {
  id: 'windows-battery',
  platform: 'win32',
  elsewhere: ELSEWHERE,
  command: 'powershell',
  probe: ['-NoProfile', '-NonInteractive', '-Command', QUERY],
  stream: () => ['-NoProfile', '-NonInteractive', '-Command', `while ($true) { ${QUERY}; Start-Sleep -Seconds 10 }`],
  parser: () => parseWindowsBattery,
  freshS: 35,
  error: 0.1,
  source: 'battery discharge',
  missing: notFound('absent', text('{0} is not there', 'PowerShell')),
  silent: notFound(
    'absent',
    text('this machine has no battery, or is on mains power'),
    text('unplug the charger to meter the whole machine by its battery'),
  ),
};

/** Milliwatts. */
export function parseWindowsBattery(line: string): Powers | undefined {
  const rate = Number(/^battery True (\d+)\s*$/.exec(line)?.[1] ?? NaN);
  return rate > 0 && rate < 1e6 ? new Map([['machine', watts(rate / 1e3)]]) : undefined;
}
