import type { Container } from '../../model/document/container.ts';
import type { Problem } from '../../model/document/problem.ts';
import { hasContents } from '../../model/layers/branch-use.ts';
import { UNASKED } from '../../model/layers/entry.ts';
import { listSeen, rootOf } from '../../model/layers/list-directory.ts';
import { measureUnion } from '../../model/layers/measure-union.ts';
import type { Contents } from '../../model/layers/preview.ts';
import { resolvePath } from '../../model/layers/resolve-path.ts';
import { searchUnion } from '../../model/layers/search-union.ts';
import { isOpen, type Openness, type PathVersions, type TreeSearch, type TreeUse } from '../../model/layers/tree.ts';
import type { MergedDirectory, UnionDirectory, Version } from '../../model/layers/union.ts';
import { problemOf } from '../../model/problem.ts';
import { endSteps, type Steps } from '../../model/steps.ts';
import type { Host } from '../host.ts';
import { hiddenMarks } from './hidden-marks.ts';
import { type OpenUnion, openUnion } from './open-union.ts';
import { otherRoot } from './other-root.ts';
import { openComparison } from './same-contents.ts';

/** So many entries of opened directories are kept: what nobody can scroll through is not. */
const MOST_ENTRIES = 50_000;
/** While only changes are shown, directories are opened by themselves, and not more than so many. */
const MOST_DIRECTORIES = 2000;
/** So much of each version is read to be shown. */
const MOST_BYTES = 65_536;
const MOST_FOUND = 1000;
/** So much is read at most to find the same contents in several branches. */
const MOST_COMPARED_BYTES = 1 << 28;

/** A container's union to be read, or why there is none. */
export function unionOfContainer(host: Host, container: Container): OpenUnion | Problem {
  const { layers } = container;
  const open = layers === null ? null : openUnion(host, container, layers);
  if (open === null) {
    return { path: 'layers', code: 'ENOENT', message: 'its root is no union of branches', remedy: null };
  }
  const [first] = open.union.merged;
  for (const index of open.union.merged) {
    const root = open.branches.find(index, '/', ['.'], UNASKED);
    const isThere = root.status === 'ok' && root.value !== null;
    if (!isThere && (index === first || root.status !== 'ok')) {
      const path = `branch ${index}, ${layers?.branches[index]?.path ?? '?'}`;
      return (root.status === 'ok' ? null : branchProblem(root, path)) ?? notThere(path);
    }
  }
  return open;
}

function branchProblem(failure: Parameters<typeof problemOf>[0], path: string): Problem | null {
  if (failure.status === 'unsupported' && failure.code === 'FUSE') {
    const message = 'a FUSE daemon answers for it, which is not waited for';
    return { path, code: 'FUSE', message, remedy: null };
  }
  if (failure.status === 'unsupported' && failure.code === 'ENOSYS') {
    return { path, code: 'ENOSYS', message: 'it takes openat2(2) and the native part', remedy: "run 'nsview doctor'" };
  }
  return problemOf(failure, path);
}

function notThere(path: string): Problem {
  return { path, code: 'ENOENT', message: 'it is not where the mount says, as seen from here', remedy: null };
}

/** Why what is told of a union may not be all, or not true: what rights hide from us, and branches that are not those. */
export function* doubtsOf(host: Host, { init }: Container, open: OpenUnion): Steps<readonly Problem[]> {
  const other = init === null ? null : yield* otherRoot(host, init, open);
  return [hiddenMarks(host, open.union), other].filter((problem) => problem !== null);
}

/** The opened directories, parents first; `isFull`: their bound was reached. */
export function* readDirectories(
  { union, branches }: OpenUnion,
  openness: Openness,
): Steps<{ readonly directories: ReadonlyMap<string, MergedDirectory>; readonly isFull: boolean }> {
  const directories = new Map<string, MergedDirectory>();
  const pending: UnionDirectory[] = [rootOf(union, branches)];
  let entries = 0;
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    if (entries >= MOST_ENTRIES || directories.size >= MOST_DIRECTORIES) {
      return { directories, isFull: true };
    }
    const listed = yield* listSeen(union, branches, next, { targets: true });
    directories.set(next.path, listed);
    entries += listed.entries.length;
    for (const entry of listed.entries) {
      if (entry.directory !== null && isOpen(entry, openness)) {
        pending.push(entry.directory);
      }
    }
    yield;
  }
  return { directories, isFull: false };
}

