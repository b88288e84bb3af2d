import process from 'node:process';
import type { Container } from '../../model/document/container.ts';
import { processesIn } from './group-processes.ts';
import type { GroupPlaces } from './live-change.ts';
import { neededControllers, type Resources } from './resources.ts';

type Grouped = Pick<Container, 'evidence' | 'processes'>;

/**
 * Who else is in a group, in words; null: nobody. One that is called by the container is its alone. One that no engine
 * made for it may hold anybody: a whole login session.
 */
function othersIn(directory: string, { evidence, processes }: Grouped): string | null {
  const names = directory.split('/');
  if (groupNames(evidence).some((name) => names.includes(name))) {
    return null;
  }
  const own = new Set(processes.map(({ pid }) => pid));
  const others = processesIn(directory).filter((pid) => !own.has(pid)).length;
  return others === 0
    ? null
    : `its group ${directory} holds ${others === 1 ? 'another process' : `${others} other processes`}`;
}

/** What speaks against freezing a group for the sake of this container; null: nothing. */
export function freezeRefusal(directory: string, container: Grouped): string | null {
  if (processesIn(directory).includes(process.pid)) {
    return 'nsview itself is in its group, and would freeze too';
  }
  const strangers = othersIn(directory, container);
  return strangers === null ? null : `${strangers}, which would freeze too`;
}

/** What speaks against writing these limits for the sake of this container; null: nothing. */
export function limitingStrangers(
  { v1, v2, unified }: GroupPlaces,
  asked: Resources,
  container: Grouped,
): string | null {
  const groups = unified ? [v2] : Array.from(neededControllers(asked), (controller) => v1[controller] ?? null);
  const [found] = groups.flatMap((group) => (group === null ? [] : (othersIn(group, container) ?? [])));
  return found === undefined ? null : `${found}, which would be limited too`;
}

/** The last components of the paths that gave it away: hierarchies may have it at different places. */
function groupNames(evidence: readonly string[]): readonly string[] {
  return evidence.filter((word) => word.startsWith('cgroup:')).map((word) => word.slice(word.lastIndexOf('/') + 1));
}
