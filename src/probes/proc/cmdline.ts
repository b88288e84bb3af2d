import { mapReading, type Reading } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { nulSeparated } from '../kernel-text.ts';

/** /proc/PID/cmdline, proc_pid_cmdline(5): empty for kernel threads and zombies. */
export function readCmdline(host: Host, pid: number): Reading<readonly string[]> {
  return mapReading(host.readText(`/proc/${pid}/cmdline`, 'gone'), nulSeparated);
}
