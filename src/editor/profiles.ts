/** What was measured, by file and model, as long as the window lives; out of date once the text is another one. */
import type { Disposable } from '../base/store';
import type { ProfileResult } from '../report/profile';
import type { ModelReport } from '../report/view';

export interface KeptProfile {
  /** The model as it was run: the layers of the result are its. */
  readonly model: ModelReport;
  readonly result: ProfileResult;
  /** Of the text that was measured. */
  readonly version: number;
  /** In milliseconds since 1970. */
  readonly when: number;
}

/** More than anybody compares. */
const MOST_EARLIER = 8;

export class Profiles {
  readonly #files = new Map<string, Map<string, KeptProfile[]>>();
  readonly #listeners = new Set<(key: string) => void>();

  /** The newest of each model, the model that was measured last at the end. */
  of(key: string): ReadonlyMap<string, KeptProfile> {
    const models = [...(this.#files.get(key) ?? [])];
    return new Map(models.flatMap(([model, [newest]]) => (newest === undefined ? [] : [[model, newest]])));
  }

  /** Before the newest, newest first. */
  earlier(key: string, model: string): readonly KeptProfile[] {
    return this.#files.get(key)?.get(model)?.slice(1) ?? [];
  }

  /** Files that something was measured of, the last one first. */
  files(): readonly string[] {
    return [...this.#files.keys()].reverse();
  }

  keep(key: string, profile: KeptProfile): void {
    const models = this.#files.get(key) ?? new Map<string, KeptProfile[]>();
    const { name } = profile.model;
    const before = models.get(name) ?? [];
    models.delete(name);
    models.set(name, [profile, ...before].slice(0, MOST_EARLIER + 1));
    this.#files.delete(key);
    this.#files.set(key, models);
    for (const listener of [...this.#listeners]) listener(key);
  }

  onChange(listener: (key: string) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }
}
