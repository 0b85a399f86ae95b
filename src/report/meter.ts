/**
 * What the energy meter says, as plain data: the status bar and the panel draw from the snapshot, the command line
 * prints `meterReport`, whose field names are public. Unknown is null, never 0.
 */
import type { Figure } from '../base/figure';
import { addFigures, figure, mapFigure } from '../base/figure';
import type { Text } from '../base/text';

/** The meter at one moment. Energies run from its start, powers are means over the last interval. */
export interface MeterSnapshot {
  readonly seconds: number;
  /** Sum of the counted domains that told something in the last interval. */
  readonly powerW: Figure | null;
  /** Sum of the counted domains; a lower bound while there are gaps. */
  readonly energyJ: Figure | null;
  readonly domains: readonly DomainSnapshot[];
  readonly sensors: readonly SensorSnapshot[];
  readonly gaps: readonly MeterGap[];
}

export interface DomainSnapshot {
  readonly domain: string;
  readonly sensor: string;
  readonly method: 'counter' | 'sampled' | 'model';
  /** Whether it enters the sums; else it is a part of another domain that does. */
  readonly counted: boolean;
  readonly powerW: Figure | null;
  readonly energyJ: Figure | null;
  /** For how long of the whole something was told. */
  readonly seconds: number;
  /** Process ids on a GPU, as its driver sees them; null where they are not told, and of other domains. */
  readonly users?: readonly number[] | null;
}

export type SensorStatus = 'ok' | 'absent' | 'denied' | 'unreliable' | 'asleep';

export interface SensorSnapshot {
  readonly id: string;
  readonly status: SensorStatus;
  readonly covers: readonly string[];
  readonly method: 'counter' | 'sampled' | 'model' | 'none';
  /** Why it covers nothing, or what to know of what it covers. */
  readonly reasons: readonly Text[];
  readonly remedy: Text | null;
}

/** Time that is in no sum. One entry per domain and reason. */
export interface MeterGap {
  readonly domain: string;
  readonly seconds: number;
  readonly reason: Text;
}

/** Energy between two snapshots of one meter, the later one second; null where either is unknown. */
export function energyBetween(before: MeterSnapshot, after: MeterSnapshot): Figure | null {
  return after.energyJ === null ? null : energyMoved(before.energyJ, after.energyJ);
}

/** What a running sum gained. */
export function energyMoved(before: Figure | null, after: Figure): Figure {
  if (before === null) return after;
  const moved = Math.max(0, after.value - before.value);
  return figure(
    moved,
    Math.min(moved, Math.max(0, after.low - before.low)),
    Math.max(moved, after.high - before.high),
    after.basis,
    after.source,
  );
}

/** Share of the energy that was measured and not modelled, 0 to 1; null while nothing is known. */
export function measuredShare({ domains }: Pick<MeterSnapshot, 'domains'>): number | null {
  const energies = domains.flatMap(({ counted, energyJ }) => (counted && energyJ !== null ? [energyJ] : []));
  const total = energies.reduce((sum, { value }) => sum + value, 0);
  const measured = energies.reduce((sum, { value, basis }) => sum + (basis === 'measured' ? value : 0), 0);
  return total > 0 ? measured / total : null;
}

/** `meter --format json`. */
export interface MeterReport {
  readonly schemaVersion: 1;
  readonly sensors: readonly {
    readonly id: string;
    readonly status: SensorStatus;
    readonly covers: readonly string[];
    readonly method: SensorSnapshot['method'];
    readonly reason: string | null;
    readonly remedy: string | null;
  }[];
  readonly seconds: number;
  readonly energyJ: Figure | null;
  /** Mean over the covered time. */
  readonly powerW: Figure | null;
  /** The domains that `energyJ` is the sum of. */
  readonly coverage: readonly string[];
  readonly measuredShare: number | null;
  readonly byDomain: Readonly<
    Record<
      string,
      {
        readonly energyJ: Figure | null;
        readonly powerW: Figure | null;
        readonly sensor: string;
        readonly counted: boolean;
      }
    >
  >;
  readonly gaps: readonly { readonly domain: string; readonly seconds: number; readonly reason: string }[];
}

export function meterReport(snapshot: MeterSnapshot, words: (message: Text) => string): MeterReport {
  const { domains } = snapshot;
  return {
    schemaVersion: 1,
    sensors: snapshot.sensors.map(({ id, status, covers, method, reasons, remedy }) => ({
      id,
      status,
      covers,
      method,
      reason: reasons.length > 0 ? reasons.map(reason => words(reason)).join('; ') : null,
      remedy: remedy && words(remedy),
    })),
    seconds: snapshot.seconds,
    energyJ: snapshot.energyJ,
    powerW: addFigures(domains.filter(({ counted }) => counted).flatMap(meanPower)) ?? null,
    coverage: coverageOf(snapshot),
    measuredShare: measuredShare(snapshot),
    byDomain: Object.fromEntries(
      domains.map(part => [
        part.domain,
        { energyJ: part.energyJ, powerW: meanPower(part)[0] ?? null, sensor: part.sensor, counted: part.counted },
      ]),
    ),
    gaps: snapshot.gaps.map(({ reason, ...gap }) => ({ ...gap, reason: words(reason) })),
  };
}

/** The domains that entered the energy. */
export const coverageOf = ({ domains }: Pick<MeterSnapshot, 'domains'>): readonly string[] =>
  domains.filter(({ counted, energyJ }) => counted && energyJ !== null).map(({ domain }) => domain);

const meanPower = ({ energyJ, seconds }: DomainSnapshot): readonly Figure[] =>
  energyJ === null || seconds <= 0 ? [] : [mapFigure(energyJ, energy => energy / seconds)];
