/** Whether this process stands in the foreground of its terminal, whose keys then reach its children as well. */
import { nodeSysFiles } from './sysfs';

export function isInForeground(): boolean {
  const answer = nodeSysFiles.read('/proc/self/stat');
  if (!answer.ok) return process.stdin.isTTY;
  // Behind the name in brackets: state, parent, process group, session, terminal, the terminal's foreground group.
  const fields = answer.text.slice(answer.text.lastIndexOf(')') + 2).split(' ');
  return fields[2] !== undefined && fields[2] === fields[5];
}
