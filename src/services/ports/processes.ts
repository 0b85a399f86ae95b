/**
 * CPU times of processes through /proc. A whole table costs a read per process of the machine, so it is made only as
 * often as it costs little; between, only known processes are read.
 */
import { readProcStat } from '../../meters/load';
import type { SysFiles } from '../../meters/world';
import { readStat, TICKS_PER_S, type Process, type ProcessTable } from '../../runs/processes';
import type { ProcessSource } from '../runs/recorder';
import { nodeSysFiles } from './sysfs';

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
    children: pids =>
      pids.flatMap(pid => {
        const answer = files.read(`/proc/${pid}/task/${pid}/children`);
        return answer.ok ? (answer.text.match(/\d+/g) ?? []).map(Number) : [];
      }),
    busyS: () => {
      const times = readProcStat(files);
      return times && times.busy / TICKS_PER_S;
    },
  };
}
