/**
 * What NVIDIA's library tells of a board, as one line of text between the child that asks (src/nvml) and the meter.
 * Both ends are here.
 */
export interface Board {
  readonly index: number;
  readonly uuid: string;
  readonly name: string;
  /** Millijoules since the driver was loaded. */
  readonly energy: bigint | undefined;
  readonly milliwatts: number | undefined;
  /** Per cent. */
  readonly load: number | undefined;
  /** Ids as the driver sees them: in a container they are the host's. */
  readonly processes: readonly number[] | undefined;
}

export function boardLine({ index, uuid, milliwatts, load, energy, processes, name }: Board): string {
  const field = (value: number | bigint | undefined): string => (value === undefined ? '?' : String(value));
  const users = processes === undefined ? '?' : processes.join(' ');
  return ['board', index, uuid, field(milliwatts), field(load), field(energy), users, name].join('\t');
}

/** Undefined for anything else. */
export function parseBoardLine(line: string): Board | undefined {
  const [head, index, uuid, milliwatts, load, energy, users, ...name] = line.split('\t');
  if (head !== 'board' || !/^\d+$/.test(index ?? '') || uuid === undefined || users === undefined) return undefined;
  const number = (field: string | undefined): number | undefined => (/^\d{1,15}$/.test(field ?? '') ? Number(field) : undefined); // prettier-ignore
  return {
    index: Number(index),
    uuid,
    name: name.join(' '),
    milliwatts: number(milliwatts),
    load: number(load),
    energy: /^\d{1,20}$/.test(energy ?? '') ? BigInt(energy ?? '') : undefined,
    processes: users === '?' ? undefined : users.split(' ').filter(id => id !== '').map(Number), // prettier-ignore
  };
}
