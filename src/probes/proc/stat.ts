import type { ProcessStat } from '../../model/process.ts';
import { flatMapReading, garbled, ok, type Reading } from '../../model/reading.ts';
import type { Host } from '../host.ts';

/** proc_pid_stat(5) numbers its fields from 1; after the comm, `fields[0]` is field 3. */
const AFTER_COMM = 3;
const FIELD = { ppid: 4, flags: 9, utime: 14, stime: 15, threads: 20, startTicks: 22, rss: 24 } as const;

/**
 * /proc/PID/stat, proc_pid_stat(5). The comm may hold spaces, newlines and `)`: it ends at the last `)`.
 * Ticks are of USER_HZ, `rssPages` of the page size.
 */
export function parseStat(text: string, path = '/proc/PID/stat'): Reading<ProcessStat> {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 1 || close < open) {
    return garbled(path, text);
  }
  const fields = text.slice(close + 2).split(' ');
  const at = (field: number): number => Number(fields[field - AFTER_COMM]);
  const stat: ProcessStat = {
    pid: Number(text.slice(0, open)),
    comm: text.slice(open + 1, close),
    state: fields[0] ?? '',
    ppid: at(FIELD.ppid),
    flags: at(FIELD.flags),
    utimeTicks: at(FIELD.utime),
    stimeTicks: at(FIELD.stime),
    threads: at(FIELD.threads),
    startTicks: at(FIELD.startTicks),
    rssPages: at(FIELD.rss),
  };
  // The sum is NaN when any of them is: one check for all.
  const sum =
    stat.pid +
    stat.ppid +
    stat.flags +
    stat.utimeTicks +
    stat.stimeTicks +
    stat.threads +
    stat.startTicks +
    stat.rssPages;
  return stat.state.length === 1 && Number.isFinite(sum) ? ok(stat) : garbled(path, text);
}

export function readStat(host: Host, pid: number): Reading<ProcessStat> {
  return flatMapReading(host.readText(`/proc/${pid}/stat`, 'gone'), (text) => parseStat(text));
}

/** Whether a number is still that process's, as far as can be known: numbers are used again, with other start times. */
export function isStill(host: Host, { pid, startTicks }: Pick<ProcessStat, 'pid' | 'startTicks'>): boolean {
  const stat = readStat(host, pid);
  return stat.status === 'ok' ? stat.value.startTicks === startTicks : stat.status !== 'gone';
}
