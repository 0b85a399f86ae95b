/**
 * A board's energy from its counter, checked against its power. A counter that stands still or leaps is replaced by
 * integrated power for that while; where the two disagree over a minute, both are in the range.
 */
import type { Figure } from '../base/figure';
import { figure } from '../base/figure';
import type { Joules, Seconds } from '../base/units';
import { joules } from '../base/units';
import type { GpuLine } from './nvidiaLines';
import { MOST_WATTS } from './nvidiaLines';

export class BoardEnergy {
  #line: GpuLine;
  #at: number;
  /** Heard and not yet told; below 0 where more was told than heard. */
  #waiting = 0;
  readonly #check = { counted: 0, integrated: 0, seconds: 0 };
  /** Integrated power over the counter, in the last minute of both. */
  #ratio = 1;

  constructor(line: GpuLine, at: number) {
    this.#line = line;
    this.#at = at;
  }

  /** A further line of this board. */
  hear(line: GpuLine, at: number): void {
    const time = at - this.#at;
    const counted = this.#counted(line, time);
    const integrated = this.#integrated(line, time);
    this.#waiting += counted ?? integrated ?? 0;
    if (counted !== undefined && integrated !== undefined) this.#compare(counted, integrated, time);
    this.#line = line;
    this.#at = at;
  }

  /** What is to be told for a span that ends now; undefined where nothing is known. */
  take(elapsed: Seconds): Figure<Joules> | undefined {
    if (this.#waiting > 0) {
      const energy = this.#waiting;
      this.#waiting = 0;
      return this.#figure(energy);
    }
    // Lines come twice a span. Should one be late, its power stands in, and is taken off what comes.
    const { power } = this.#line;
    if (power === undefined) return undefined;
    this.#waiting -= power * elapsed;
    return this.#figure(power * elapsed);
  }

  #counted({ energy }: GpuLine, time: number): number | undefined {
    const before = this.#line.energy;
    if (energy === undefined || before === undefined) return undefined;
    const counted = Number(energy - before) / 1000;
    return counted > 0 && counted <= MOST_WATTS * time ? counted : undefined;
  }

  #integrated({ power }: GpuLine, time: number): number | undefined {
    return power === undefined || time > LONGEST_S ? undefined : ((this.#line.power ?? power) + power) * 0.5 * time;
  }

  #compare(counted: number, integrated: number, time: number): void {
    const check = this.#check;
    check.counted += counted;
    check.integrated += integrated;
    check.seconds += time;
    if (check.seconds < CHECK_S) return;
    this.#ratio = check.integrated / check.counted;
    check.counted = check.integrated = check.seconds = 0;
  }

  #figure(energy: number): Figure<Joules> {
    const apart = this.#ratio > AGREE || this.#ratio < 1 / AGREE;
    const [low, high] = apart ? [Math.min(1, this.#ratio), Math.max(1, this.#ratio)] : [1, 1];
    const source = apart ? 'NVML energy counter, from which its power differs' : 'NVML energy counter';
    const value = joules(energy);
    return figure(value, joules(energy * low * (1 - ERROR)), joules(energy * high * (1 + ERROR)), 'measured', source);
  }
}

/** Longer between two lines, the power at their ends says nothing of the time between. */
const LONGEST_S = 5;
const CHECK_S = 60;
/** A power that is an average over a second, looked at a part of the time, strays by less than this in a minute. */
const AGREE = 1.15;
/** NVIDIA states 5 % for power; the counter is the same sensor summed up on the board. */
const ERROR = 0.05;
