import type { LayersPath, PathVersion } from '../document/branch-paths.ts';
import type { Container } from '../document/container.ts';
import { isWhole } from './entry.ts';
import { mountedOver } from './resolve-path.ts';
import type { Hider, MergedEntry, Shadow } from './union.ts';

/** One path of a container's union as the document has it. Shadows of a deleted path begin with what deleted it. */
export function pathDocument({ id, name, mounts }: Container, entry: MergedEntry): LayersPath {
  const { path, kind, version, dataFrom, state, shadows, deletedBy } = entry;
  const over = mountedOver(path, mounts ?? []);
  const others = shadows.map(versionOf);
  const isTold = shadows.some((shadow) => shadow.index === deletedBy?.index && shadow.path === deletedBy.path);
  return {
    schema: 'nsview/1',
    id,
    name,
    path,
    kind,
    providedBy: version?.index ?? null,
    dataFrom,
    state,
    provided: version === null ? null : versionOf(version),
    shadows: deletedBy === null || isTold ? others : [hiderOf(deletedBy), ...others],
    mountedOver: over === null ? null : { source: over.source, kind: over.kind, target: over.target },
  };
}

/** S_IFMT of inode(7) is told by the kind. */
const PERMISSION_BITS = 0o7777;

function versionOf({ index, kind, path, entry, merged }: Shadow): PathVersion {
  if (!isWhole(entry)) {
    return { ...hiderOf({ index, kind, path }), merged };
  }
  const milliseconds = entry.mtimeSeconds * 1000 + Math.floor(entry.mtimeNanoseconds / 1_000_000);
  return {
    index,
    kind,
    path,
    mode: (entry.mode & PERMISSION_BITS).toString(8).padStart(4, '0'),
    uid: entry.uid,
    gid: entry.gid,
    bytes: entry.sizeBytes,
    modifiedAt: timeOf(milliseconds),
    merged,
  };
}

/** ECMA-262, "Time Values": Date knows no more milliseconds. A file may say any time. */
const MOST_MILLISECONDS = 8.64e15;

function timeOf(milliseconds: number): string | null {
  return Math.abs(milliseconds) <= MOST_MILLISECONDS ? new Date(milliseconds).toISOString() : null;
}

function hiderOf({ index, kind, path }: Hider): PathVersion {
  return { index, kind, path, mode: null, uid: null, gid: null, bytes: null, modifiedAt: null, merged: false };
}
