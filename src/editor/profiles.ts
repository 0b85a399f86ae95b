/** What was measured, by file and model, as long as the window lives; out of date once the text is another one. */
import type { Disposable } from '../base/store';
import type { ProfileResult } from '../report/profile';

export interface KeptProfile {
  readonly result: ProfileResult;
  /** Of the text that was measured. */
  readonly version: number;
}

export class Profiles {
  readonly #files = new Map<string, Map<string, KeptProfile>>();
  readonly #listeners = new Set<(key: string) => void>();

  of(key: string): ReadonlyMap<string, KeptProfile> {
    return this.#files.get(key) ?? new Map<string, KeptProfile>();
  }

  keep(key: string, model: string, profile: KeptProfile): void {
    const models = this.#files.get(key) ?? new Map<string, KeptProfile>();
    this.#files.set(key, models.set(model, profile));
    for (const listener of [...this.#listeners]) listener(key);
  }

  onChange(listener: (key: string) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }
}
