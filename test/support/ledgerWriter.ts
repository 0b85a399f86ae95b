/** A program that appends records as fast as it can, and says each id once it is told to be on the disk. */
import { writeSync } from 'node:fs';
import { appendEntry } from '../../src/services/ports/ledger';
import { aRun } from './runRecords';

const [file = '', name = '', most = '0'] = process.argv.slice(2);

for (let index = 0; ; index++) {
  const id = `${name}-${index}`;
  // Long ones take the system several steps, between which it may be killed.
  const size = Math.random() * (index % 8 === 0 ? Number(most) : 300);
  appendEntry(file, { run: aRun({ id, command: ['x'.repeat(size)] }) });
  writeSync(1, `${id}\n`);
}
