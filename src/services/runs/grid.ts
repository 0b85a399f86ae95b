/** The power grid that a run draws from: that of the region which the user named, else the one of the time zone. */
import { gridFor, guessedGrid } from '../../data/grids';
import type { RunGrid } from './recorder';

export function gridOfRegion(
  region: string | null,
  timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone,
): RunGrid {
  // A region that is not known is said where costs are shown; a run must not be lost for it.
  return (region === null ? undefined : gridFor(region)) ?? guessedGrid(timeZone);
}
