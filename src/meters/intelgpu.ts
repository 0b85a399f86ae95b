/**
 * Energy counters of Intel graphics cards through the monitors of their Linux drivers (sysfs-driver-intel-i915-hwmon and
 * sysfs-driver-intel-xe-hwmon in Documentation/ABI/testing). Graphics in the processor have none: RAPL holds them.
 */
import { text } from '../base/text';
import type { Channel, ChannelNature } from './channels';
import { ChannelsRunning, living } from './channels';
import type { Card } from './hwmon';
import { cardsOf, counterIn, numberIn } from './hwmon';
import type { Sensor } from './meter';
import { found, notFound } from './meter';
import { isAsleep, Rest } from './rest';
import type { SysFiles, World } from './world';

export type IntelWorld = Pick<World, 'platform' | 'files' | 'clocks' | 'wait'>;

const VENDOR = '0x8086';

export function createIntelGpu(world: IntelWorld): Sensor {
  const { files } = world;
  let channels: readonly Channel[] = [];
  let sleeping: readonly string[] = [];
  const cards = (): readonly Card[] =>
    world.platform === 'linux'
      ? cardsOf(files, VENDOR).filter(({ chips }) => chips.some(({ name }) => /^(i915|xe)$/.test(name)))
      : [];
  return {
    id: 'intel-gpu',
    probe: async () => {
      const present = cards();
      sleeping = present.map(({ device }) => device).filter(device => isAsleep(files, device));
      if (present.length === 0)
        return notFound('absent', text('there is no Intel graphics card that counts its energy'));
      if (sleeping.length === present.length) return SLEEPS;
      const awake = present.flatMap((card, index) =>
        sleeping.includes(card.device) ? [] : countersOf(world, card, index),
      );
      const known = channels.filter(({ domain }) => !awake.some(channel => channel.domain === domain));
      const alive = await living(awake, NATURE, world.wait);
      // The board's counter, or that of the chip where the board has none.
      const first = alive.filter((one, index) => alive.findIndex(({ domain }) => domain === one.domain) === index);
      channels = [...known, ...first];
      const covers = channels.map(({ domain }) => domain);
      const remarks =
        sleeping.length > 0 ? [text('another GPU sleeps; it is metered as soon as a program uses it')] : [];
      return covers.length > 0
        ? found(covers, 'counter', remarks)
        : notFound('unreliable', text('the energy counter of the Intel GPU stands still or makes no sense'));
    },
    stirred: () => sleeping.some(device => !isAsleep(files, device)),
    start: () => new ChannelsRunning(() => channels, NATURE),
  };
}

const SLEEPS = notFound(
  'asleep',
  text('the Intel GPU sleeps, and asking it for its energy would wake it'),
  text('nothing to do: it is metered as soon as a program uses it'),
);

const NATURE: ChannelNature = { error: 0.1, source: 'Intel GPU energy counter', mostWatts: 1000 };

/** As each of the two drivers tells it; the older one beside the device. */
const clockOf = (files: SysFiles, device: string): number | undefined =>
  numberIn(files, `${device}/tile0/gt0/freq0/act_freq`) ??
  numberIn(files, `${device.replace(/\/device$/, '')}/gt_act_freq_mhz`);

function countersOf({ files, clocks }: IntelWorld, { device, chips }: Card, index: number): readonly Channel[] {
  const chip = chips.find(({ name }) => /^(i915|xe)$/.test(name));
  if (chip === undefined) return [];
  // A card that tells no clock may be busy; at 0 MHz it is in its power-saving state.
  const rest = new Rest(files, clocks, device, () => clockOf(files, device) !== 0);
  return [1, 2]
    .filter(channel => files.read(`${chip.folder}/energy${channel}_input`).ok)
    .map(channel => ({
      kind: 'counter',
      domain: `gpu:intel${index}`,
      value: () => counterIn(files, `${chip.folder}/energy${channel}_input`),
      range: 2n ** 64n,
      joulesEach: 1e-6,
      pause: () => rest.check(),
    }));
}
