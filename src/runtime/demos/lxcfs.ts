import { readFileSync } from 'node:fs';
import { LXCFS } from './table.ts';

/** Whether lxcfs(8) is mounted where it usually is: proc_pid_mountinfo(5), fields 5 and, after the dash, the type. */
export function isLxcfsMounted(): boolean {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.some((line) => line.split(' ')[4] === LXCFS && line.includes(' - fuse.lxcfs '));
}
