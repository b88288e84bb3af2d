import { readFileSync } from 'node:fs';

/** When a process started, in ticks: proc_pid_stat(5), field 22, the 20th after the name. */
export function startTicksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
}
