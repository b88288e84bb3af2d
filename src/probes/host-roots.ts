import { readdirSync, statSync } from 'node:fs';
import type { HostRoots } from './host.ts';

/** What /proc always has, and a captured tree some of: a process, ourselves, the counters of the kernel. */
const IN_PROC = /^(?:\d+|self|stat)$/;

/** Why a directory cannot stand for /proc or /sys; null where it can. */
export function rootFault(path: string, root: keyof HostRoots): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    return 'no such directory (ENOENT)';
  }
  if (!found.isDirectory()) {
    return 'not a directory (ENOTDIR)';
  }
  return root === 'proc' && !readdirSync(path).some((name) => IN_PROC.test(name))
    ? 'no proc file system: no process is in it'
    : null;
}
