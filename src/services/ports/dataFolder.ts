/** Where recorded runs are kept for a user: one folder on every system, or the one that MODELWATT_DATA names. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export function dataFolder(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const named = env['MODELWATT_DATA'];
  if (named !== undefined && named !== '') return resolve(named);
  const home = homedir();
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'modelwatt');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'modelwatt');
  const data = env['XDG_DATA_HOME'];
  return join(data !== undefined && data.startsWith('/') ? data : join(home, '.local', 'share'), 'modelwatt');
}
