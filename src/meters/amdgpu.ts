/**
 * Power of AMD graphics through the kernel driver's monitor, which every user may read (Documentation/gpu/amdgpu/thermal
 * of the kernel). Boards of the Instinct line count energy as well, in the driver's table of metrics. In a processor
 * with graphics the monitor tells the power of the whole package. AMD's tools read the same files, and are not used: each
 * is a Python program that costs more than the meter may.
 */
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { Watts } from '../base/units';
import type { Channel, ChannelNature } from './channels';
import { ChannelsRunning, living, methodOf } from './channels';
import type { Card } from './hwmon';
import { cardsOf, microwattsIn, numberIn } from './hwmon';
import type { Domain, Sensor } from './meter';
import { found, notFound } from './meter';
import { isAsleep, Rest } from './rest';
import type { World } from './world';

export type AmdWorld = Pick<World, 'platform' | 'files' | 'clocks' | 'wait'>;

const VENDOR = '0x1002';

export function createAmdGpu(world: AmdWorld): Sensor {
  const { files } = world;
  let channels: readonly Channel[] = [];
  let sleeping: readonly string[] = [];
  return {
    id: 'amdgpu',
    probe: async () => {
      const cards = world.platform === 'linux' ? cardsOf(files, VENDOR) : [];
      sleeping = cards.map(({ device }) => device).filter(device => isAsleep(files, device));
      if (cards.length === 0) return notFound('absent', text('there is no AMD GPU with its Linux driver'));
      if (sleeping.length === cards.length) return SLEEPS;
      // What sleeps is not looked at; what told its power before goes on by its own channel.
      const awake = cards.flatMap((card, index) =>
        sleeping.includes(card.device) ? [] : channelsOf(world, card, index),
      );
      const known = channels.filter(({ domain }) => !awake.some(channel => channel.domain === domain));
      channels = [...known, ...(await living(awake, NATURE, world.wait))];
      if (channels.length === 0)
        return notFound('unreliable', text('the AMD GPU tells no power, or none that makes sense'));
      const remarks: Text[] = channels.some(({ domain }) => domain === 'cpu-package')
        ? [text('this GPU is in the processor: its power is that of the whole package')]
        : [];
      if (sleeping.length > 0) remarks.push(text('another GPU sleeps; it is metered as soon as a program uses it'));
      return found([...new Set(channels.map(({ domain }) => domain))], methodOf(channels), remarks);
    },
    stirred: () => sleeping.some(device => !isAsleep(files, device)),
    start: () => new ChannelsRunning(() => channels, NATURE),
  };
}

const SLEEPS = notFound(
  'asleep',
  text('the AMD GPU sleeps, and asking it for its power would wake it'),
  text('nothing to do: it is metered as soon as a program uses it'),
);

/*
 * Against a meter between slot and board the driver's power is within 10 % on boards since 2020; before, it leaves out
 * memory and regulators of some (amdgpu’s own documentation names no error).
 */
const NATURE: ChannelNature = { error: 0.1, source: 'amdgpu monitor', mostWatts: 1500 };

function channelsOf({ files, clocks }: AmdWorld, { device, chips }: Card, index: number): readonly Channel[] {
  const rest = new Rest(files, clocks, device, () => numberIn(files, `${device}/gpu_busy_percent`) !== 0);
  const pause = (): Text | undefined => rest.check();
  const metrics = files.bytes?.(`${device}/gpu_metrics`);
  const domain: Domain = isApu(files.read(`${device}/mem_info_vram_vendor`), metrics) ? 'cpu-package' : `gpu:amd${index}`; // prettier-ignore
  if (metrics !== undefined && accumulatorIn(metrics) !== undefined) {
    const value = (): bigint | undefined => accumulatorIn(files.bytes?.(`${device}/gpu_metrics`) ?? new Uint8Array());
    return [{ kind: 'counter', domain, value, range: 2n ** 64n, joulesEach: 2 ** -16, pause }];
  }
  const chip = chips.find(({ name }) => name === 'amdgpu');
  if (chip === undefined) return [];
  // Boards have one or the other, and some drivers keep the wrong one at 0.
  const power = (): Watts | undefined => {
    const average = microwattsIn(files, `${chip.folder}/power1_average`);
    return average !== undefined && average > 0 ? average : microwattsIn(files, `${chip.folder}/power1_input`);
  };
  return [{ kind: 'power', domain, power, pause }];
}

/** The head of the table: its size in two bytes, its format (2 and 3 are processors with graphics), its version. */
function isApu(vendor: ReturnType<World['files']['read']>, metrics: Uint8Array | undefined): boolean {
  const format = metrics?.[2];
  if (format !== undefined) return format >= 2;
  // Memory of its own has a maker.
  return vendor.ok && vendor.text.trim() === 'unknown';
}

/** Tables 1.1 to 1.4 hold the counter at byte 24; a board that does not count has all bits set, or none. */
function accumulatorIn(metrics: Uint8Array): bigint | undefined {
  const [, , format, version = 0] = metrics;
  if (format !== 1 || version < 1 || version > 4 || metrics.length < 32) return undefined;
  const value = new DataView(metrics.buffer, metrics.byteOffset, metrics.length).getBigUint64(24, true);
  return value === 0n || value === 2n ** 64n - 1n ? undefined : value;
}
