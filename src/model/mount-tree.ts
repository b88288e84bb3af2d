import type { MountLine } from './mountinfo.ts';

/**
 * The mount that a process has as its `/`. A mount put over `/` later has that one as its parent and is not what the
 * process sees. Null for an empty table.
 */
export function rootMount(mounts: readonly MountLine[]): MountLine | null {
  const atRoot = mounts.filter((mount) => mount.target === '/');
  const ids = new Set(atRoot.map((mount) => mount.id));
  return atRoot.find((mount) => mount.parent === mount.id || !ids.has(mount.parent)) ?? atRoot[0] ?? null;
}

/** The mount that a path is on: the longest target above it; of several at one target the last, which hides the rest. */
export function mountAt(path: string, mounts: readonly MountLine[]): MountLine | null {
  let found: MountLine | null = null;
  for (const mount of mounts) {
    if (below(path, mount.target) !== null && mount.target.length >= (found?.target.length ?? 0)) {
      found = mount;
    }
  }
  return found;
}

/**
 * Where a directory of a file system (`maj:min`, path from that file system's own root) is visible in a mount table:
 * through the mount that shows most of the file system, unless another mount hides it there. Null where it is not.
 */
export function visiblePath(device: string, root: string, mounts: readonly MountLine[]): string | null {
  const shows = mounts
    .filter((mount) => mount.device === device && below(root, mount.root) !== null)
    .sort((a, b) => a.root.length - b.root.length);
  for (const mount of shows) {
    const path = join(mount.target, below(root, mount.root) ?? '');
    if (mountAt(path, mounts) === mount) {
      return path;
    }
  }
  return null;
}

/** The rest of `path` below `directory`, without its slash; '' for the directory itself; null where it is elsewhere. */
export function below(path: string, directory: string): string | null {
  if (directory === '/') {
    return path.slice(1);
  }
  if (path === directory) {
    return '';
  }
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : null;
}

function join(directory: string, rest: string): string {
  if (rest === '') {
    return directory;
  }
  return directory === '/' ? `/${rest}` : `${directory}/${rest}`;
}
