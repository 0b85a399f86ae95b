/**
 * Power of AMD graphics through the kernel driver's monitor, which every user may read (Documentation/gpu/amdgpu/thermal
 * of the kernel). Boards of the Instinct line count energy as well, in the driver's table of metrics. In a processor
 * with graphics the monitor tells the power of the whole package. AMD's tools read the same files, and are not used: each
 * is a Python program that costs more than the meter may.
 */
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { Watts } from '../base/units';
import type { Channel, ChannelNature, CounterChannel } from './channels';
import { ChannelsRunning, living, methodOf } from './channels';
import type { Card } from './hwmon';
import { cardsOf, microwattsIn, numberIn, wordOf } from './hwmon';
import type { Domain, NotFound, Sensor } from './meter';
import { found, notFound } from './meter';
import { Rest } from './rest';
import type { World } from './world';

export type AmdWorld = Pick<World, 'platform' | 'files' | 'clocks' | 'wait'>;

const VENDOR = '0x1002';

export function createAmdGpu(world: AmdWorld): Sensor {
  let channels: readonly Channel[] = [];
  let refused = false;
  return {
    id: 'amdgpu',
    probe: async () => {
      channels = [];
      const cards = world.platform === 'linux' ? cardsOf(world.files, VENDOR) : [];
      const answer = before(world, cards);
      refused = answer?.reason === 'asleep';
      if (answer !== undefined) return answer;
      channels = await living(
        cards.flatMap((card, index) => channelsOf(world, card, index)),
        NATURE,
        world.wait,
      );
      if (channels.length === 0) return notFound('unreliable', text('the AMD GPU tells no power, or none that makes sense')); // prettier-ignore
      const remarks: Text[] = channels.some(({ domain }) => domain === 'cpu-package')
        ? [text('this GPU is in the processor: its power is that of the whole package')]
        : [];
      return found([...new Set(channels.map(({ domain }) => domain))], methodOf(channels), remarks);
    },
    stirred: () => refused && !asleep(world, cardsOf(world.files, VENDOR)),
    start: () => {
      const cards = cardsOf(world.files, VENDOR);
      const devices = cards.map(({ device }) => device);
      const busy = (): boolean => devices.some(device => numberIn(world.files, `${device}/gpu_busy_percent`) !== 0);
      const rest = new Rest(world.files, world.clocks, devices, busy);
      return new ChannelsRunning(channels, { ...NATURE, pause: () => rest.check() });
    },
  };
}

/*
 * Against a meter between slot and board the driver's power is within 10 % on boards since 2020; before, it leaves out
 * memory and regulators of some (amdgpu’s own documentation names no error).
 */
const NATURE: ChannelNature = { error: 0.1, source: 'amdgpu monitor', mostWatts: 1500 };

function before(world: AmdWorld, cards: readonly Card[]): NotFound | undefined {
  if (cards.length === 0) return notFound('absent', text('there is no AMD GPU with its Linux driver'));
  if (asleep(world, cards))
    return notFound(
      'asleep',
      text('the AMD GPU sleeps, and asking it for its power would wake it'),
      text('nothing to do: it is metered as soon as a program uses it'),
    );
  return undefined;
}

const asleep = ({ files }: AmdWorld, cards: readonly Card[]): boolean =>
  cards.some(({ device }) => /^suspend/.test(wordOf(files, `${device}/power/runtime_status`)));

function channelsOf({ files }: AmdWorld, { device, chips }: Card, index: number): readonly Channel[] {
  const metrics = files.bytes?.(`${device}/gpu_metrics`);
  const domain: Domain = isApu(files.read(`${device}/mem_info_vram_vendor`), metrics) ? 'cpu-package' : `gpu:amd${index}`; // prettier-ignore
  if (metrics !== undefined && accumulatorIn(metrics) !== undefined) {
    const value = (): bigint | undefined => accumulatorIn(files.bytes?.(`${device}/gpu_metrics`) ?? new Uint8Array());
    const counter: CounterChannel = { kind: 'counter', domain, value, range: 2n ** 64n, joulesEach: 2 ** -16 };
    return [counter];
  }
  const chip = chips.find(({ name }) => name === 'amdgpu');
  if (chip === undefined) return [];
  // Boards have one or the other, and some drivers keep the wrong one at 0.
  const power = (): Watts | undefined => {
    const average = microwattsIn(files, `${chip.folder}/power1_average`);
    return average !== undefined && average > 0 ? average : microwattsIn(files, `${chip.folder}/power1_input`);
  };
  return [{ kind: 'power', domain, power }];
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
