/**
 * Holds what is told of every path of random overlays to what the kernel makes of them. Run it in a mount namespace of
 * its own, in an empty directory, where it mounts them:
 *
 *     unshare -m node …/test/support/union-oracle.ts RUNS overlay|fuse [SEED]
 */
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, type Stats, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { changes } from '../../src/model/layers/changes.ts';
import { listDirectory, listSeen, rootOf } from '../../src/model/layers/list-directory.ts';
import { resolvePath } from '../../src/model/layers/resolve-path.ts';
import type { MergedEntry, UnionDirectory } from '../../src/model/layers/union.ts';
import { finish } from '../../src/model/steps.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { branchesAt, entryAt, treeOf, unionAt } from './union-of-directories.ts';
import { type Act, call, type MountedStack, mountStack, type StackOptions } from './union-stack.ts';
import { compareUse, equal, namesIn, statOf, walk } from './union-use.ts';

const [runs = '20', kind = 'overlay', seed] = process.argv.slice(2);
const name = fc.constantFrom('a', 'b', 'c', 'd');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const few: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ act: fc.constantFrom('write', 'append', 'mkdir', 'remove', 'fill'), path }),
  // fuse-overlayfs shows what was written to one of two links in both, though one of them was copied up.
  fc.record({ act: fc.constantFrom('rename', kind === 'fuse' ? 'rename' : 'link', 'symlink'), path, to: path }),
  fc.record({ act: fc.constantFrom('chmod', 'chown'), path, value: fc.constantFrom(0o700, 0o644, 0o4755) }),
  fc.record({ act: fc.constant('touch' as const), path }),
);
const many = fc.record({ act: fc.constant('crowd' as const), path });
const act = fc.oneof({ arbitrary: few, weight: 60 }, { arbitrary: many, weight: 1 });
const layer = fc.array(act, { minLength: 1, maxLength: 14 });
const options: fc.Arbitrary<StackOptions> = fc.record({
  redirect: fc.boolean(),
  metacopy: fc.boolean(),
  userxattr: fc.boolean(),
  attributes: fc.boolean(),
});

/** What was wrong once, and large directories. */
const examples: [Act[][], StackOptions][] = [
  ...[false, true].map((redirect): [Act[][], StackOptions] => [
    [
      [
        { act: 'crowd', path: 'a' },
        { act: 'mkdir', path: 'a/b' },
      ],
      [
        { act: 'crowd', path: 'a' },
        { act: 'remove', path: 'a/crowd-0' },
        { act: 'write', path: 'a/crowd-1' },
        { act: 'remove', path: 'a/crowd-299' },
        { act: 'mkdir', path: 'a/crowd-299' },
      ],
      [
        { act: 'crowd', path: 'a' },
        { act: 'write', path: 'a/crowd-0' },
        { act: 'remove', path: 'a/crowd-1' },
        { act: 'write', path: 'a/crowd-299/a' },
        { act: 'chmod', path: 'a/crowd-3', value: 0o4755 },
        { act: 'touch', path: 'a/crowd-4' },
        { act: 'rename', path: 'a/crowd-5', to: 'a/b' },
        { act: 'rename', path: 'a', to: 'c' },
        { act: 'crowd', path: 'a' },
      ],
    ],
    { redirect, metacopy: false, userxattr: false, attributes: false },
  ]),
  [
    [
      [
        { act: 'fill', path: 'a' },
        { act: 'touch', path: 'a' },
      ],
      [
        { act: 'rename', path: 'a', to: 'c' },
        { act: 'touch', path: 'a' },
      ],
      [
        { act: 'remove', path: 'c' },
        { act: 'fill', path: 'c/a' },
        { act: 'touch', path: 'a' },
      ],
    ],
    { redirect: false, metacopy: true, userxattr: false, attributes: false },
  ],
  ...[false, true].map((metacopy): [Act[][], StackOptions] => [
    [
      [
        { act: 'fill', path: 'b' },
        { act: 'fill', path: 'd' },
        { act: 'link', path: 'b/a/c', to: 'b/a/d' },
      ],
      [
        { act: 'rename', path: 'b', to: 'a' },
        { act: 'rename', path: 'd/a', to: 'a/c' },
        { act: 'remove', path: 'd' },
      ],
      [
        { act: 'remove', path: 'a/b' },
        { act: 'write', path: 'a/c/c' },
      ],
    ],
    { redirect: true, metacopy, userxattr: false, attributes: false },
  ]),
];

