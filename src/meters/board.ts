/**
 * Power monitors on boards: the rails of NVIDIA Jetson modules, the meters that firmware shows (ACPI, among them those
 * of Grace processors and of servers' power supplies) and AMD's management port. A rail whose meaning is not known is
 * named and left out; rails within others are never added to them.
 */
import { text } from '../base/text';
import type { Watts } from '../base/units';
import { watts } from '../base/units';
import type { Channel, ChannelNature, PowerChannel } from './channels';
import { ChannelsRunning, living } from './channels';
import type { Chip } from './hwmon';
import { allChips, microwattsIn, numberIn, wordOf } from './hwmon';
import type { Domain, Sensor } from './meter';
import { found, notFound } from './meter';
import type { SysFiles, World } from './world';

export type BoardWorld = Pick<World, 'platform' | 'files' | 'wait'>;

export function createBoard({ platform, files, wait }: BoardWorld): Sensor {
  let channels: readonly Channel[] = [];
  return {
    id: 'board',
    probe: async () => {
      const rails = platform === 'linux' ? railsOf(files) : [];
      if (rails.length === 0) return notFound('absent', text('this board shows no power monitors'));
      const alive = await living(known(rails), NATURE, wait);
      channels = alive;
      const strange = rails.filter(({ label }) => domainsOf(label).length === 0 && !TOTALS.flat().includes(label));
      const remarks = strange.map(({ label }) => text('the power monitor of {0} is left out: what it feeds is not known', label)); // prettier-ignore
      return alive.length > 0
        ? found([...new Set(alive.map(({ domain }) => domain))], 'sampled', remarks)
        : notFound('unreliable', text('the board’s power monitors tell nothing that makes sense ({0})', rails.map(({ label }) => label).join(', '))); // prettier-ignore
    },
    start: () => new ChannelsRunning(() => channels, NATURE),
  };
}

/** INA3221: 0.5 % of the current's full scale, several per cent at a tenth of it (TI SBOS576), and a sample a second. */
const NATURE: ChannelNature = { error: 0.07, source: 'power monitor on the board', mostWatts: 20_000 };

interface Rail {
  readonly label: string;
  readonly power: () => Watts | undefined;
}

/** What a rail feeds, by its name in the makers' documentation. */
const DOMAINS: readonly (readonly [RegExp, Domain])[] = [
  // Jetson: all of Nano, TX, Xavier NX, Orin NX and Nano; Thor.
  [/^(VDD_IN|POM_5V_IN|VIN)$/, 'module'],
  [/^(VDD_GPU_SOC|VDD_GPU|GPU|VDD_SYS_GPU|POM_5V_GPU)$/, 'gpu:0'],
  [/^(VDD_CPU_CV|CPU|VDD_SYS_CPU|POM_5V_CPU|VDD_CPU_SOC_MSS)$/, 'cpu-package'],
  [/^(VDDQ_VDD2_1V8AO|VDDRQ|VDD_SYS_DDR)$/, 'dram'],
  // Grace: a socket's whole module with its GPU, the processor with its memory, and the processor.
  [/^Module Power Socket \d+$/, 'module'],
  [/^Grace Power Socket \d+$/, 'psys'],
  [/^CPU Power Socket \d+$/, 'cpu-package'],
  // A power supply, by a meter without a name.
  [/^ACPI power meter$/, 'machine'],
  [/^AMD socket$/, 'cpu-package'],
];

const domainsOf = (label: string): readonly Domain[] =>
  DOMAINS.flatMap(([pattern, domain]) => (pattern.test(label) ? [domain] : []));

/** Modules without a rail for all of them: the first-level rails, whose sum is that (Jetson AGX Orin, AGX Xavier). */
const TOTALS: readonly (readonly string[])[] = [
  ['VDD_GPU_SOC', 'VDD_CPU_CV', 'VIN_SYS_5V0'],
  ['GPU', 'CPU', 'SOC', 'CV', 'VDDRQ', 'SYS5V'],
];

function known(rails: readonly Rail[]): readonly PowerChannel[] {
  const direct = rails.flatMap(({ label, power }) =>
    domainsOf(label).map((domain): PowerChannel => ({ kind: 'power', domain, power })),
  );
  const parts = TOTALS.find(labels => labels.every(label => rails.some(rail => rail.label === label)));
  if (parts === undefined || direct.some(({ domain }) => domain === 'module')) return direct;
  const members = rails.filter(({ label }) => parts.includes(label));
  const sum = (): Watts | undefined => {
    const powers = members.map(({ power }) => power());
    return powers.includes(undefined) ? undefined : watts(powers.reduce((all: number, one) => all + (one ?? 0), 0));
  };
  return [{ kind: 'power', domain: 'module', power: sum }, ...direct];
}

function railsOf(files: SysFiles): readonly Rail[] {
  return [...allChips(files).flatMap(chip => railsOfChip(files, chip)), ...oldJetsonRails(files)];
}

function railsOfChip(files: SysFiles, { folder, name }: Chip): readonly Rail[] {
  const inMicrowatts = (label: string, file: string): Rail => ({
    label,
    power: () => microwattsIn(files, `${folder}/${file}`),
  });
  if (/^ina3221/.test(name)) {
    return [1, 2, 3].flatMap((channel): readonly Rail[] => {
      const label = wordOf(files, `${folder}/in${channel}_label`);
      const power = (): Watts | undefined => {
        const [voltage, current] = [numberIn(files, `${folder}/in${channel}_input`), numberIn(files, `${folder}/curr${channel}_input`)]; // prettier-ignore
        return voltage === undefined || current === undefined ? undefined : watts((voltage * current) / 1e6);
      };
      // An input that is not connected is named so.
      return label === '' || label === 'NC' || power() === undefined ? [] : [{ label, power }];
    });
  }
  if (/^ina2\d\d/.test(name)) {
    const label = wordOf(files, `${folder}/power1_label`) || wordOf(files, `${folder}/in1_label`);
    return label === '' ? [] : [inMicrowatts(label, 'power1_input')];
  }
  if (name === 'power_meter') {
    const label = wordOf(files, `${folder}/device/power1_oem_info`) || wordOf(files, `${folder}/power1_oem_info`);
    return [inMicrowatts(label === '' ? 'ACPI power meter' : label, 'power1_average')];
  }
  return name === 'amd_hsmp_hwmon' ? [inMicrowatts('AMD socket', 'power1_input')] : [];
}

/** Before Linux 5.10 Jetsons showed milliwatts under a driver of NVIDIA's own. */
function oldJetsonRails(files: SysFiles): readonly Rail[] {
  const driver = '/sys/bus/i2c/drivers/ina3221x';
  return files.list(driver).flatMap(address =>
    files
      .list(`${driver}/${address}`)
      .filter(entry => entry.startsWith('iio'))
      .flatMap(entry => {
        const folder = `${driver}/${address}/${entry}`;
        return [0, 1, 2].flatMap((channel): readonly Rail[] => {
          const label = wordOf(files, `${folder}/rail_name_${channel}`);
          const power = (): Watts | undefined => {
            const value = numberIn(files, `${folder}/in_power${channel}_input`);
            return value === undefined ? undefined : watts(value / 1e3);
          };
          return label === '' || power() === undefined ? [] : [{ label, power }];
        });
      }),
  );
}
