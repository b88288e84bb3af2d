import { readdirSync, readFileSync, rmdirSync } from 'node:fs';
import path from 'node:path';

/** Mount points of every cgroup hierarchy, version 1 and 2. */
export function cgroupRoots(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(' ')[4] ?? '');
}

/** Groups at the top of every hierarchy, as paths. */
function topGroups(): string[] {
  return cgroupRoots().flatMap((root) => subgroups(root));
}

function subgroups(group: string): string[] {
  try {
    return readdirSync(group, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => path.join(group, entry.name));
  } catch {
    return [];
  }
}

/** Removes a group and all below it, deepest first. A group that still has processes stays. */
function removeTree(group: string): void {
  for (const child of subgroups(group)) removeTree(child);
  try {
    rmdirSync(group);
  } catch {
    // Still in use by somebody else's container, or already gone.
  }
}

/**
 * Engines leave their plumbing behind (`/libpod_parent/conmon`, `/lxc.pivot`, `/docker`). Remembers the groups there
 * are now; the function it returns removes those that came since and whose name begins with one of the prefixes.
 */
export function sweepCgroupsLater(...prefixes: readonly string[]): () => void {
  const before = new Set(topGroups());
  return () => {
    for (const group of topGroups()) {
      const isOurs = prefixes.some((prefix) => path.basename(group).startsWith(prefix));
      if (isOurs && !before.has(group)) removeTree(group);
    }
  };
}