const host = openHost();
const base = process.cwd();
call('mount', '-t', 'tmpfs', 'tmpfs', base);
process.chdir('/');
let count = 0;
let paths = 0;

fc.assert(
  fc.property(fc.array(layer, { minLength: 2, maxLength: 5 }), options, (layers, chosen) => {
    count += 1;
    const place = join(base, String(count));
    mkdirSync(place);
    const stack = mountStack(place, layers, kind === 'fuse' ? { ...chosen, fuse: true } : chosen);
    try {
      // fuse-overlayfs has no memory, it says, for some directories of which a whiteout stands between two layers.
      if (kind === 'fuse') fc.pre(isReadable(stack.merged) && isReadable(stack.before));
      compare(stack);
    } finally {
      stack.unmount();
    }
  }),
  {
    numRuns: Number(runs),
    examples: kind === 'fuse' ? [] : examples,
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  },
);
if (kind === 'overlay') compareDataOnly();
console.log(`${count} unions, ${paths} paths`);

/** A file whose contents are in a branch that holds nothing else, under another name. */
function compareDataOnly(): void {
  const place = join(base, 'data-only');
  const [data, lower, upper, merged, work] = ['data', 'lower', 'upper', 'merged', 'work'].map((each) => {
    mkdirSync(join(place, each), { recursive: true });
    return join(place, each);
  }) as [string, string, string, string, string];
  writeFileSync(join(data, 'blob'), 'contents');
  const flags = 'redirect_dir=on,metacopy=on';
  call('mount', '-t', 'overlay', '-o', `lowerdir=${data},upperdir=${lower},workdir=${work},${flags}`, 'o', merged);
  mkdirSync(join(merged, 'd'));
  renameSync(join(merged, 'blob'), join(merged, 'd/file'));
  call('umount', merged);
  rmSync(join(lower, 'blob'));
  call(
    'mount',
    '-t',
    'overlay',
    '-o',
    `lowerdir=${lower}::${data},upperdir=${upper},workdir=${work},${flags}`,
    'o',
    merged,
  );
  equal('/d/file', 'the kernel', readFileSync(join(merged, 'd/file'), 'utf8'), 'contents');
  const union = unionAt(host, 'overlay', branchesAt([upper, lower, data], ['rw', 'image', 'data']), { metacopy: 'on' });
  const { version, dataFrom, shadows } = entryAt(union, '/d/file');
  equal('/d/file', 'data', [version?.index, dataFrom, shadows.map(({ path }) => path)], [1, 2, ['/blob']]);
  equal('/', 'names', treeOf(union), ['/d dir 1', '/d/file file 1']);
  call('umount', merged);
}

