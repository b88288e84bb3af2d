import { valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { readStatus } from '../proc/status.ts';

/** Deeper than any tree of processes. */
const MOST_PARENTS = 1000;

/**
 * The init of the pid namespace that a process is in: the one whose innermost number is 1. Null where it is not found:
 * ended, or hidden from us.
 */
export function findPidInit(host: Host, pid: number): number | null {
  const namespace = namespaceOf(host, pid);
  if (namespace === null) {
    return null;
  }
  if (namespace === namespaceOf(host, 1)) {
    return 1;
  }
  let at = pid;
  for (let step = 0; step < MOST_PARENTS && namespaceOf(host, at) === namespace; step += 1) {
    if (isInit(host, at)) {
      return at;
    }
    const parent = parentOf(host, at);
    if (parent === null || parent === 0) {
      break;
    }
    at = parent;
  }
  // It was put into the namespace from outside: its parents are not in it.
  const names = valueOr(host.list('/proc', 'gone'), []);
  const found = names.find((name) => {
    return /^\d+$/.test(name) && namespaceOf(host, Number(name)) === namespace && isInit(host, Number(name));
  });
  return found === undefined ? null : Number(found);
}

function namespaceOf(host: Host, pid: number): string | null {
  return valueOr(host.readLink(`/proc/${pid}/ns/pid`, 'gone'), null);
}

function isInit(host: Host, pid: number): boolean {
  const status = readStatus(host, pid);
  return status.status === 'ok' && status.value.nsPids.length > 1 && status.value.nsPids.at(-1) === 1;
}

function parentOf(host: Host, pid: number): number | null {
  const text = valueOr(host.readText(`/proc/${pid}/status`, 'gone'), '');
  const parent = /^PPid:\s*(\d+)$/m.exec(text)?.[1];
  return parent === undefined ? null : Number(parent);
}
