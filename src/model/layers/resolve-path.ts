import type { Mount } from '../document/isolation.ts';
import { below } from '../mount-tree.ts';
import { type BranchReader, UNASKED } from './entry.ts';
import { rootOf } from './list-directory.ts';
import { findInEach } from './lookup.ts';
import { isSameSources, mergedEntry } from './merged-entry.ts';
import { isWholeEntry, type MergedEntry, type Union, type UnionDirectory, type Version } from './union.ts';

/** path_resolution(7): as many links as the kernel follows. */
const MAX_LINKS = 40;

/**
 * What the union has at a path, as the container names it. Links on the way are followed within the union, the last
 * one is not. Null where no branch ever had it.
 */
export function resolvePath(union: Union, reader: BranchReader, path: string): MergedEntry<Version> | null {
  const looking = { union, reader, findAll: findInEach({ union, reader }) };
  const root = rootOf(union, reader);
  const pending = path.split('/').reverse();
  let way: UnionDirectory[] = [root];
  let entry: MergedEntry<Version> | null = null;
  for (let links = 0; pending.length > 0; ) {
    const name = pending.pop() ?? '';
    if (name === '' || name === '.') {
      continue;
    }
    if (name === '..') {
      way = way.length > 1 ? way.slice(0, -1) : way;
      entry = null;
      continue;
    }
    const directory = way.at(-1) ?? root;
    const found = mergedEntry(looking, directory, name, true);
    if (found === null || !isWholeEntry(found)) {
      return null;
    }
    entry = found;
    const target = isLast(pending) ? null : targetOf(reader, entry);
    if (target !== null) {
      links += 1;
      if (links > MAX_LINKS) {
        return null;
      }
      pending.push(...target.split('/').reverse());
      way = target.startsWith('/') ? [root] : way;
      entry = null;
      continue;
    }
    if (entry.directory === null && !isLast(pending)) {
      return null;
    }
    way = entry.directory === null ? way : [...way, entry.directory];
  }
  return entry ?? entryOf(union, reader, way.at(-1) ?? root);
}

function isLast(pending: readonly string[]): boolean {
  return pending.every((name) => name === '' || name === '.');
}

function targetOf(reader: BranchReader, { version }: MergedEntry): string | null {
  if (version?.kind !== 'symlink') {
    return null;
  }
  const directory = version.path.slice(0, version.path.lastIndexOf('/')) || '/';
  const answer = reader.find(version.index, directory, [version.entry.name], { ...UNASKED, targets: true });
  return answer.status === 'ok' ? (answer.value?.[0]?.marks.target ?? null) : null;
}

/** A directory that was reached, and not by its name: `/`, or what `..` led to. */
function entryOf(union: Union, reader: BranchReader, directory: UnionDirectory): MergedEntry<Version> | null {
  const versions = directory.sources.flatMap(({ index, path, hidden }) => {
    const answer = reader.find(index, path, ['.'], UNASKED);
    const entry = answer.status === 'ok' ? answer.value?.[0] : null;
    return entry == null ? [] : [{ index, path, kind: 'dir' as const, entry, merged: hidden === null }];
  });
  const [top, ...shadows] = versions;
  if (top === undefined) {
    return null;
  }
  const touched = directory.before !== 'same' && !isSameSources(directory.sources, directory.before);
  return {
    name: directory.path.slice(directory.path.lastIndexOf('/') + 1),
    path: directory.path,
    kind: 'dir',
    version: { ...top, merged: false },
    dataFrom: null,
    shadows,
    deletedBy: null,
    state: touched && top.index === union.writable && shadows.length > 0 ? 'within' : null,
    directory,
  };
}

/**
 * The mount that covers a path inside the container, so that what the union has there is not what it sees; null where
 * nothing does. What is mounted over a path is neither in a layer nor in a commit.
 */
export function mountedOver(path: string, mounts: readonly Mount[]): Mount | null {
  let over: Mount | null = null;
  for (const mount of mounts) {
    const covers = mount.kind !== 'rootfs' && below(path, mount.target) !== null;
    if (covers && mount.target.length >= (over?.target.length ?? 0)) {
      over = mount;
    }
  }
  return over;
}