function compare(stack: MountedStack): void {
  const superOptions = Object.fromEntries(
    stack.options.split(',').map((option) => [option.split('=')[0] ?? '', option.split('=')[1] ?? (true as const)]),
  );
  const { union, reader } = unionAt(
    host,
    kind === 'fuse' ? 'fuse-overlayfs' : 'overlay',
    branchesAt(stack.branches),
    superOptions,
  );
  const seen = new Set<string>();
  const there = new Set(walk(stack.merged, ''));
  const thereBefore = new Set(walk(stack.before, ''));

  const visit = (directory: UnionDirectory): void => {
    const { entries, rest, unread } = finish(listDirectory(union, reader, directory));
    equal(directory.path, 'unread', unread.length + rest, 0);
    const seenOnly = finish(listSeen(union, reader, directory)).entries;
    equal(directory.path, 'as it is shown', seenOnly.map(shown), entries.map(shown));
    const inParts = finish(listDirectory(union, reader, directory, { most: Math.ceil(entries.length / 2) }));
    equal(directory.path, 'cut', inParts.entries.length <= Math.ceil(entries.length / 2), true);
    equal(directory.path, 'its first', inParts.entries, entries.slice(0, inParts.entries.length));
    for (const entry of entries) {
      compareEntry(entry);
      // A path leads elsewhere where a link stands in the place of what was deleted.
      if (!isBehindLink(stack.merged, entry.path))
        equal(entry.path, 'resolved', summary(resolvePath(union, reader, entry.path)), summary(entry));
      if (entry.directory !== null) visit(entry.directory);
    }
  };

  const compareEntry = (entry: MergedEntry): void => {
    paths += 1;
    const real = there.has(entry.path) ? lstatSync(stack.merged + entry.path) : null;
    const earlier = thereBefore.has(entry.path) ? lstatSync(stack.before + entry.path) : null;
    if (real === null) {
      equal(entry.path, 'kind', entry.kind, 'deleted');
      equal(entry.path, 'state', entry.state, earlier === null ? null : 'deleted');
      if (entry.deletedBy === null) throw new Error(`${entry.path}: deleted by nothing`);
      return;
    }
    seen.add(entry.path);
    const shown = entry.version?.entry;
    equal(entry.path, 'stat', shown && [shown.mode, shown.uid, shown.gid], [real.mode, real.uid, real.gid]);
    equal(entry.path, 'time', shown?.mtimeSeconds, Math.floor(real.mtimeMs / 1000));
    if (!real.isDirectory()) equal(entry.path, 'size', shown?.sizeBytes, real.size);
    if (real.isFile()) {
      const from = entry.dataFrom ?? entry.version?.index ?? -1;
      const at = entry.dataFrom === null ? entry.version : entry.shadows.find(({ index }) => index === entry.dataFrom);
      const text = reader.contents(from, at?.path ?? '', 0, 4096);
      const real = readFileSync(join(stack.merged, entry.path), 'utf8');
      equal(entry.path, 'contents', text.status === 'ok' ? text.value.toString() : text, real);
    }
    const state = earlier === null ? 'added' : isDifferent(earlier, real) ? 'changed' : null;
    equal(entry.path, 'state', entry.state === 'within' ? null : entry.state, state);
  };

  visit(rootOf(union, reader));
  for (const each of there) {
    if (!seen.has(each)) throw new Error(`${each}: it is in the union and was not told of`);
  }
  const told = [...changes(union, reader)].filter((change) => change !== undefined);
  const real = [...difference(stack, '')];
  equal('', 'changes', sorted(told.map(({ kind, path }) => `${kind} ${path}`)), sorted(real));
  if (kind === 'overlay') compareUse(stack, { union, reader });
}

function isBehindLink(root: string, path: string): boolean {
  const names = path.split('/').slice(1, -1);
  return names.some((_, at) => statOf(join(root, ...names.slice(0, at + 1)))?.isSymbolicLink() === true);
}

function shown(entry: MergedEntry): unknown {
  return [summary(entry), entry.version?.entry];
}

function summary(entry: MergedEntry | null): unknown {
  const shadows = entry?.shadows.map(({ index, kind, path, merged }) => [index, kind, path, merged]);
  return entry && [entry.kind, entry.version?.index, entry.dataFrom, shadows, entry.deletedBy, entry.state];
}

function sorted(lines: readonly string[]): string[] {
  return [...lines].sort();
}

function isDifferent(before: Stats, now: Stats): boolean {
  return (
    before.mode !== now.mode ||
    before.uid !== now.uid ||
    before.gid !== now.gid ||
    (!now.isDirectory() && (before.size !== now.size || before.mtimeMs !== now.mtimeMs))
  );
}

function isReadable(root: string): boolean {
  try {
    return [...walk(root, '')].length >= 0;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOMEM');
  }
}

/** What `docker diff` says of two trees, all of which it reads. */
function* difference({ merged, before }: MountedStack, directory: string): Generator<string> {
  const isDirectory = (root: string) => statOf(root + directory)?.isDirectory() === true;
  const wasDirectory = isDirectory(before) && !isBehindLink(before, `${directory}/`);
  const now = isDirectory(merged) ? namesIn(merged + directory) : [];
  const then = wasDirectory && isDirectory(merged) ? namesIn(before + directory) : [];
  for (const name of now) {
    const path = `${directory}/${name}`;
    const [real, earlier] = [lstatSync(merged + path), statOf(before + path)];
    const inside = real.isDirectory() ? [...difference({ merged, before } as MountedStack, path)] : [];
    if (earlier === null || !then.includes(name)) yield `A ${path}`;
    else if (isDifferent(earlier, real) || inside.length > 0) yield `C ${path}`;
    yield* inside;
  }
  for (const name of then.filter((each) => !now.includes(each))) yield `D ${directory}/${name}`;
}
