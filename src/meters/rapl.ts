/**
 * Energy counters of x86 processors (RAPL) through Linux' powercap files. Intel since Sandy Bridge, AMD since Zen with
 * Linux 5.8. Layout and units: Documentation/power/powercap/powercap.rst of the kernel.
 */
import type { Figure } from '../base/figure';
import { figure } from '../base/figure';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { Joules, Seconds } from '../base/units';
import { joules, microjoules, seconds } from '../base/units';
import { Counter, counterDelta, parseCounter } from './counter';
import type { Environment } from './environment';
import { environmentOf } from './environment';
import type { Domain, Found, NotFound, Reading, Running, Sensor } from './meter';
import { found, notFound } from './meter';
import type { SysFiles, World } from './world';

export type RaplWorld = Pick<World, 'platform' | 'files' | 'wait'>;

export function createRapl(world: RaplWorld): Sensor {
  let live: readonly Zone[] = [];
  return {
    id: 'rapl',
    probe: async () => {
      const answer = await probe(world);
      live = answer.ok ? answer.zones : [];
      return answer.ok ? answer.found : answer;
    },
    start: () => new RaplRunning(world.files, live),
  };
}

const FOLDER = '/sys/class/powercap';

/** One counter: a domain of one socket. */
interface Zone {
  readonly folder: string;
  readonly name: string;
  readonly domain: Domain;
  readonly range: bigint;
}

type Answer = { readonly ok: true; readonly found: Found; readonly zones: readonly Zone[] } | NotFound;

async function probe({ platform, files, wait }: RaplWorld): Promise<Answer> {
  if (platform !== 'linux') return notFound('absent', text('energy counters of the processor are read on Linux only'));
  const environment = environmentOf({ platform, files });
  const zones = zonesOf(files);
  if (zones.length === 0) return isArm(files) ? NOT_ON_ARM : absent(environment);
  const first = readAll(files, zones);
  if (first.denied) return denied();
  await wait(seconds(0.1));
  const second = readAll(files, zones);
  const standing = zones.some(zone => first.values.get(zone) === second.values.get(zone));
  if (!standing) return judge(zones, first.values, second.values, 0.1);
  // Counters are renewed about every millisecond; a longer look keeps an unlucky moment from condemning one.
  await wait(seconds(0.4));
  return judge(zones, first.values, readAll(files, zones).values, 0.5);
}

function judge(
  zones: readonly Zone[],
  before: ReadonlyMap<Zone, bigint>,
  after: ReadonlyMap<Zone, bigint>,
  elapsed: number,
): Answer {
  const energies = new Map<Domain, Joules | undefined>();
  for (const zone of zones) {
    const earlier = energies.has(zone.domain) ? energies.get(zone.domain) : joules(0);
    const energy = moved(zone, before.get(zone), after.get(zone), elapsed);
    energies.set(zone.domain, earlier === undefined || energy === undefined ? undefined : joules(earlier + energy));
  }
  const packages = energies.get('cpu-package');
  const platform = energies.get('psys');
  // Where the maker did not calibrate it, the platform counter says less than the processor that it contains.
  if (platform !== undefined && packages !== undefined && platform < packages) energies.set('psys', undefined);

  const covers = [...energies].filter(([, energy]) => energy !== undefined).map(([domain]) => domain);
  const dead = [...energies].filter(([, energy]) => energy === undefined).map(([domain]) => domain);
  const remarks = dead.map(domain => text('the counter of {0} stands still or makes no sense and is left out', domain));
  if (!covers.includes('cpu-package') && !covers.includes('psys')) return unreliable(dead);
  return {
    ok: true,
    found: found(covers, 'counter', remarks),
    zones: zones.filter(zone => covers.includes(zone.domain)),
  };
}

/** Energy between two values; undefined where the counter is missing, stands still (unless it may) or leaps. */
function moved(zone: Zone, before: bigint | undefined, after: bigint | undefined, elapsed: number): Joules | undefined {
  if (before === undefined || after === undefined) return undefined;
  return plausible(zone.domain, counterDelta(before, after, zone.range), elapsed);
}

function plausible(domain: Domain, delta: bigint, elapsed: number): Joules | undefined {
  const energy = microjoules(Number(delta));
  // A core or an integrated GPU may be switched off; a package, memory or a platform never draws nothing.
  if (energy === 0 && !MAY_REST.includes(domain)) return undefined;
  return energy > (MOST_WATTS[domain] ?? 1000) * Math.max(elapsed, 0.05) ? undefined : energy;
}

const MAY_REST: readonly Domain[] = ['cpu-core', 'uncore'];

/** More than any socket draws: beyond it a counter has been reset, or started over more than once. */
const MOST_WATTS: Readonly<Partial<Record<Domain, number>>> = { 'cpu-package': 2000, dram: 500, psys: 5000 };

/*
 * Against meters at the plug: packages within a few per cent on servers since Haswell (Hackenberg et al. 2015; Khan et
 * al. 2018), memory within 20 % (Desrochers et al. 2016); the platform counter depends on the maker's calibration.
 */
const ERROR: Readonly<Partial<Record<Domain, number>>> = { dram: 0.2, psys: 0.1 };

function measured(domain: Domain, energy: Joules): Figure<Joules> {
  const error = ERROR[domain] ?? 0.05;
  return figure(
    energy,
    joules(energy * (1 - error)),
    joules(energy * (1 + error)),
    'measured',
    `RAPL counter (${domain})`,
  );
}

class RaplRunning implements Running {
  readonly #counters: ReadonlyMap<Zone, Counter>;
  #trouble: Text | undefined;

