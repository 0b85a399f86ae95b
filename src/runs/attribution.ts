/**
 * Whose energy it was: adds up, span by span, which part of each domain's energy belongs to each run. Attributed energy
 * is the run's share of everything that was drawn, idle included; marginal energy its share of what was drawn above the
 * idle of the same machine. Shares come from shares.ts; whatever has no known share is listed, never guessed.
 * Holds constant memory however long a run lasts.
 */
import type { Basis, Figure } from '../base/figure';
import { combine, figure, weaker } from '../base/figure';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { Load, Range, Rule, Share } from './shares';
import { sharesOf } from './shares';

/** From one reading of the meter to the next. Only domains that are added up, so none lies within another. */
export interface Span extends Load {
  readonly domains: readonly SpanDomain[];
}

export interface SpanDomain {
  readonly domain: string;
  /** Null with a reason where the sensor told nothing. */
  readonly energyJ: Figure | null;
  readonly reason?: Text;
  /** The domain's power when nothing runs; null where it was never seen idle. */
  readonly idleW: Figure | null;
  /** Programs outside of all runs on this GPU; null where that is not known; of no meaning elsewhere. */
  readonly others: number | null;
  /** What is shorter cannot be told from what was before and after it. */
  readonly resolutionS: number;
}

/** Plain data, as it goes into a record. */
export interface RunEnergy {
  /** `unresolved`: too short for the sensors. `unknown`: nothing could be attributed. `partial`: some domains were not. */
  readonly status: 'resolved' | 'partial' | 'unresolved' | 'unknown';
  readonly seconds: number;
  /** Over the domains in `shares`, times the PUE where there is one. */
  readonly attributedJ: Figure | null;
  /** Null where no idle is known; above the idle that `shares` names. */
  readonly marginalJ: Figure | null;
  /** Of the data centre around the machine; null where there is none. */
  readonly pue: Figure | null;
  readonly shares: readonly DomainShare[];
  readonly unattributed: readonly Unattributed[];
}

/** One domain under one rule. Without PUE. */
export interface DomainShare {
  readonly domain: string;
  readonly rule: Rule;
  readonly seconds: number;
  /** All that the domain drew in these spans. */
  readonly deviceJ: Figure;
  /** Mean share of it that is the run's. */
  readonly share: Range;
  readonly energyJ: Figure;
  readonly marginalJ: Figure | null;
  readonly idleW: Figure | null;
}

export interface Unattributed {
  readonly domain: string;
  readonly seconds: number;
  /** What the domain drew meanwhile: the run's part is between nothing and this. Null where that is not known either. */
  readonly atMostJ: Figure | null;
  readonly reason: Text;
}

/** What other programs, or nobody, drew beside the runs. */
export interface DomainRest {
  readonly domain: string;
  readonly deviceJ: Figure;
  readonly restJ: Figure;
}

export class Attribution {
  readonly #runs = new Map<string, RunTally>();
  readonly #domains = new Map<string, { readonly device: Sum; readonly given: Sum; basis: Basis; source: string }>();

  add(span: Span): void {
    for (const run of span.runs) {
      const tally = this.#tally(run.id);
      tally.seconds += run.livedS;
      tally.cpuS += run.cpuS ?? 0;
    }
    for (const domain of span.domains) this.#addDomain(domain, span);
  }

  /** The run's account up to now. */
  of(run: string, pue: Figure | null = null): RunEnergy {
    return this.#tally(run).account(pue);
  }

  /** Device energy is that of all runs and this, to the last joule: nothing is given twice. */
  rest(): readonly DomainRest[] {
    return [...this.#domains].map(([domain, { device, given, basis, source }]) => {
      const value = Math.max(0, device.value - given.value);
      const low = Math.min(value, Math.max(0, device.low - given.high));
      const high = Math.max(value, device.high - given.low);
      return {
        domain,
        deviceJ: figure(device.value, device.low, device.high, basis, source),
        restJ: figure(value, low, high, basis, source),
      };
    });
  }

  /** Ends the account of a run that is over. */
  forget(run: string): void {
    this.#runs.delete(run);
  }

  #tally(id: string): RunTally {
    const known = this.#runs.get(id);
    if (known !== undefined) return known;
    const fresh = new RunTally();
    this.#runs.set(id, fresh);
    return fresh;
  }

  #whole(domain: string, energy: Figure): { readonly given: Sum } {
    const known = this.#domains.get(domain) ?? { device: nothing(), given: nothing(), ...energy };
    addTo(known.device, energy);
    known.basis = weaker(known.basis, energy.basis);
    this.#domains.set(domain, known);
    return known;
  }

  #addDomain(domain: SpanDomain, span: Span): void {
    const livedS = (id: string): number => span.runs.find(run => run.id === id)?.livedS ?? 0;
    const { energyJ } = domain;
    if (energyJ === null) {
      const reason = domain.reason ?? text('the sensor told nothing');
      for (const { id } of span.runs) this.#tally(id).miss(domain.domain, livedS(id), null, reason);
      return;
    }
    const whole = this.#whole(domain.domain, energyJ);
    const shares = sharesOf(domain.domain, span, domain.others);
    if (!shares.known) {
      for (const id of shares.runs) this.#tally(id).miss(domain.domain, livedS(id), energyJ, shares.reason);
      return;
    }
    for (const share of shares.shares) {
      const part = partOf(energyJ, domain.idleW, share, span.seconds);
      addTo(whole.given, part);
      this.#tally(share.id).book(domain, energyJ, share, part, span.seconds, livedS(share.id));
    }
    if (domain.domain.startsWith('gpu:')) return;
    for (const { id, cpuS } of span.runs) {
      if (cpuS !== null) continue;
      this.#tally(id).miss(domain.domain, livedS(id), energyJ, text('the CPU time of its processes is not told here'));
    }
  }
}

