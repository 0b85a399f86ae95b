/** The machine's state as Linux tells it under /sys; elsewhere nothing is known and nothing is claimed. */
import type { SysFiles } from '../../meters/world';
import type { MachineCondition } from '../condition';
import { nodeSysFiles } from './sysfs';

export const nodeCondition = (): MachineCondition => readCondition(nodeSysFiles);

const CPUS = '/sys/devices/system/cpu';
const SUPPLIES = '/sys/class/power_supply';

export function readCondition(files: SysFiles): MachineCondition {
  const word = (path: string): string | undefined => {
    const answer = files.read(path);
    return answer.ok ? answer.text.trim() : undefined;
  };
  const counts = files
    .list(CPUS)
    .filter(name => /^cpu\d+$/.test(name))
    .flatMap(name => word(`${CPUS}/${name}/thermal_throttle/core_throttle_count`) ?? [])
    .map(Number);
  const states = files
    .list(SUPPLIES)
    .filter(name => word(`${SUPPLIES}/${name}/type`) === 'Battery' && word(`${SUPPLIES}/${name}/scope`) !== 'Device')
    .flatMap(name => word(`${SUPPLIES}/${name}/status`) ?? []);
  const governor = word(`${CPUS}/cpu0/cpufreq/scaling_governor`);
  const driver = word(`${CPUS}/cpu0/cpufreq/scaling_driver`);
  return {
    throttled: counts.length === 0 ? null : counts.reduce((a, b) => a + b, 0),
    onBattery: states.length === 0 ? null : states.includes('Discharging'),
    savesPower:
      word('/sys/firmware/acpi/platform_profile') === 'low-power' ||
      // Drivers that choose the clock themselves call their ordinary governor so.
      (governor === 'powersave' && !/^(intel_pstate|amd-pstate-epp)$/.test(driver ?? '')),
  };
}
