import type { Container } from './document/container.ts';

/**
 * Whether its groups were removed since `before`: then nothing of it lives, though its last process may not be reaped
 * yet, and what is not known of it any more is no newer truth about its limits.
 */
export function hasLostGroup(before: Container, now: Container): boolean {
  return hasFigures(before) && isWithoutGroup(now);
}

/** Nothing is counted for it any more, and that is not because it could not be read. */
export function isWithoutGroup(container: Container): boolean {
  return !hasFigures(container) && !isUnread(container);
}

/** A group that is there counts something, whichever of its controllers are on. */
function hasFigures({ cgroup }: Container): boolean {
  return (
    cgroup !== null &&
    [cgroup.cpu.usageUs, cgroup.memory.usageBytes, cgroup.pids.current].some((figure) => figure !== null)
  );
}

/** A removed group answers that it is gone, which is no problem, or has no files; any other error is of the moment. */
function isUnread({ cgroup, processes, problems }: Container): boolean {
  if (cgroup === null) {
    return processes.some(({ state }) => !DEAD.has(state));
  }
  const own = [...new Set(Object.values(cgroup.paths))].filter((path) => path !== '/');
  // The root group is never removed.
  return own.length === 0 || problems.some(({ path, code }) => !ABSENT.has(code) && isIn(path, own));
}

/** A group is removed only when all that is left in it are zombies: cgroups(7). */
const DEAD: ReadonlySet<string> = new Set(['Z', 'X', 'x']);
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

/** Whether a file lies right in one of these groups, wherever their hierarchy is mounted. */
function isIn(file: string, groups: readonly string[]): boolean {
  const directory = file.slice(0, file.lastIndexOf('/'));
  return groups.some((group) => directory.endsWith(group));
}