interface Sum {
  value: number;
  low: number;
  high: number;
}

const nothing = (): Sum => ({ value: 0, low: 0, high: 0 });

function addTo(sum: Sum, { value, low, high }: Range, times = 1): void {
  sum.value += times * value;
  sum.low += times * low;
  sum.high += times * high;
}

interface ShareTally {
  readonly domain: string;
  readonly rule: Rule;
  readonly resolutionS: number;
  seconds: number;
  livedS: number;
  basis: Basis;
  readonly sources: Set<string>;
  readonly device: Sum;
  readonly energy: Sum;
  readonly marginal: Sum;
  /** Energy of the idle, over the seconds where it was known. */
  readonly idle: Sum;
  idleS: number;
  idleBasis: Basis;
}

interface MissTally {
  readonly domain: string;
  readonly reason: Text;
  seconds: number;
  energy: Sum | undefined;
  basis: Basis;
  source: string;
}

/** Fewer ticks of the processor's clock (a hundredth of a second each) than two say nothing of a share. */
const LEAST_CPU_S = 0.02;

/** Of a domain of which one run had so much, the sensor's own error covers what the rule leaves open. */
const ALL_BUT = 0.95;

class RunTally {
  seconds = 0;
  cpuS = 0;
  readonly #shares = new Map<string, ShareTally>();
  readonly #misses = new Map<string, MissTally>();

  book(domain: SpanDomain, energy: Figure, share: Share, part: Range, seconds: number, livedS: number): void {
    const key = `${domain.domain} ${share.rule}`;
    const tally = this.#shares.get(key) ?? emptyShare(domain, share.rule);
    this.#shares.set(key, tally);
    tally.seconds += seconds;
    tally.livedS += livedS;
    tally.basis = weaker(tally.basis, energy.basis);
    tally.sources.add(energy.source);
    addTo(tally.device, energy);
    addTo(tally.energy, part);
    const { idleW } = domain;
    if (idleW === null) return;
    addTo(tally.marginal, marginalOf(energy, idleW, share, seconds));
    addTo(tally.idle, idleW, seconds);
    tally.idleS += seconds;
    tally.idleBasis = weaker(tally.idleBasis, idleW.basis);
  }

