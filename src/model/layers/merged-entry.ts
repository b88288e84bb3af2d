import { isChanged } from './differ.ts';
import { type BranchEntry, isWhole } from './entry.ts';
import { type Looking, type Stack, stackOf } from './lookup.ts';
import type { ChangeState, MergedEntry, Shadow, Source, UnionDirectory, Version } from './union.ts';
import { joinPath } from './whiteout.ts';

/**
 * One name of a merged directory; null where no branch ever had it. `touched`: the writable branch may have made a
 * difference to it.
 */
export function mergedEntry(
  looking: Looking,
  directory: UnionDirectory,
  name: string,
  touched: boolean,
): MergedEntry | null {
  const now = stackOf(looking, directory.sources, name);
  const before = directory.before === 'same' || !touched ? null : stackOf(looking, directory.before, name);
  const { top, shadows } = now;
  if (top === null && !shadows.some(({ kind }) => kind !== 'whiteout')) {
    return null;
  }
  if (top !== null && !isSeen(top)) {
    return null;
  }
  const path = joinPath(directory.path, name);
  return {
    name,
    path,
    kind: top === null ? 'deleted' : top.entry.kind,
    version: top,
    dataFrom: now.dataFrom,
    shadows,
    deletedBy: now.hider,
    state: before === null ? null : stateOf(looking, now, before),
    directory: directoryOf(directory, path, now, before),
  };
}

/** What is seen is always asked for as a whole; where it is not, it went meanwhile. */
function isSeen(version: Shadow): version is Version {
  return isWhole(version.entry);
}

function stateOf(looking: Looking, now: Stack, before: Stack): ChangeState {
  if (now.top === null) {
    return before.top === null ? null : 'deleted';
  }
  if (before.top === null || !isSeen(before.top) || !isSeen(now.top)) {
    return 'added';
  }
  if (isSameVersion(now.top, before.top)) {
    return null;
  }
  if (isChangedTo(looking, before.top, now.top)) {
    return 'changed';
  }
  return now.top.kind === 'dir' ? 'within' : null;
}

/** File capabilities are read only where nothing else differs. */
function isChangedTo({ union, reader }: Pick<Looking, 'union' | 'reader'>, before: Version, now: Version): boolean {
  if (isChanged(uncapable(before.entry), uncapable(now.entry))) {
    return true;
  }
  const capability = ({ index, path, entry }: Version): string | null => {
    const asked = { fileMarks: union.form.metacopy, targets: false, capabilities: true };
    const answer = reader.find(index, path.slice(0, path.lastIndexOf('/')) || '/', [entry.name], asked);
    return answer.status === 'ok' ? (answer.value?.[0]?.marks.capability ?? null) : null;
  };
  return now.entry.kind === 'file' && capability(before) !== capability(now);
}

function uncapable(entry: BranchEntry): BranchEntry {
  return entry.marks.capability === null ? entry : { ...entry, marks: { ...entry.marks, capability: null } };
}

function isSameVersion(one: Version, other: Version): boolean {
  return one.index === other.index && one.path === other.path;
}

function directoryOf(
  { sources }: UnionDirectory,
  path: string,
  now: Stack,
  before: Stack | null,
): UnionDirectory | null {
  if (before === null || isSameSources(now.sources, before.sources)) {
    return now.sources.length === 0 ? null : { path, sources: now.sources, before: 'same' };
  }
  // What the container began with by way of a renamed directory may have no other part in this one.
  const earlier = before.sources.filter((source) => !now.sources.some((each) => isSameDirectory(each, source)));
  const hider = now.stop ?? sources.find(({ hidden }) => hidden !== null)?.hidden ?? null;
  const hidden = earlier.map((source): Source => ({ ...source, hidden: source.hidden ?? hider }));
  const all =
    hidden.length === 0 || hider === null ? now.sources : [...now.sources, ...hidden].sort((a, b) => a.index - b.index);
  return { path, sources: all, before: before.sources };
}

export function isSameDirectory(one: Source, other: Source): boolean {
  return one.index === other.index && one.path === other.path;
}

/** Whether the same directories of the same branches are seen, and the same hidden. */
export function isSameSources(some: readonly Source[], others: readonly Source[]): boolean {
  return (
    some.length === others.length &&
    some.every((source, at) => {
      const other = others[at];
      return (
        source.index === other?.index &&
        source.path === other.path &&
        (source.hidden === null) === (other.hidden === null)
      );
    })
  );
}
