/**
 * The power of the last seconds, minutes, hours and days in constant memory: four rings of ever longer steps. Each step
 * keeps the energy and the time it was told for, so a mean over a gap is not one of zeros, and the least and the most.
 */
export interface TracePoint {
  /** Where the step begins and how long it is. */
  readonly atS: number;
  readonly stepS: number;
  /** For how much of it something was told. */
  readonly toldS: number;
  readonly meanW: number;
  readonly lowW: number;
  readonly highW: number;
}

/** A second for ten minutes, ten for two hours, a minute for a day, ten minutes for a week, and a step at either end. */
const RINGS: readonly (readonly [stepS: number, slots: number])[] = [
  [1, 602],
  [10, 722],
  [60, 1442],
  [600, 1010],
];

export class Trace {
  readonly #rings = RINGS.map(([stepS, slots]) => new Ring(stepS, slots));
  #latest = -Infinity;

  /** A span that ends at a moment, with its mean power. Moments must not go back; one that does is left out. */
  add(atS: number, seconds: number, watts: number): void {
    if (!(seconds > 0) || !Number.isFinite(watts) || atS < this.#latest) return;
    this.#latest = atS;
    for (const ring of this.#rings) ring.add(atS, seconds, watts);
  }

  /** From the first to the second moment, in at most so many steps; what was not told is left out. */
  points(fromS: number, toS: number, most: number): readonly TracePoint[] {
    // The finest ring that still holds the beginning and has not too many steps for the span.
    const ring =
      this.#rings.find(({ stepS, slots }) => {
        const reaches = fromS >= this.#latest - stepS * (slots - 1);
        return reaches && (toS - fromS) / stepS <= most;
      }) ?? this.#rings.at(-1);
    if (ring === undefined) return [];
    const points = ring.between(fromS, toS);
    const merge = Math.ceil(((toS - fromS) / ring.stepS + 1) / most);
    return merge <= 1 ? points : merged(points, merge * ring.stepS);
  }

  /** How much memory it takes, whatever it holds. */
  get bytes(): number {
    return this.#rings.reduce((sum, ring) => sum + ring.bytes, 0);
  }
}

class Ring {
  /** Number of the step in each slot; a slot is used again when its step has passed. */
  readonly #steps: Float64Array;
  readonly #joules: Float64Array;
  readonly #told: Float64Array;
  readonly #low: Float64Array;
  readonly #high: Float64Array;

  constructor(
    readonly stepS: number,
    readonly slots: number,
  ) {
    this.#steps = new Float64Array(slots).fill(NaN);
    this.#joules = new Float64Array(slots);
    this.#told = new Float64Array(slots);
    this.#low = new Float64Array(slots);
    this.#high = new Float64Array(slots);
  }

  get bytes(): number {
    return 5 * 8 * this.slots;
  }

  /** A span belongs to the step that its middle is in: a reading is seldom on the second. */
  add(atS: number, seconds: number, watts: number): void {
    const step = Math.floor((atS - seconds / 2) / this.stepS);
    const slot = ((step % this.slots) + this.slots) % this.slots;
    if (this.#steps[slot] !== step) {
      this.#steps[slot] = step;
      this.#joules[slot] = this.#told[slot] = 0;
      this.#low[slot] = Infinity;
      this.#high[slot] = -Infinity;
    }
    this.#joules[slot] = (this.#joules[slot] ?? 0) + watts * seconds;
    this.#told[slot] = (this.#told[slot] ?? 0) + seconds;
    this.#low[slot] = Math.min(this.#low[slot] ?? Infinity, watts);
    this.#high[slot] = Math.max(this.#high[slot] ?? -Infinity, watts);
  }

  between(fromS: number, toS: number): readonly TracePoint[] {
    const points: TracePoint[] = [];
    const first = Math.floor(fromS / this.stepS);
    for (let step = Math.max(first, Math.floor(toS / this.stepS) - this.slots + 1); step * this.stepS < toS; step++) {
      const slot = ((step % this.slots) + this.slots) % this.slots;
      const toldS = this.#told[slot] ?? 0;
      if (this.#steps[slot] !== step || toldS === 0) continue;
      points.push({
        atS: step * this.stepS,
        stepS: this.stepS,
        toldS,
        meanW: (this.#joules[slot] ?? 0) / toldS,
        lowW: this.#low[slot] ?? 0,
        highW: this.#high[slot] ?? 0,
      });
    }
    return points;
  }
}

function merged(points: readonly TracePoint[], stepS: number): readonly TracePoint[] {
  const steps = new Map<number, TracePoint>();
  for (const point of points) {
    const step = Math.floor(point.atS / stepS);
    const known = steps.get(step);
    steps.set(step, known ? joined(known, point) : { ...point, atS: step * stepS, stepS });
  }
  return [...steps.values()];
}

const joined = (a: TracePoint, b: TracePoint): TracePoint => ({
  ...a,
  toldS: a.toldS + b.toldS,
  meanW: (a.meanW * a.toldS + b.meanW * b.toldS) / (a.toldS + b.toldS),
  lowW: Math.min(a.lowW, b.lowW),
  highW: Math.max(a.highW, b.highW),
});
