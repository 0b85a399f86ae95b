/** From two snapshots of a meter to what its domains drew between them, as the attribution wants it. */
import type { Figure } from '../../base/figure';
import { figure } from '../../base/figure';
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import type { DomainSnapshot, MeterSnapshot } from '../../report/meter';
import type { SpanDomain } from '../../runs/attribution';

/** In seconds. Counters of processors are renewed every millisecond, but read with all that happens between. */
const RESOLUTION: Readonly<Record<DomainSnapshot['method'], number>> = { counter: 0.1, sampled: 1, model: 1 };

/** Some are renewed more seldom than they are read. */
const SLOW: Readonly<Record<string, number>> = { battery: 20, 'windows-battery': 20, 'apple-system': 60 };

/** A sensor that told less of the time than this has a hole. */
const WHOLE = 0.9;

export interface AroundDomains {
  readonly idleW: (domain: string) => Figure | null;
  /** Programs outside of all runs on a GPU. */
  readonly others: (domain: string) => number | null;
}

/** Domains that are added up. What a sensor told for a part of the time only is not told. */
export function domainsBetween(
  before: MeterSnapshot,
  after: MeterSnapshot,
  { idleW, others }: AroundDomains,
): readonly SpanDomain[] {
  const seconds = after.seconds - before.seconds;
  return after.domains
    .filter(({ counted }) => counted)
    .map(now => {
      const then = before.domains.find(({ domain }) => domain === now.domain);
      const told = now.seconds - (then?.seconds ?? 0);
      const energyJ = told >= WHOLE * seconds ? moved(then?.energyJ ?? null, now.energyJ) : null;
      return {
        ...around(now, { idleW, others }),
        energyJ,
        ...(energyJ === null && { reason: reasonOf(now.domain, after) }),
      };
    });
}

/** The same domains over a time when the meter was not there. */
export const untold = (snapshot: MeterSnapshot, reason: Text, known: AroundDomains): readonly SpanDomain[] =>
  snapshot.domains
    .filter(({ counted }) => counted)
    .map(domain => ({ ...around(domain, known), energyJ: null, reason }));

/** Mean power of each counted domain. */
export function powersBetween(before: MeterSnapshot, after: MeterSnapshot): ReadonlyMap<string, Figure> {
  const seconds = after.seconds - before.seconds;
  const none: AroundDomains = { idleW: () => null, others: () => null };
  const domains = seconds > 0 ? domainsBetween(before, after, none) : [];
  return new Map(
    domains.flatMap(({ domain, energyJ }): [string, Figure][] =>
      energyJ === null
        ? []
        : [
            [
              domain,
              figure(
                energyJ.value / seconds,
                energyJ.low / seconds,
                energyJ.high / seconds,
                energyJ.basis,
                energyJ.source,
              ),
            ],
          ],
    ),
  );
}

const around = (
  { domain, method, sensor }: DomainSnapshot,
  { idleW, others }: AroundDomains,
): Omit<SpanDomain, 'energyJ'> => ({
  domain,
  idleW: idleW(domain),
  others: others(domain),
  resolutionS: SLOW[sensor] ?? RESOLUTION[method],
});

function moved(before: Figure | null, after: Figure | null): Figure | null {
  if (after === null) return null;
  if (before === null) return after;
  const value = Math.max(0, after.value - before.value);
  const low = Math.min(value, Math.max(0, after.low - before.low));
  return figure(value, low, Math.max(value, after.high - before.high), after.basis, after.source);
}

const reasonOf = (domain: string, { gaps }: MeterSnapshot): Text =>
  gaps.findLast(gap => gap.domain === domain)?.reason ?? text('the sensor told nothing');
