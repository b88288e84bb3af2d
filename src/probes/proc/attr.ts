import { mapReading, type Reading } from '../../model/reading.ts';
import type { Host } from '../host.ts';

/** /proc/PID/attr/current ends its label with a newline (AppArmor) or a NUL (SELinux). */
export function parseSecurityLabel(text: string): string {
  return text.replace(/[\n\0]+$/, '');
}

/** The label that a security module gave a process, proc_pid_attr(5). Without a module reading fails with EINVAL. */
export function readSecurityLabel(host: Host, pid: number): Reading<string> {
  return mapReading(host.readText(`/proc/${pid}/attr/current`, 'unsupported'), parseSecurityLabel);
}
