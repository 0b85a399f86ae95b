/** The analysis worker as the editor sees it: parser, graphs and rules live there, never in the extension host. */
import type { Log } from '../base/ports';
import type { Store } from '../base/store';
import { text } from '../base/text';
import type { AnalysisCalls } from '../protocol/analysis';
import type { Client } from '../protocol/rpc';
import { createRestarting } from './restarting';
import { startThread } from './threads';

export type Analysis = Client<AnalysisCalls>;

/** Interpreting the largest public models takes about a third of this. */
const HEAP_MIB = 1024;

export function createAnalysis(file: string, log: Log, store: Store): Analysis {
  return store.add(
    createRestarting<AnalysisCalls>({
      name: 'The analysis worker',
      failing: text('the reader of models has ended three times within a minute'),
      log,
      start: () => startThread({ file, heapMiB: HEAP_MIB, log }),
    }),
  );
}
