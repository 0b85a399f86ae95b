/** The electricity grid that a user names, or that the time zone suggests. */
import { InputError } from '../base/findings';
import { text } from '../base/text';
import type { Grid } from '../data/grids';
import { gridFor, guessedGrid } from '../data/grids';

export const isGuessed = (region: string | undefined): region is '' | undefined =>
  region === undefined || region === '';

export function gridOf(region: string | undefined, timeZone: string): Grid {
  if (isGuessed(region)) return guessedGrid(timeZone);
  const grid = gridFor(region);
  if (grid !== undefined) return grid;
  throw new InputError(
    'unknown-region',
    text('no grid intensity for the region "{0}"', region),
    text('give an ISO country code such as DE, US or CHN, or WORLD'),
  );
}

/** A region that is not known is said where costs are shown; a run must not be lost for it. */
export const gridOfRun = (region: string | null, timeZone: string): Grid =>
  (region === null ? undefined : gridFor(region)) ?? guessedGrid(timeZone);
