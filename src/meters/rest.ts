/**
 * When a card that may sleep is left alone. Reading its monitor keeps it awake, so an idle one is not read for a while;
 * the kernel's own word on its state wakes nothing (Documentation/ABI/testing/sysfs-devices-power).
 */
import type { Text } from '../base/text';
import { text } from '../base/text';
import { wordOf } from './hwmon';
import type { Clocks, SysFiles } from './world';

/** Idle for so long, a card that may sleep is left alone. */
const IDLE_BEFORE_PAUSE = 30;
/** Left alone and still awake for so long, somebody else uses it: read on. */
const AWAKE_BEFORE_RESUME = 60;
const LONGEST_PATIENCE = 600;

export class Rest {
  #busyAt: number;
  #pausedAt: number | undefined;
  #slept = false;
  /** Doubles while the card turns out not to go to sleep when left alone. */
  #patience = IDLE_BEFORE_PAUSE;

  /** `busy` reads the load, which wakes the card as other readings do; so it is asked only while it is read. */
  constructor(
    readonly files: SysFiles,
    readonly clocks: Pick<Clocks, 'now'>,
    readonly device: string,
    readonly busy: () => boolean,
  ) {
    this.#busyAt = clocks.now();
  }

  /** Why the card may not be read now. */
  check(): Text | undefined {
    const now = this.clocks.now();
    if (isAsleep(this.files, this.device)) {
      this.#pausedAt ??= now;
      this.#slept = true;
      return text('the GPU sleeps, and asking it for its power would wake it');
    }
    if (this.#pausedAt !== undefined) {
      if (!this.#slept && now - this.#pausedAt < AWAKE_BEFORE_RESUME) return LEFT_ALONE;
      this.#patience = this.#slept ? IDLE_BEFORE_PAUSE : Math.min(2 * this.#patience, LONGEST_PATIENCE);
      this.#pausedAt = undefined;
      this.#slept = false;
      this.#busyAt = now;
      return undefined;
    }
    if (wordOf(this.files, `${this.device}/power/control`) !== 'auto') return undefined;
    if (this.busy()) this.#busyAt = now;
    if (now - this.#busyAt < this.#patience) return undefined;
    this.#pausedAt = now;
    return LEFT_ALONE;
  }
}

/** By the kernel's word, which wakes nothing. */
export const isAsleep = (files: SysFiles, device: string): boolean =>
  /^suspend/.test(wordOf(files, `${device}/power/runtime_status`));

const LEFT_ALONE = text('the GPU is idle and is left alone so that it can sleep');
