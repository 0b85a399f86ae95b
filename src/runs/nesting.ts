/** Which of the runs that are being recorded were started within another one, directly. */
export interface Recorded {
  readonly id: string;
  /** As its environment told. */
  readonly parent: string | null;
  readonly starter: number | null;
}

/** A run without an environment's word is within the run that has the process which started it. */
export function nestedIn<R extends Recorded>(id: string, pids: readonly number[], others: readonly R[]): readonly R[] {
  const known = new Set(others.map(other => other.id));
  return others.filter(other => {
    if (other.id === id) return false;
    if (other.parent === id) return true;
    const hasOtherParent = other.parent !== null && known.has(other.parent);
    return !hasOtherParent && other.starter !== null && pids.includes(other.starter);
  });
}
