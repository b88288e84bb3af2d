import { readFileSync } from 'node:fs';
import { isInstalled } from '../command.ts';

/** What the harness needs and this machine has not; null where all is there. */
export function whyNoLxcfs(): string | null {
  const programs = ['lxcfs', 'cc', 'unshare', 'nsenter'].filter((program) => !isInstalled(program));
  if (programs.length > 0) return `not installed: ${programs.join(', ')}`;
  if (process.geteuid?.() !== 0) return 'it needs root';
  if (!readFileSync('/proc/filesystems', 'utf8').includes('fuse\n')) return 'this kernel has no FUSE';
  const isV1 = readFileSync('/proc/self/mountinfo', 'utf8').includes(' - cgroup ');
  return isV1 ? null : 'version 1 of cgroups is not mounted';
}
