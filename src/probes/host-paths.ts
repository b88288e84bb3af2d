import { dirname, resolve } from 'node:path';
import type { HostRoots } from './host.ts';

const REAL: HostRoots = { proc: '/proc', sys: '/sys', root: '/' };

export type HostPaths = {
  /** Whether /proc and /sys are this machine's own. */
  readonly live: boolean;
  /** Where a path, as the kernel names it, is found here. */
  readonly map: (path: string) => string;
};

/**
 * Maps the kernel's names onto the roots: `/proc/…` below `proc`, `/sys/…` below `sys`, everything else below `root`.
 * Of another host's /proc the rest is expected beside it: this machine's own files would be somebody else's.
 */
export function hostPaths(roots: Partial<HostRoots>): HostPaths {
  const proc = resolve(roots.proc ?? REAL.proc);
  const sys = resolve(roots.sys ?? REAL.sys);
  const root = resolve(roots.root ?? dirname(proc));
  const live = proc === REAL.proc && sys === REAL.sys;
  if (live && root === REAL.root) return { live, map: (path) => path };
  const below = root === '/' ? '' : root;
  const isIn = (path: string, top: string) =>
    path.startsWith(top) && (path.length === top.length || path[top.length] === '/');
  const map = (path: string) => {
    if (isIn(path, REAL.proc)) return proc + path.slice(REAL.proc.length);
    if (isIn(path, REAL.sys)) return sys + path.slice(REAL.sys.length);
    return below + path;
  };
  return { live, map };
}
