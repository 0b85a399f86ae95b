/** The history of runs on this machine, in the user's ledger. */
import { statSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Ledger } from '../../ledger/read';
import type { RunRecord } from '../../report/run';
import { dataFolder } from './dataFolder';
import { appendEntry, ledgerFile, ledgerFolder, loadLedger } from './ledger';

export interface RunStore {
  append(record: RunRecord): void;
  remove(id: string): void;
  /** The earliest first. */
  list(): Ledger;
  /** Changes whenever the history may have, whoever wrote to it. */
  stamp(): string;
  readonly folder: string;
}

export function ledgerStore(data = dataFolder()): RunStore {
  const file = ledgerFile(data, null);
  return {
    append: run => appendEntry(file, { run }),
    remove: id => appendEntry(file, { deleted: id, at: new Date().toISOString() }),
    list: () => loadLedger(data),
    stamp: () => stampOf(ledgerFolder(data)),
    folder: ledgerFolder(data),
  };
}

function stampOf(folder: string): string {
  try {
    return readdirSync(folder)
      .map(name => {
        const { mtimeMs, size } = statSync(join(folder, name));
        return `${name} ${mtimeMs} ${size}`;
      })
      .join('\n');
  } catch {
    return '';
  }
}
