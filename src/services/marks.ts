/** The environment by which a run's processes are known wherever they were moved to: runs, the outer first. */
export const MARK = 'MODELWATT_RUN';

export const marksOf = (value: string | undefined): readonly string[] =>
  (value ?? '').split(',').filter(mark => mark !== '');
