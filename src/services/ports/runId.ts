/** Names of records: by time, so that they sort, and by chance, so that no two machines make the same. */
import { randomBytes } from 'node:crypto';

export const newRunId = (): string =>
  `${new Date().toISOString().replace(/[-:]|\.\d+Z/g, '')}-${randomBytes(3).toString('hex')}`;
