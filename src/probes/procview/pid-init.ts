import { flatMapReading, mapReading, ok, type Reading, valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';

/** Deeper than any tree of processes. */
const MOST_PARENTS = 1000;

type Place = { readonly parent: number; readonly numbers: readonly number[] };

/**
 * The init of the pid namespace that a process is in: the one whose innermost number is 1. Found by the parents of the
 * process, whose numbers anybody may read; only one that was put into the namespace from outside is compared by the
 * namespace itself, which may be denied. Null where no init is seen.
 */
export function findPidInit(host: Host, pid: number): Reading<number | null> {
  return flatMapReading(placeOf(host, pid), (place) => {
    const depth = place.numbers.length;
    if (depth === 1) {
      return ok(1);
    }
    let at = { pid, place };
    for (let step = 0; step < MOST_PARENTS && at.place.numbers.length === depth; step += 1) {
      if (at.place.numbers.at(-1) === 1) {
        return ok(at.pid);
      }
      const parent = valueOr(placeOf(host, at.place.parent), null);
      if (parent === null) {
        break;
      }
      at = { pid: at.place.parent, place: parent };
    }
    return mapReading(namespaceOf(host, pid), (namespace) => findInit(host, namespace));
  });
}

function findInit(host: Host, namespace: string): number | null {
  const pids = valueOr(host.list('/proc', 'gone'), []).filter((name) => /^\d+$/.test(name));
  const found = pids.find((name) => {
    const numbers = valueOr(placeOf(host, Number(name)), null)?.numbers ?? [];
    const isInit = numbers.length > 1 && numbers.at(-1) === 1;
    return isInit && valueOr(namespaceOf(host, Number(name)), null) === namespace;
  });
  return found === undefined ? null : Number(found);
}

function namespaceOf(host: Host, pid: number): Reading<string> {
  return host.readLink(`/proc/${pid}/ns/pid`, 'gone');
}

/** proc_pid_status(5). `NSpid` runs inwards from the pid namespace that /proc is mounted of; Linux 4.1. */
function placeOf(host: Host, pid: number): Reading<Place> {
  const path = `/proc/${pid}/status`;
  return flatMapReading(host.readText(path, 'gone'), (text): Reading<Place> => {
    const numbers = /^NSpid:\s*(.*)$/m.exec(text)?.[1];
    const parent = /^PPid:\s*(\d+)$/m.exec(text)?.[1];
    return numbers === undefined || parent === undefined
      ? { status: 'unsupported', path, code: 'NSpid' }
      : ok({ parent: Number(parent), numbers: numbers.trim().split(/\s+/).map(Number) });
  });
}
