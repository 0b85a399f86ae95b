/** The machine's state: from Linux's files, or from the tools of macOS and Windows. What nobody tells is not claimed. */
import { seconds } from '../../base/units';
import { gpuFolders, gpuSleep } from '../../meters/gpuSleep';
import type { SysFiles } from '../../meters/world';
import type { MachineCondition } from '../condition';
import { runProgram } from './programs';
import { nodeSysFiles } from './sysfs';

export async function nodeCondition(): Promise<MachineCondition> {
  const ask = async (program: string, ...args: readonly string[]): Promise<string> =>
    (await runProgram(program, args, seconds(2))).stdout;
  switch (process.platform) {
    case 'linux':
      return readCondition(nodeSysFiles);
    case 'darwin':
      return macCondition(await ask('pmset', '-g'), await ask('pmset', '-g', 'batt'));
    case 'win32':
      return windowsCondition(await ask('powercfg', '/getactivescheme'));
    default:
      return UNTOLD;
  }
}

const UNTOLD: MachineCondition = { throttled: null, onBattery: null, savesPower: false };

/** `pmset -g` lists ` lowpowermode         1`, `pmset -g batt` begins with `Now drawing from 'Battery Power'`. */
export const macCondition = (settings: string, battery: string): MachineCondition => ({
  ...UNTOLD,
  onBattery: /InternalBattery/.test(battery) ? battery.includes("'Battery Power'") : null,
  savesPower: /^\s*(lowpowermode|powermode)\s+1\b/m.test(settings),
});

/** The scheme's number is the same in every language: that of "Power saver". */
export const windowsCondition = (scheme: string): MachineCondition => ({
  ...UNTOLD,
  savesPower: /a1841308-3541-4fab-bc81-f71556f20b4a/i.test(scheme),
});

/** Processor time that the whole machine has spent on anything; undefined where the system does not tell. */
export { machineBusyS } from '../../profiler/busy';

/** The field had another name before 2023, which some drivers still have alone. */
const FIELDS = ['clocks_event_reasons.active', 'clocks_throttle_reasons.active'];

/** What slows NVIDIA GPUs down at this moment; null where nobody tells, or where asking would wake one. */
export async function nodeGpuSlowdown(): Promise<number | null> {
  const { devices, asleep } = gpuSleep(nodeSysFiles, gpuFolders(nodeSysFiles, '0x10de'));
  if (process.platform === 'darwin' || asleep || (process.platform === 'linux' && devices === 0)) return null;
  for (const field of FIELDS) {
    const { status, stdout } = await runProgram('nvidia-smi', [`--query-gpu=${field}`, '--format=csv,noheader'], seconds(2)); // prettier-ignore
    if (status === 'missing') return null;
    if (status === 'ok') return readSlowdown(stdout);
  }
  return null;
}

/** Of any GPU: which one the work runs on is not told. */
export function readSlowdown(stdout: string): number | null {
  const found = [...stdout.matchAll(/^\s*0x([0-9a-f]+)\s*$/gim)].map(([, digits = '']) =>
    Number(BigInt(`0x${digits}`) & 0xffn),
  );
  return found.length === 0 ? null : found.reduce((a, b) => a | b);
}

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
