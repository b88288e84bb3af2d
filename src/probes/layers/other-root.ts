import type { Problem } from '../../model/document/problem.ts';
import type { Init } from '../../model/document/process.ts';
import { listDirectory, rootOf } from '../../model/layers/list-directory.ts';
import { rootMount } from '../../model/mount-tree.ts';
import { valueOr } from '../../model/reading.ts';
import type { Steps } from '../../model/steps.ts';
import { asked } from '../../native/library.ts';
import type { Host } from '../host.ts';
import { readMountinfo } from '../proc/mountinfo.ts';
import { isStill } from '../proc/stat.ts';
import type { OpenUnion } from './open-union.ts';

/** Of a root with more names than this it is not known. */
const MOST_NAMES = 2000;

/**
 * Whether what we read as the branches of a process's root is something else than what it stands on: a mount names them
 * as the mounter saw them, and in our mounts there may be another directory at that path, or an empty one. Their union has
 * other names in `/` then. Null where they agree, where it cannot be known, and where the process ended. A root by FUSE is
 * not asked.
 */
export function* otherRoot(host: Host, init: Pick<Init, 'pid' | 'startTicks'>, open: OpenUnion): Steps<Problem | null> {
  const { pid } = init;
  const root = rootMount(valueOr(readMountinfo(host, pid), []));
  if (root?.fsType !== 'overlay' || !isStill(host, init)) {
    return null;
  }
  const first = yield* difference(host, pid, open);
  // What came or went between the two looks is not there at a second one.
  const again = first.length === 0 ? [] : yield* difference(host, pid, open);
  const [name] = first.filter((each) => again.includes(each));
  if (name === undefined || !isStill(host, init)) {
    return null;
  }
  const why =
    root.root === '/'
      ? 'they are mounted in another mount namespace, or other directories were put in their place'
      : `its root is ${root.root} of the union`;
  return {
    path: `/${name}`,
    code: 'ESTALE',
    message: `the container and its branches as seen from here do not agree on it: ${why}`,
    remedy: null,
  };
}

/** Names of `/` that only one of the two has. */
function* difference(host: Host, pid: number, { union, branches }: OpenUnion): Steps<readonly string[]> {
  const { entries, rest, unread } = yield* listDirectory(union, branches, rootOf(union, branches), {
    most: MOST_NAMES,
  });
  // Where a branch is not read, for one by FUSE may never answer, the merged `/` would ask it too.
  const seen = rest > 0 || unread.length > 0 ? null : namesIn(host, pid);
  if (seen === null) {
    return [];
  }
  const told = new Set(entries.filter(({ kind }) => kind !== 'deleted').map(({ name }) => name));
  return [...seen].filter((name) => !told.has(name)).concat([...told].filter((name) => !seen.has(name)));
}

function namesIn(host: Host, pid: number): ReadonlySet<string> | null {
  const files = host.branchesIn?.(pid);
  const part = files?.part('/', '/', asked.names, null);
  if (part?.status !== 'ok') {
    return null;
  }
  if (part.value.more !== null) {
    files?.release(part.value.more);
    return null;
  }
  return new Set(part.value.entries.flatMap((entry) => entry?.name ?? []));
}
