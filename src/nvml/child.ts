/**
 * A program of its own that writes a line per board and interval, as `nvidia-smi` would: a library that crashes takes
 * only this with it. The only importer of `koffi`, through library.ts.
 *   nvml.js LIBRARY MILLISECONDS [COUNT]
 * Ends by itself when nobody reads any more.
 */
import { boardLine } from '../meters/boardLine';
import { openLibrary, type ManagementLibrary } from './library';

const [, , path = '', every = '1000', count = ''] = process.argv;

async function main(): Promise<void> {
  let library: ManagementLibrary;
  try {
    library = await openLibrary(path);
  } catch (error) {
    process.stderr.write(`${path}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}\n`);
    process.exitCode = 3;
    return;
  }
  let left = count === '' ? Infinity : Number(count);
  const tick = (): void => {
    const boards = library.read();
    left--;
    if (boards === undefined || left <= 0) clearInterval(timer);
    for (const board of boards ?? []) process.stdout.write(`${boardLine(board)}\n`);
    if (boards === undefined) process.exitCode = 4;
    if (boards === undefined || left <= 0) library.close();
  };
  const timer = setInterval(tick, Math.max(50, Number(every)));
  tick();
}

// The reader is gone, whether it said so or was killed.
process.stdout.on('error', () => process.exit(0));
void main();
