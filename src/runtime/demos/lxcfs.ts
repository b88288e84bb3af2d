import { readFileSync } from 'node:fs';

/** Whether lxcfs(8) is mounted, as proc_pid_mountinfo(5) tells it: the type follows the dash. */
export function isLxcfsMounted(): boolean {
  return / - fuse\.lxcfs /.test(readFileSync('/proc/self/mountinfo', 'utf8'));
}