  miss(domain: string, seconds: number, energy: Figure | null, reason: Text): void {
    const key = `${domain} ${energy === null} ${reason.template}`;
    const tally: MissTally = this.#misses.get(key) ?? {
      domain,
      reason,
      seconds: 0,
      energy: undefined,
      basis: 'measured',
      source: energy?.source ?? '',
    };
    this.#misses.set(key, tally);
    tally.seconds += seconds;
    if (energy === null) return;
    tally.energy ??= nothing();
    addTo(tally.energy, energy);
    tally.basis = weaker(tally.basis, energy.basis);
  }

  account(pue: Figure | null): RunEnergy {
    const tallies = [...this.#shares.values()];
    const resolved = tallies.filter(tally => this.#resolves(tally, tallies));
    const tooShort = tallies.filter(tally => !resolved.includes(tally));
    const shares = resolved.map(shareOf);
    const unattributed = [...[...this.#misses.values()].map(missOf), ...tooShort.map(unresolvedOf)];
    const marginals = shares.flatMap(({ marginalJ }) => (marginalJ === null ? [] : [marginalJ]));
    const attributed = total(shares.map(({ energyJ }) => energyJ));
    const known = shares.length > 0;
    return {
      status: known
        ? unattributed.length > 0
          ? 'partial'
          : 'resolved'
        : tooShort.length > 0
          ? 'unresolved'
          : 'unknown',
      seconds: this.seconds,
      attributedJ: attributed && pue ? combine(attributed, pue, (energy, factor) => energy * factor) : attributed,
      // An energy above idle of some of the domains would be compared with one of all.
      marginalJ: marginals.length === shares.length ? total(marginals) : null,
      pue,
      shares,
      unattributed,
    };
  }

  #resolves({ rule, resolutionS, domain }: ShareTally, all: readonly ShareTally[]): boolean {
    const lived = all.filter(other => other.domain === domain).reduce((sum, { livedS }) => sum + livedS, 0);
    return lived >= resolutionS && (rule.startsWith('gpu') || this.cpuS >= LEAST_CPU_S);
  }
}

const emptyShare = ({ domain, resolutionS }: SpanDomain, rule: Rule): ShareTally => ({
  domain,
  rule,
  resolutionS,
  seconds: 0,
  livedS: 0,
  basis: 'measured',
  sources: new Set(),
  device: nothing(),
  energy: nothing(),
  marginal: nothing(),
  idle: nothing(),
  idleS: 0,
  idleBasis: 'measured',
});

/**
 * Idle by the plain share, work above it by the share with its range. A machine may for a moment draw less than the idle
 * that was seen: then all of it is idle.
 */
function partOf(energy: Figure, idleW: Figure | null, { active, idle: share }: Share, seconds: number): Range {
  if (idleW === null) {
    // Of an unknown mixture of idle and work, all may be either.
    const { value, low, high } = active;
    return {
      value: value * energy.value,
      low: Math.min(low, share) * energy.low,
      high: Math.max(high, share) * energy.high,
    };
  }
  const split = (whole: number, idle: number, part: number): number => {
    const resting = Math.max(0, Math.min(whole, idle * seconds));
    return (whole - resting) * part + resting * share;
  };
  return {
    value: split(energy.value, idleW.value, active.value),
    low: Math.min(split(energy.low, idleW.low, active.low), split(energy.low, idleW.high, active.low)),
    high: Math.max(split(energy.high, idleW.low, active.high), split(energy.high, idleW.high, active.high)),
  };
}

/** Not cut at 0 here: noise below idle must cancel noise above it. */
function marginalOf(energy: Figure, idleW: Figure, { active }: Share, seconds: number): Range {
  const above = energy.value - idleW.value * seconds;
  const least = energy.low - idleW.high * seconds;
  const most = energy.high - idleW.low * seconds;
  return {
    value: above * active.value,
    low: Math.min(least * active.low, least * active.high),
    high: Math.max(most * active.low, most * active.high),
  };
}

function shareOf(tally: ShareTally): DomainShare {
  const { domain, rule, device, energy, marginal, seconds } = tally;
  const source = [...tally.sources].join('; ');
  const measured = device.value > 0 ? energy.value / device.value : 0;
  const part = (end: 'low' | 'high'): number => (device[end] > 0 ? energy[end] / device[end] : measured);
  const share = { value: measured, low: Math.min(measured, part('low')), high: Math.max(measured, part('high')) };
  // A part by a rule is modelled, unless the run had practically all of it.
  const basis = rule === 'gpu-alone' || share.low >= ALL_BUT ? tally.basis : weaker(tally.basis, 'modelled');
  const idle = tally.idleS > 0 ? mean(tally.idle, tally.idleS) : undefined;
  return {
    domain,
    rule,
    seconds,
    deviceJ: figure(device.value, device.low, device.high, tally.basis, source),
    share,
    energyJ: figure(energy.value, energy.low, energy.high, basis, source),
    marginalJ:
      tally.idleS < seconds - 1e-9 || tally.idleS === 0
        ? null
        : figure(
            Math.max(0, marginal.value),
            Math.max(0, Math.min(marginal.low, marginal.value)),
            Math.max(0, marginal.high, marginal.value),
            weaker(basis, tally.idleBasis),
            source,
          ),
    idleW: idle ? figure(idle.value, idle.low, idle.high, tally.idleBasis, source) : null,
  };
}

const mean = ({ value, low, high }: Sum, over: number): Range => ({
  value: value / over,
  low: low / over,
  high: high / over,
});

const missOf = ({ domain, reason, seconds, energy, basis, source }: MissTally): Unattributed => ({
  domain,
  seconds,
  atMostJ: energy ? figure(energy.value, energy.low, energy.high, basis, source) : null,
  reason,
});

const unresolvedOf = (tally: ShareTally): Unattributed => ({
  domain: tally.domain,
  seconds: tally.livedS,
  atMostJ: shareOf(tally).deviceJ,
  reason: text('shorter than this sensor can tell apart'),
});

/** Sources are named once each: a run under two rules would else repeat them. */
function total(figures: readonly Figure[]): Figure | null {
  const [first] = figures;
  if (first === undefined) return null;
  const sum = nothing();
  for (const one of figures) addTo(sum, one);
  const sources = new Set(figures.flatMap(({ source }) => source.split('; ')));
  const basis = figures.reduce((weakest, { basis: next }) => weaker(weakest, next), first.basis);
  return figure(sum.value, sum.low, sum.high, basis, [...sources].join('; '));
}
