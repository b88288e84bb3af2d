import type { Procfs, ProcfsFact, ProcfsProgram, Verdict } from '../model/document/procfs.ts';
import { formatBytes, formatCores, formatDuration, UNKNOWN } from './units.ts';

type Unit = ProcfsFact['unit'];

/** A figure of /proc for people. */
export function formatFigure(value: number | null, unit: Unit): string {
  if (value === null) {
    return UNKNOWN;
  }
  switch (unit) {
    case 'bytes':
      return formatBytes(value);
    case 'seconds':
      return formatDuration(value);
    case 'epochSeconds':
      return new Date(value * 1000).toISOString().slice(0, 16).replace('T', ' ');
    case 'load':
      return value.toFixed(2);
    case 'cpus':
    case 'processes':
      return String(value);
  }
}

/** What the group allows of it; nothing where it is not limited. */
export function formatFactLimit({ limit, unit }: ProcfsFact): string {
  if (limit === null || limit === 'max') {
    return limit === null ? UNKNOWN : '';
  }
  return unit === 'cpus' ? `${formatCores(limit)} cores` : formatFigure(limit, unit);
}

/** A sign that needs no colour. */
export function verdictSign(verdict: Verdict | null): string {
  return verdict === 'misleading' ? '✗' : verdict === 'right' ? '✓' : verdict === 'unlimited' ? '·' : '?';
}

/** What stands beside a fact. */
export function factConclusion({ better, unit, why, verdict }: ProcfsFact): string {
  const truth = better === null ? '' : `better ${formatFigure(better, unit)}`;
  const parts = [truth, why ?? ''].filter((part) => part !== '');
  return parts.length > 0 ? parts.join(': ') : verdict === 'unlimited' ? 'not limited' : '';
}

/** Whether, and how, an lxcfs is at work in the container. */
export function lxcfsSentence({ lxcfs, daemon }: Procfs): string {
  if (lxcfs === 'absent' || daemon === null) {
    return 'no lxcfs is mounted in it';
  }
  if (daemon.state === 'stale') {
    return 'the lxcfs mounted in it has ended, and its files fail with ENOTCONN: start the container again';
  }
  const flags = daemon.flags === null ? 'its flags are not known' : `flags ${daemon.flags.join(' ') || 'none'}`;
  const pid = daemon.pid === null ? '' : `, pid ${daemon.pid}`;
  return `an lxcfs is active in it: it answers as ${daemon.release}, ${flags}${pid}`;
}

/** Which answers stand in the column of lxcfs. */
export function limitsTitle({ release, flags }: Procfs): string {
  return `lxcfs ${release}${flags.length === 0 ? '' : ` ${flags.join(' ')}`}`;
}

/** What matters most, in one sentence; null where nothing misleads. */
export function procfsVerdict({ files, programs }: Procfs): string | null {
  const wrong = files.flatMap(({ facts }) => facts).filter(({ verdict }) => verdict === 'misleading');
  const memory = wrong.find(({ name }) => name === 'memory');
  const cpus = wrong.find(({ unit, name }) => unit === 'cpus' && name === 'online CPUs');
  const heap = programs.find((program) => program.name.startsWith('JVM before') && program.verdict === 'misleading');
  const parts = [
    memory === undefined
      ? null
      : `it sees ${formatFigure(memory.seen, 'bytes')} of memory and is killed at ${formatFactLimit(memory)}`,
    heap === undefined ? null : `an old JVM lets its heap grow to ${formatFigure(heap.value, 'bytes')}`,
    cpus === undefined
      ? null
      : `it sees ${cpus.seen} CPUs and may use ${formatFactLimit(cpus) || usableText(programs)}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join('; ');
}

function usableText(programs: readonly ProcfsProgram[]): string {
  const nproc = programs.find(({ name }) => name === 'nproc');
  return nproc?.value === undefined ? UNKNOWN : String(nproc.value);
}
