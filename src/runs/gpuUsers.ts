/**
 * Which runs are on which GPU, from the driver's lists of process ids and the runs' own processes. In a container the
 * driver may answer with the host's ids: ids that are nobody's there are somebody's whom we do not see, maybe us.
 */

/** Process ids on each GPU domain, as the driver tells them; null where it does not. */
export type Users = ReadonlyMap<string, readonly number[] | null>;

export interface RunProcesses {
  readonly id: string;
  readonly pids: ReadonlySet<number>;
}

export interface Presence {
  /** GPU domains of each run; null where it cannot be told. */
  readonly runs: ReadonlyMap<string, readonly string[] | null>;
  /** Programs outside of all runs on each GPU; null where it cannot be told. */
  readonly others: ReadonlyMap<string, number | null>;
}

/** `exists`: whether there is a process of this id here. `ownIds`: whether ids here may differ from the driver's. */
export function presenceOn(
  users: Users,
  runs: readonly RunProcesses[],
  { ownIds, exists }: { readonly ownIds: boolean; readonly exists: (pid: number) => boolean },
): Presence {
  const others = new Map<string, number | null>();
  let blind = false;
  for (const [domain, pids] of users) {
    // With ids of its own a container's process can bear, by chance, the number of another one of the host.
    const told = pids !== null && (pids.length === 0 || !ownIds || pids.every(exists));
    if (!told) blind = true;
    others.set(domain, told ? pids.filter(pid => !runs.some(run => run.pids.has(pid))).length : null);
  }
  const found = runs.map(({ id, pids }): [string, readonly string[] | null] => {
    if (blind) return [id, null];
    const on = [...users].filter(([, all]) => all?.some(pid => pids.has(pid))).map(([domain]) => domain);
    return [id, on];
  });
  return { runs: new Map(found), others };
}

/**
 * The GPUs that a program may use by its environment: indices, or beginnings of ids, in an order of its own; what comes
 * after an entry that names none is hidden (CUDA's programming guide). Undefined: all of them.
 */
export function visibleGpus(
  variable: string | undefined,
  gpus: readonly { readonly domain: string; readonly index: number; readonly uuid: string }[],
): readonly string[] | undefined {
  if (variable === undefined) return undefined;
  const visible: string[] = [];
  for (const entry of variable.split(',').map(part => part.trim())) {
    const gpu = gpus.find(({ index, uuid }) =>
      /^\d+$/.test(entry) ? index === Number(entry) : entry !== '' && uuid.startsWith(entry),
    );
    // An instance of a board has an id of its own: which board is not known.
    if (entry.startsWith('MIG-')) return undefined;
    if (gpu === undefined) break;
    visible.push(gpu.domain);
  }
  return visible;
}