  constructor(
    readonly files: SysFiles,
    zones: readonly Zone[],
  ) {
    this.#counters = new Map(zones.map(zone => [zone, new Counter(zone.range)]));
    this.#advance();
  }

  sample(elapsed: Seconds): readonly Reading[] {
    const readings: Reading[] = [];
    this.#trouble = undefined;
    for (const [domain, deltas] of this.#advance()) {
      const energies = deltas.map(delta => (delta === undefined ? undefined : plausible(domain, delta, elapsed)));
      if (energies.includes(undefined)) this.#trouble = text('the counter of {0} gave no usable value', domain);
      else
        readings.push({
          domain,
          energy: measured(domain, joules(energies.reduce((sum: number, e) => sum + (e ?? 0), 0))),
        });
    }
    return readings;
  }

  trouble(): Text | undefined {
    return this.#trouble;
  }

  dispose(): void {
    // Files are opened for each read: nothing is held.
  }

  /** Movement of each socket's counter, by domain. */
  #advance(): Map<Domain, (bigint | undefined)[]> {
    const deltas = new Map<Domain, (bigint | undefined)[]>();
    for (const [zone, counter] of this.#counters) {
      const value = readCounter(this.files, `${zone.folder}/energy_uj`);
      const delta = counter.advance(typeof value === 'bigint' ? value : undefined);
      deltas.set(zone.domain, [...(deltas.get(zone.domain) ?? []), delta]);
    }
    return deltas;
  }
}

/** Zones of every socket. The same package can be listed twice, through registers and through memory (`-mmio`). */
function zonesOf(files: SysFiles): readonly Zone[] {
  const zones: Zone[] = [];
  const folders = files.list(FOLDER).filter(name => /^intel-rapl(-mmio)?(:\d+){1,2}$/.test(name));
  for (const entry of folders.sort(
    (a, b) => Number(a.includes('mmio')) - Number(b.includes('mmio')) || (a < b ? -1 : 1),
  )) {
    const folder = `${FOLDER}/${entry}`;
    const answer = files.read(`${folder}/name`);
    const name = answer.ok ? answer.text.trim() : '';
    const domain = domainOf(name);
    const range = readCounter(files, `${folder}/max_energy_range_uj`);
    const listed = entry.includes('mmio') && zones.some(zone => zone.name === name);
    if (domain !== undefined && typeof range === 'bigint' && range > 0n && !listed)
      zones.push({ folder, name, domain, range });
  }
  return zones;
}

function domainOf(name: string): Domain | undefined {
  if (/^package-\d+/.test(name)) return 'cpu-package';
  if (name === 'core') return 'cpu-core';
  if (name === 'uncore' || name === 'dram' || name === 'psys') return name;
  return undefined;
}

function readAll(files: SysFiles, zones: readonly Zone[]): { values: Map<Zone, bigint>; denied: boolean } {
  const values = new Map<Zone, bigint>();
  let refused = 0;
  for (const zone of zones) {
    const value = readCounter(files, `${zone.folder}/energy_uj`);
    if (typeof value === 'bigint') values.set(zone, value);
    else if (value === 'denied') refused++;
  }
  return { values, denied: refused > 0 && values.size === 0 };
}

function readCounter(files: SysFiles, path: string): bigint | 'denied' | undefined {
  const answer = files.read(path);
  if (!answer.ok) return answer.why === 'denied' ? 'denied' : undefined;
  return parseCounter(answer.text);
}

/** ARM processors have no flags there, but an implementer. */
const isArm = (files: SysFiles): boolean => {
  const answer = files.read('/proc/cpuinfo');
  return answer.ok && /^CPU implementer\s*:/m.test(answer.text);
};

const NOT_ON_ARM = notFound('absent', text('processors of the ARM kind have no such energy counters'));

function absent(environment: Environment): NotFound {
  switch (environment) {
    case 'virtual':
      return notFound(
        'absent',
        text('this is a virtual machine, and its host does not pass the processor’s energy counters on'),
        text('measure on the host, or on a bare-metal machine'),
      );
    case 'wsl':
      return notFound('absent', text('WSL does not pass the processor’s energy counters on'));
    case 'container':
      return notFound(
        'absent',
        text('this container does not see the processor’s energy counters'),
        text('start it with --security-opt systempaths=unconfined, or measure on the host'),
      );
    case 'bare':
    case 'other':
      return notFound(
        'absent',
        text('Linux lists no energy counters for this processor'),
        text('on an Intel or AMD processor load the driver: {0}', 'sudo modprobe intel_rapl_msr'),
      );
  }
}

/*
 * Linux 5.10 made the counters readable by root alone (CVE-2020-8694, "PLATYPUS": power readings leak secrets of other
 * users). sysfs keeps no access control lists, so setfacl is no way: the file's mode has to change, and does so only
 * until the next start unless a rule repeats it.
 */
function denied(): NotFound {
  return notFound(
    'denied',
    text(
      'since 2020 Linux lets only root read the processor’s energy counters, because they can betray secrets to other users of the machine',
    ),
    text(
      'if you trust everyone on this machine, until the next start: {0} — for good: {1}',
      'sudo chmod a+r /sys/class/powercap/*/energy_uj',
      `echo 'SUBSYSTEM=="powercap", KERNEL=="intel-rapl:*", RUN+="/bin/chmod a+r /sys%p/energy_uj"' | sudo tee /etc/udev/rules.d/70-powercap.rules`,
    ),
  );
}

const unreliable = (dead: readonly Domain[]): NotFound =>
  notFound(
    'unreliable',
    text('the processor’s energy counters are there but stand still or make no sense ({0})', dead.join(', ')),
    text('virtual machines and some firmware show dead counters; measure on the host, or update the firmware'),
  );
