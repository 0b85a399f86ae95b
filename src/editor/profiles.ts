/** What was measured, by file and model, as long as the window lives; out of date once the model is another one. */
import type { Disposable } from '../base/store';
import type { ProfileResult } from '../report/profile';
import { sameSizes } from '../report/profile';
import type { LayerReport, ModelReport } from '../report/view';

export interface KeptProfile {
  /** The model as it was run: the layers of the result are its. */
  readonly model: ModelReport;
  readonly result: ProfileResult;
  /** Stands for the text that was measured; null where no editor had it. */
  readonly text: string | null;
  /** In milliseconds since 1970. */
  readonly when: number;
}

/** What a profile is to the model as it is now. */
export type Standing = 'current' | 'other-sizes' | 'outdated';

/**
 * The model itself is compared, not the version of its text: a file that it imports may have changed, versions begin
 * anew when a file is opened again, and a comment changes nothing.
 */
export function standing({ model }: KeptProfile, now: ModelReport | undefined): Standing {
  if (now === undefined || now.parameters !== model.parameters) return 'outdated';
  if (!sameSizes(model.inputs, now.inputs)) return 'other-sizes';
  const same = now.layers.length === model.layers.length && now.layers.every((layer, index) => isSame(layer, model.layers[index])); // prettier-ignore
  return same ? 'current' : 'outdated';
}

const isSame = (one: LayerReport, other: LayerReport | undefined): boolean =>
  other !== undefined &&
  one.path === other.path &&
  one.call === other.call &&
  one.op === other.op &&
  one.parameters === other.parameters &&
  one.macs === other.macs &&
  one.flops === other.flops &&
  one.bytes === other.bytes &&
  one.outputs.join() === other.outputs.join();

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
