/** Busy and total time of all hardware threads from /proc/stat (proc(5)). In a container this is the whole machine's. */
import type { CpuTimes, SysFiles } from './world';

export function readProcStat(files: SysFiles): CpuTimes | undefined {
  const answer = files.read('/proc/stat');
  return answer.ok ? parseProcStat(answer.text) : undefined;
}

/**
 * The first line: user nice system idle iowait irq softirq steal …; guest time is in user already. Time stolen by the
 * host is nobody's load here, but the threads were not idle either: it leaves both sums.
 */
export function parseProcStat(content: string): CpuTimes | undefined {
  const fields = /^cpu +(\d+(?: \d+)*)/.exec(content)?.[1]?.split(' ').map(Number) ?? [];
  const [user, nice, system, idle, iowait = 0, irq = 0, softirq = 0] = fields;
  if (user === undefined || nice === undefined || system === undefined || idle === undefined) return undefined;
  const busy = user + nice + system + irq + softirq;
  return { busy, total: busy + idle + iowait };
}