/** A search for a part of a name, letter case aside. Yields how far it is, or nothing where it may be put down. */
export function* searchTree(
  { union, branches }: OpenUnion,
  text: string,
): Generator<TreeSearch | undefined, void, void> {
  const wanted = text.toLowerCase();
  let last: TreeSearch = { text, entries: 0, directory: '/', found: [], state: 'running' };
  for (const part of searchUnion(union, branches, (name) => name.toLowerCase().includes(wanted))) {
    if (part === undefined) {
      yield undefined;
      continue;
    }
    const found = part.found.length === 0 ? last.found : [...last.found, ...part.found].slice(0, MOST_FOUND);
    last = { text, entries: part.entries, directory: part.directory, found, state: 'running' };
    if (found.length >= MOST_FOUND) {
      yield { ...last, state: 'full' };
      return;
    }
    yield last;
  }
  yield { ...last, state: 'done' };
}

/** What the branches hold, shadow and delete, and have twice. Yields how far it is, and at last the whole. */
export function* measureTree({ union, branches }: OpenUnion): Generator<TreeUse | undefined, void, void> {
  const comparison = openComparison();
  const steps = measureUnion(union, branches);
  let far: TreeUse = { entries: 0, directory: '/', use: null, same: null };
  try {
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) {
        far = { ...far, use: step.value };
        break;
      }
      if (step.value === undefined) {
        yield undefined;
        continue;
      }
      const { entries, path } = step.value;
      for (const { version, shadows } of entries) {
        for (const each of version === null ? shadows : [version, ...shadows]) {
          if (hasContents(each)) {
            comparison.add(each);
          }
        }
      }
      far = { ...far, entries: far.entries + entries.length, directory: path };
      yield far;
    }
  } finally {
    endSteps(steps);
  }
  yield far;
  yield { ...far, same: yield* comparison.compare(branches, MOST_COMPARED_BYTES) };
}

/** One path: what each branch has there, and the beginning of it where it is a regular file. */
export function readVersions({ union, branches }: OpenUnion, path: string): PathVersions {
  const entry = resolvePath(union, branches, path);
  const versions = entry === null ? [] : [...(entry.version === null ? [] : [entry.version]), ...entry.shadows];
  const contentsOf = (version: Version): Contents => {
    if (version.kind === 'symlink') {
      return contentsOfLink(branches, version);
    }
    if (version.kind !== 'file') {
      return { bytes: null, why: NO_CONTENTS[version.kind] };
    }
    if (union.form.metacopy && version.entry.marks.metacopy) {
      return { bytes: null, why: 'only its mode, owner and time are in this branch: the contents are in one below' };
    }
    const read = branches.contents(version.index, version.path, 0, MOST_BYTES);
    return read.status === 'ok'
      ? { bytes: read.value, isWhole: read.value.length >= version.entry.sizeBytes, why: null }
      : { bytes: null, why: `it could not be read: ${'code' in read ? read.code : read.status}` };
  };
  return { path, entry, contents: versions.map(contentsOf) };
}

const NO_CONTENTS: { readonly [kind in Exclude<Version['kind'], 'file' | 'symlink'>]: string } = {
  dir: 'a directory',
  char: 'a device, which is never opened',
  block: 'a device, which is never opened',
  fifo: 'a FIFO, which is never opened',
  socket: 'a socket',
  whiteout: 'a whiteout: it hides what the branches below have here',
  opaque: 'an opaque directory: it hides all that the branches below have in it',
};

function contentsOfLink(branches: OpenUnion['branches'], { index, path, entry }: Version): Contents {
  const directory = path.slice(0, path.lastIndexOf('/')) || '/';
  const found = branches.find(index, directory, [entry.name], { ...UNASKED, targets: true });
  const target = found.status === 'ok' ? found.value?.[0]?.marks.target : null;
  return { bytes: null, why: target == null ? 'a symbolic link' : `a symbolic link to ${target}` };
}
