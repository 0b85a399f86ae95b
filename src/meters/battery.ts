/**
 * What a battery gives while it is discharged: the power of the whole machine, screen included, and the only meter on
 * many laptops that needs no permission. Files: Documentation/ABI/testing/sysfs-class-power of the kernel.
 */
import { text } from '../base/text';
import type { Watts } from '../base/units';
import { watts } from '../base/units';
import type { Channel, ChannelNature } from './channels';
import { ChannelsRunning, living } from './channels';
import { numberIn, wordOf } from './hwmon';
import type { Sensor } from './meter';
import { found, notFound } from './meter';
import type { SysFiles, World } from './world';

export type BatteryWorld = Pick<World, 'platform' | 'files' | 'wait'>;

export function createBattery({ platform, files, wait }: BatteryWorld): Sensor {
  let channels: readonly Channel[] = [];
  let state = '';
  return {
    id: 'battery',
    probe: async () => {
      const batteries = platform === 'linux' ? batteriesOf(files) : [];
      state = stateOf(files, batteries);
      channels = [];
      if (batteries.length === 0) return notFound('absent', text('this machine has no battery that feeds it'));
      if (state !== 'Discharging') return ON_MAINS;
      channels = await living([channelOf(files, batteries)], NATURE, wait);
      return channels.length > 0
        ? found(['machine'], 'sampled', [text('the battery tells its power every few seconds at best, and feeds the screen, too')]) // prettier-ignore
        : notFound('unreliable', text('the battery is discharged, but does not tell how fast'));
    },
    stirred: () => platform === 'linux' && stateOf(files, batteriesOf(files)) !== state,
    start: () =>
      new ChannelsRunning(() => channels, {
        ...NATURE,
        pause: () => (stateOf(files, batteriesOf(files)) === 'Discharging' ? undefined : ON_MAINS.explanation),
      }),
  };
}

/** On mains power a battery is charged or rests, and what the machine draws passes it by. */
export const ON_MAINS = notFound(
  'absent',
  text('on mains power the battery does not tell what the machine draws'),
  text('unplug the charger to meter the whole machine by its battery'),
);

/** Fuel gauges err by some per cent of the current, more at small ones, and are seldom renewed. */
const NATURE: ChannelNature = { error: 0.1, source: 'battery discharge', mostWatts: 400 };

const FOLDER = '/sys/class/power_supply';

const batteriesOf = (files: SysFiles): readonly string[] =>
  files
    .list(FOLDER)
    .map(entry => `${FOLDER}/${entry}`)
    // A mouse or a pen has a battery, too.
    .filter(folder => wordOf(files, `${folder}/type`) === 'Battery' && wordOf(files, `${folder}/scope`) !== 'Device');

/** With two batteries one is discharged and the other rests; one that is charged means that a charger is there. */
function stateOf(files: SysFiles, batteries: readonly string[]): string {
  const states = batteries.map(folder => wordOf(files, `${folder}/status`));
  if (states.includes('Charging')) return 'Charging';
  return states.includes('Discharging') ? 'Discharging' : (states[0] ?? '');
}

function channelOf(files: SysFiles, batteries: readonly string[]): Channel {
  const power = (): Watts | undefined => {
    const powers = batteries
      .filter(folder => wordOf(files, `${folder}/status`) === 'Discharging')
      .map(folder => powerOf(files, folder));
    return powers.includes(undefined) ? undefined : watts(powers.reduce((sum: number, one) => sum + (one ?? 0), 0));
  };
  return { kind: 'power', domain: 'machine', power };
}

/** Some firmware gives what is drawn a negative sign. */
function powerOf(files: SysFiles, folder: string): number | undefined {
  const power = numberIn(files, `${folder}/power_now`);
  if (power !== undefined && power !== 0) return Math.abs(power) / 1e6;
  const [current, voltage] = [numberIn(files, `${folder}/current_now`), numberIn(files, `${folder}/voltage_now`)];
  return current === undefined || voltage === undefined ? undefined : Math.abs(current * voltage) / 1e12;
}
