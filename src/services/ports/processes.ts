/**
 * CPU times of processes through /proc. A whole table costs a read per process of the machine, so it is made only as
 * often as it costs little; between, only known processes are read.
 */
import { readBusy, readStat, type Process, type ProcessTable } from '../../runs/processes';
import type { SysFiles } from '../../meters/world';
import { nodeSysFiles } from './sysfs';

export interface ProcessSource {
  /** Every process; undefined where the system does not tell. */
  all(): ProcessTable | undefined;
  some(pids: readonly number[]): ProcessTable;
  /** CPU seconds of all programs since the system's start; undefined where it is not told. */
  busyS(): number | undefined;
}

export function procSource(files: SysFiles = nodeSysFiles): ProcessSource {
  const stat = (pid: number | string): Process | undefined => {
    const answer = files.read(`/proc/${pid}/stat`);
    return answer.ok ? readStat(answer.text) : undefined;
  };
  const table = (pids: readonly (number | string)[]): ProcessTable =>
    new Map(pids.flatMap(pid => stat(pid) ?? []).map(process => [process.pid, process]));
  return {
    all: () => {
      const pids = files.list('/proc').filter(name => /^\d+$/.test(name));
      return pids.length === 0 ? undefined : table(pids);
    },
    some: table,
    busyS: () => {
      const answer = files.read('/proc/stat');
      return answer.ok ? readBusy(answer.text) : undefined;
    },
  };
}
