/** The metering worker as the editor sees it: sensors that block never hold up the extension host. */
import type { Log } from '../base/ports';
import type { Store } from '../base/store';
import { text } from '../base/text';
import type { MeteringCalls, MeteringEvents } from '../protocol/metering';
import { Meter } from './meter';
import { createRestarting } from './restarting';
import { startThread } from './threads';

const HEAP_MIB = 128;

export function createMeter(file: string, log: Log, store: Store): Meter {
  const client = store.add(
    createRestarting<MeteringCalls, MeteringEvents>({
      name: 'The metering worker',
      failing: text('the energy meter has ended three times within a minute'),
      log,
      start: () => startThread({ file, heapMiB: HEAP_MIB, log }),
      died: () => meter.restart(),
    }),
  );
  const meter = store.add(new Meter(client, log));
  return meter;
}
