import type { ProcessStatus } from '../../model/process.ts';
import { flatMapReading, garbled, ok, type Reading } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { decimal, detached, linesOf } from '../kernel-text.ts';

/**
 * /proc/PID/status, proc_pid_status(5). `NSpid` (Linux 4.1) runs from the reader's pid namespace inwards; where it is
 * missing, the pid alone is told. Uid and gid are the real ones, as the reader's user namespace sees them.
 */
export function parseStatus(text: string, path = '/proc/PID/status'): Reading<ProcessStatus> {
  const values = new Map<string, string>();
  for (const line of linesOf(text)) {
    const colon = line.indexOf(':');
    if (colon < 0) {
      return garbled(path, line);
    }
    values.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const uid = firstNumber(values.get('Uid'));
  const gid = firstNumber(values.get('Gid'));
  const nsPids = (values.get('NSpid') ?? values.get('Pid') ?? '').split(/\s+/).map(decimal);
  if (uid === null || gid === null || !nsPids.every((pid) => pid !== null)) {
    return garbled(path, `Uid: ${values.get('Uid')}, Gid: ${values.get('Gid')}, NSpid: ${values.get('NSpid')}`);
  }
  const noNewPrivileges = values.get('NoNewPrivs');
  return ok({
    uid,
    gid,
    nsPids,
    capEffective: detached(values.get('CapEff') ?? ''),
    capBounding: detached(values.get('CapBnd') ?? ''),
    noNewPrivileges: noNewPrivileges === undefined ? null : noNewPrivileges === '1',
    seccomp: decimal(values.get('Seccomp')),
  });
}

function firstNumber(text: string | undefined): number | null {
  return decimal(text?.split(/\s+/, 1)[0]);
}

export function readStatus(host: Host, pid: number): Reading<ProcessStatus> {
  const path = `/proc/${pid}/status`;
  return flatMapReading(host.readText(path, 'gone'), (text) => parseStatus(text, path));
}
