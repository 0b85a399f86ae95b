/** What the editor loads to run the tests inside the extension host; it calls `run`. Each import registers its tests. */
import './activation';
import './lenses';
import './notebooks';
import './runs';
import { runAll } from './suite';

export const run = (): Promise<void> => runAll(process.env['MODELWATT_ONLY']);
