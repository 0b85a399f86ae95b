/** The user's settings with their types. Read when asked for: nothing is cached, so nothing goes stale. */
import { isAbsolute, join } from 'node:path';
import { type Uri, workspace } from 'vscode';
import type { Store } from '../base/store';
import type { RunPatterns } from '../services/ports/work';
import { settings } from './ids';

export type Surface = 'codeLens' | 'hover' | 'lineHints' | 'heatBar' | 'diagnostics' | 'codeActions' | 'statusBar';

export interface Settings {
  isOn(surface: Surface): boolean;
  /** Absolute folders. */
  searchPath(file: Uri): readonly string[];
  /** Undefined: guessed, and said to be a guess. */
  region(): string | undefined;
  /** Power beyond which the meter is coloured; 0: never. */
  warnAboveWatts(): number;
  /** Undefined: this machine. */
  device(): string | undefined;
  profileDevice(): string;
  profileSeconds(): number;
  /** Whether profiles in PyTorch time the backward pass too. */
  torchBackward(): boolean;
  /** Of generated weights that are kept; 0: none are. */
  weightCacheBytes(): number;
  /** Another address of the file that CUDA is set up from. */
  cudaPackage(): string | undefined;
  /** Whether tasks, terminal commands, debug sessions and cells are recorded. */
  recordsRuns(): boolean;
  runPatterns(): RunPatterns;
  /** Runs after one of these settings changed. */
  onChange(names: readonly (keyof typeof settings)[], run: () => void): void;
}

export function createSettings(store: Store): Settings {
  const get = (name: string, file?: Uri): unknown => workspace.getConfiguration(undefined, file).get(name);
  // A settings file holds whatever its writer put there.
  const words = (name: string): string | undefined => {
    const value = get(name);
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  return {
    isOn: surface => get(settings[surface]) !== false,
    searchPath: file => {
      const folder = workspace.getWorkspaceFolder(file)?.uri.fsPath;
      const value = get(settings.searchPath, file);
      const paths = Array.isArray(value) ? value.filter(path => typeof path === 'string') : [];
      return paths.flatMap(path => (isAbsolute(path) ? path : folder === undefined ? [] : join(folder, path)));
    },
    region: () => words(settings.region),
    warnAboveWatts: () => {
      const value = get(settings.statusBarWarning);
      return typeof value === 'number' && value > 0 ? value : 0;
    },
    device: () => words(settings.device),
    profileDevice: () => words(settings.profileDevice) ?? 'auto',
    profileSeconds: () => {
      const value = get(settings.profileSeconds);
      return typeof value === 'number' ? Math.min(600, Math.max(1, value)) : 10;
    },
    torchBackward: () => get(settings.torchBackward) === true,
    weightCacheBytes: () => {
      const value = get(settings.weightCache);
      return typeof value === 'number' && value >= 0 ? value * 1e9 : 2e9;
    },
    cudaPackage: () => words(settings.cudaPackage),
    recordsRuns: () => get(settings.runs) !== false,
    runPatterns: () => {
      const value = get(settings.runPatterns);
      const list = (name: string): readonly string[] => {
        const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
        return Array.isArray(found) ? found.filter(pattern => typeof pattern === 'string') : [];
      };
      return { training: list('training'), inference: list('inference'), never: list('never') };
    },
    onChange: (names, run) => {
      store.add(
        workspace.onDidChangeConfiguration(event => {
          if (names.some(name => event.affectsConfiguration(settings[name]))) run();
        }),
      );
    },
  };
}
