/** Input sizes that the user gave, remembered by file and model in the workspace, until they are forgotten. */
import type { Memento } from 'vscode';
import type { Disposable } from '../base/store';
import type { GivenInputs } from './reports';

export interface Inputs {
  readonly of: (key: string) => readonly GivenInputs[];
  /** SPECs as on the command line; none: as if never given. */
  remember(key: string, model: string, specs: readonly string[]): Promise<void>;
  /** Of one file, or of all. Resolves to how many models had any. */
  forget(key?: string): Promise<number>;
  onChange(listener: (key: string) => void): Disposable;
}

const PREFIX = 'inputs:';

export function createInputs(state: Memento): Inputs {
  const listeners = new Set<(key: string) => void>();
  const of = (key: string): readonly GivenInputs[] => {
    const stored = state.get<Readonly<Record<string, readonly string[]>>>(PREFIX + key) ?? {};
    return Object.entries(stored).map(([model, specs]) => ({ model, specs }));
  };
  const store = async (key: string, given: readonly GivenInputs[]): Promise<void> => {
    const entries = given.filter(({ specs }) => specs.length > 0).map(({ model, specs }) => [model, specs] as const);
    await state.update(PREFIX + key, entries.length > 0 ? Object.fromEntries(entries) : undefined);
    for (const listener of [...listeners]) listener(key);
  };
  return {
    of,
    remember: (key, model, specs) => store(key, [...of(key).filter(given => given.model !== model), { model, specs }]),
    forget: async key => {
      const keys = key === undefined ? state.keys().filter(name => name.startsWith(PREFIX)) : [PREFIX + key];
      const counts = keys.map(name => of(name.slice(PREFIX.length)).length);
      for (const name of keys) await store(name.slice(PREFIX.length), []);
      return counts.reduce((sum, count) => sum + count, 0);
    },
    onChange: listener => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  };
}
