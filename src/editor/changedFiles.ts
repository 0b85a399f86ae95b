/** Python files that have changed on the disk, gathered for a moment: whatever imports them is read again. */
import type { Disposable } from '../base/store';

/** Saving all, or checking out another branch, changes many at once. */
const PAUSE_MS = 1000;

export class ChangedFiles implements Disposable {
  readonly #changed = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly told: (changed: ReadonlySet<string>) => void,
    readonly pauseMs = PAUSE_MS,
  ) {}

  add(key: string): void {
    this.#changed.add(key);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const changed = new Set(this.#changed);
      this.#changed.clear();
      this.told(changed);
    }, this.pauseMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}

/**
 * Whether the report of a file may be another one then. Which files it imports is not known here; they are few enough
 * to read again. Saving a file that is open changes nothing in its own text.
 */
export function isConcerned(key: string, changed: ReadonlySet<string>, isOpen: boolean): boolean {
  if (/\.onnx$/i.test(key)) return false;
  return !(isOpen && changed.size === 1 && changed.has(key));
}
