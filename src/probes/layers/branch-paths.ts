import { posix } from 'node:path';
import type { Problem } from '../../model/document/problem.ts';
import { mountAt, visiblePath } from '../../model/mount-tree.ts';
import type { MountLine } from '../../model/mountinfo.ts';
import type { Host } from '../host.ts';
import { type OverlayDirectories, unescapeOverlay } from './overlay.ts';
import { storeProblem } from './store-problem.ts';

/** Where a branch is found: `named` by the mount, `path` on the host, or the name itself where it could not be resolved. */
export type BranchPath = { readonly named: string; readonly path: string; readonly data: boolean };

export type BranchPaths = {
  readonly upper: BranchPath | null;
  readonly lowers: readonly BranchPath[];
  readonly problems: readonly Problem[];
};

/** What tells where a mount's directories are. */
export type Surroundings = {
  readonly hostMounts: readonly MountLine[];
  /** Mounts that the one who mounted it sees; null where they are the host's or unknown. */
  readonly supervisorMounts: readonly MountLine[] | null;
  /** State directories of engines: `/var/lib/docker`, `/var/lib/containers/storage`, `/var/lib/containerd`. */
  readonly storageRoots: readonly StorageRoot[];
};

type StorageRoot = { readonly engine: string; readonly root: string };

/** Docker and containers/storage name layers by links of this form, so that more of them fit into a page of options. */
const SHORT_LINK = /\/l\/[A-Z0-9]{26}$/;

/**
 * Finds the directories of an overlay mount on the host. Relative ones (options that would exceed a page are given from
 * the store's directory) are below the directory that holds `<id>/merged` of the same `maj:min`; short links lead to
 * `../<id>/diff`.
 */
export function findBranches(
  host: Host,
  device: string,
  directories: OverlayDirectories,
  around: Surroundings,
): BranchPaths {
  const problems = new Map<string, Problem>();
  const note = (problem: Problem | null) => {
    if (problem !== null && !problems.has(problem.path)) {
      problems.set(problem.path, problem);
    }
  };
  const relative = [directories.upper, ...directories.lowers.map((lower) => lower.named)].filter(
    (named) => named !== null && !named.startsWith('/'),
  );
  const base = relative.length === 0 ? null : storeDirectory(host, device, directories, around, relative[0] ?? '');
  if (relative.length > 0 && base === null) {
    note({
      path: relative[0] ?? '',
      code: 'ENOENT',
      message:
        'the path is relative: to the directory of a store, which could not be found, or to that in which mount ran, which nobody keeps',
      remedy: 'where an engine mounted it, run nsview as root in the mount namespace of that engine',
    });
  }
  let unseen: string | null = null;
  const find = (named: string, data: boolean): BranchPath => {
    const absolute = named.startsWith('/') || base === null ? named : posix.join(base, named);
    const visible = inHostView(absolute, around);
    if (visible === null) {
      // Once for all of them: they are in the same place.
      unseen ??= absolute;
    }
    return { named, path: visible === null ? absolute : followShortLink(host, visible, note), data };
  };
  const upper = directories.upper === null ? null : find(existingUpper(host, directories.upper, base), false);
  const lowers = directories.lowers.map((lower) => find(lower.named, lower.data));
  if (unseen !== null) {
    note({
      path: unseen,
      code: 'ENOENT',
      message: 'the layers are in a file system that the engine has mounted, and we have not',
      remedy: 'run nsview as root in the mount namespace of the engine',
    });
  }
  return {
    upper: upper === null ? null : { ...upper, named: directories.upper ?? upper.named },
    lowers,
    problems: [...problems.values()],
  };
}

/** `upperdir` is shown escaped or plain, depending on how it was given: the form that exists is the right one. */
function existingUpper(host: Host, upper: string, base: string | null): string {
  if (!upper.includes('\\')) {
    return upper;
  }
  const plain = unescapeOverlay(upper);
  const exists = host.stat(base === null ? upper : posix.resolve(base, upper), 'unsupported').status === 'ok';
  return exists && host.stat(base === null ? plain : posix.resolve(base, plain), 'unsupported').status !== 'ok'
    ? upper
    : plain;
}

function followShortLink(host: Host, path: string, note: (problem: Problem | null) => void): string {
  if (!path.startsWith('/') || !SHORT_LINK.test(path)) {
    return path;
  }
  const target = host.readLink(path, 'unsupported');
  if (target.status !== 'ok') {
    const what = 'the directories behind the short names of the layers are unknown';
    // One problem for the directory of links, not one for each of a hundred.
    note({ ...storeProblem(target, path, what), path: posix.dirname(path) });
    return path;
  }
  return posix.join(posix.dirname(path), target.value);
}

/** The directory that relative names start from. */
function storeDirectory(
  host: Host,
  device: string,
  directories: OverlayDirectories,
  around: Surroundings,
  relative: string,
): string | null {
  const absolute = directories.upper ?? directories.work;
  if (absolute?.startsWith('/')) {
    // containerd shortens the lowers only: `<snapshots>/<N>/fs` beside `<M>/fs`.
    return posix.dirname(posix.dirname(absolute));
  }
  const merged = mergedDirectory(device, around);
  if (merged !== null) {
    return posix.dirname(posix.dirname(merged));
  }
  const known = around.storageRoots.flatMap(({ root }) => [
    `${root}/overlay2`,
    `${root}/overlay`,
    `${root}/io.containerd.snapshotter.v1.overlayfs/snapshots`,
  ]);
  return known.find((base) => host.stat(posix.join(base, relative), 'unsupported').status === 'ok') ?? null;
}

/** Where the store has mounted the whole of this file system: `<store>/<id>/merged`. */
export function mergedDirectory(device: string, around: Surroundings): string | null {
  for (const mounts of [around.hostMounts, around.supervisorMounts ?? []]) {
    const merged = mounts.find((mount) => mount.device === device && mount.target.endsWith('/merged'));
    if (merged !== undefined) {
      return merged.target;
    }
  }
  return null;
}

/**
 * A path that the mounter named, as the host sees it: an engine inside a container names paths of that container. Null
 * where the host does not see it.
 */
function inHostView(path: string, around: Surroundings): string | null {
  const theirs = around.supervisorMounts === null ? null : mountAt(path, around.supervisorMounts);
  const ours = mountAt(path, around.hostMounts);
  if (theirs === null || ours === null || (theirs.device === ours.device && theirs.root === ours.root)) {
    return path;
  }
  const root = posix.join(theirs.root, posix.relative(theirs.target, path));
  return visiblePath(theirs.device, root, around.hostMounts);
}
