/**
 * Which sensor tells which domain, and which domains are added up: a pure function over probe answers. Every vendor
 * that answers is used; what lies within something else that is counted is shown beside it and never added.
 */
import type { Domain, Found, Method, Probe } from './meter';

export interface Answer {
  readonly id: string;
  readonly probe: Probe;
}

export interface Part {
  readonly domain: Domain;
  /** Id of the sensor. */
  readonly sensor: string;
  readonly method: Method;
  /** Whether it enters the total; else it lies within another part that does. */
  readonly counted: boolean;
}

export function choose(answers: readonly Answer[]): readonly Part[] {
  const measured = best(answers.filter(({ probe }) => probe.ok && probe.method !== 'model'));
  const counters = [...measured].filter(([, { method }]) => method === 'counter').map(([domain]) => domain);
  const roots = countedOf([...measured.keys()], counters);
  const modelled = [...best(answers.filter(({ probe }) => probe.ok && probe.method === 'model'))].filter(
    ([domain]) => !measured.has(domain) && !roots.some(root => contains(root, domain)),
  );
  // Measured cores do not make a measured package: the modelled whole is added, the cores are shown.
  const fill = modelled.map(([domain]) => domain);
  const counted = new Set([...roots.filter(root => !fill.some(domain => contains(domain, root))), ...fill]);
  return [...measured, ...modelled].map(([domain, { id, method }]) => ({
    domain,
    sensor: id,
    method,
    counted: counted.has(domain),
  }));
}

/** The domains whose sum is the most that was measured without counting anything twice. */
function countedOf(domains: readonly Domain[], counters: readonly Domain[]): readonly Domain[] {
  const usable = domains.filter(domain => {
    // With package and memory at hand the platform counter is not needed; it rests on the maker's calibration.
    if (domain === 'psys') return !(domains.includes('cpu-package') && domains.includes('dram'));
    // A battery or power supply is read seldom and feeds the screen and the fans, too: counters tell more of the work.
    if (domain === 'machine') return !PROCESSOR.some(part => counters.includes(part));
    return true;
  });
  return usable.filter(domain => !usable.some(other => contains(other, domain)));
}

const PROCESSOR: readonly Domain[] = ['cpu-package', 'psys', 'module'];

/** What a domain physically includes. GPUs on cards of their own are in no other domain than a module's. */
const INCLUDES: Readonly<Record<string, readonly string[]>> = {
  machine: ['module', 'cpu-package', 'cpu-core', 'uncore', 'dram', 'psys', 'gpu'],
  module: ['cpu-package', 'cpu-core', 'uncore', 'dram', 'psys', 'gpu'],
  psys: ['cpu-package', 'cpu-core', 'uncore', 'dram'],
  'cpu-package': ['cpu-core', 'uncore'],
};

export function contains(whole: Domain, part: Domain): boolean {
  return INCLUDES[whole]?.includes(part.replace(/:.*/, '')) ?? false;
}

/** For each domain the sensor with the best method; between equals the one that was asked first. */
function best(answers: readonly Answer[]): Map<Domain, { readonly id: string; readonly method: Method }> {
  const chosen = new Map<Domain, { readonly id: string; readonly method: Method }>();
  for (const { id, probe } of answers) {
    const { covers, method } = probe as Found;
    for (const domain of covers) {
      const rival = chosen.get(domain);
      if (rival === undefined || RANK[method] < RANK[rival.method]) chosen.set(domain, { id, method });
    }
  }
  return chosen;
}

const RANK: Readonly<Record<Method, number>> = { counter: 0, sampled: 1, model: 2 };
