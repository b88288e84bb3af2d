import type { BranchEntry, EntryKind } from '../../src/model/layers/entry.ts';
import { UNMARKED } from '../../src/model/layers/entry.ts';
import type { TreeAnswer, TreeQuestion } from '../../src/model/layers/tree.ts';
import { unionOf } from '../../src/model/layers/union.ts';
import { ok } from '../../src/model/reading.ts';
import { finish } from '../../src/model/steps.ts';
import type { Branches } from '../../src/probes/layers/open-branches.ts';
import type { OpenUnion } from '../../src/probes/layers/open-union.ts';
import { measureTree, readDirectories, readVersions, searchTree } from '../../src/probes/layers/read-tree.ts';

/** A directory, a link (its target), a device 0:0, or a file by what is in it. */
type Node = 'dir' | 'whiteout' | { readonly link: string } | { readonly text: string; readonly mode?: number };

/** What the three branches of the container fixture hold: written, the engine's own, the image. */
const BRANCHES: readonly { readonly [path: string]: Node }[] = [
  {
    '/etc': 'dir',
    '/etc/new.conf': { text: 'added\n' },
    '/etc/passwd': { text: 'root:x:0:0::/:/bin/sh\nweb:x:10:10::/:/bin/sh\n', mode: 0o600 },
    '/etc/motd': 'whiteout',
    '/var': 'dir',
    '/var/evil\u001b[31m\nname 東京': { text: '\0binary\u0001' },
    '/opt': 'whiteout',
  },
  { '/etc': 'dir', '/etc/hosts': { text: '' }, '/etc/mtab': { link: '/proc/mounts' }, '/proc': 'dir' },
  {
    '/bin': 'dir',
    '/bin/sh': { text: 'x'.repeat(1_240_000), mode: 0o755 },
    '/data': 'dir',
    '/etc': 'dir',
    '/etc/motd': { text: 'hello\n' },
    '/etc/passwd': { text: 'root:x:0:0::/:/bin/sh\n' },
    '/opt': 'dir',
    '/opt/tool': { text: 'gone' },
    '/proc': 'dir',
    '/var': 'dir',
    '/var/log': 'dir',
  },
];

const TYPES: { readonly [kind in EntryKind]?: number } = {
  dir: 0o040000,
  file: 0o100000,
  symlink: 0o120000,
  char: 0o020000,
};

function entryOf(index: number, path: string, node: Node): BranchEntry {
  const kind = node === 'dir' ? 'dir' : node === 'whiteout' ? 'char' : 'link' in node ? 'symlink' : 'file';
  const mode = typeof node === 'object' && 'text' in node ? (node.mode ?? 0o644) : 0o755;
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    kind,
    mode: (TYPES[kind] ?? 0) | mode,
    uid: 0,
    gid: 0,
    links: 1,
    inode: 1,
    device: '8:1',
    rdev: '0:0',
    sizeBytes: typeof node === 'object' && 'text' in node ? Buffer.byteLength(node.text) : 0,
    mtimeSeconds: 1_772_000_000 - index * 86_400,
    mtimeNanoseconds: 1,
    marks: typeof node === 'object' && 'link' in node ? { ...UNMARKED, target: node.link } : UNMARKED,
  };
}

const parentOf = (path: string) => path.slice(0, path.lastIndexOf('/')) || '/';

/** Branches in memory. */
const branches: Branches = {
  *list(index, path) {
    const found = Object.entries(BRANCHES[index] ?? {}).filter(([at]) => parentOf(at) === path);
    return ok({ entries: found.map(([at, node]) => entryOf(index, at, node)), rest: 0 });
  },
  kinds: (index, path, asked, most) => branches.list(index, path, asked, most),
  *names(index, path) {
    yield Object.keys(BRANCHES[index] ?? {}).flatMap((at) =>
      parentOf(at) === path ? at.slice(at.lastIndexOf('/') + 1) : [],
    );
    return null;
  },
  find(index, path, names) {
    const nodes = BRANCHES[index] ?? {};
    return ok(
      names.map((name) => {
        const at = name === '.' ? path : `${path === '/' ? '' : path}/${name}`;
        const node: Node | undefined = at === '/' ? 'dir' : nodes[at];
        return node === undefined ? null : entryOf(index, at, node);
      }),
    );
  },
  contents(index, path, from, most) {
    const node = BRANCHES[index]?.[path];
    const text = typeof node === 'object' && 'text' in node ? node.text : '';
    return ok(Buffer.from(text).subarray(from, from + most));
  },
};

/** What would be read of that union. */
export function treeFixture({ container, openness, versionsOf, search, use }: TreeQuestion): TreeAnswer[] {
  const union = container.layers === null ? null : unionOf(container.layers, false);
  if (union === null) return [];
  const open: OpenUnion = { union, branches, watchable: null };
  const last = <T>(steps: Generator<T | undefined>): T[] => [...steps].filter((step) => step !== undefined).slice(-1);
  return [
    { kind: 'directories', ...finish(readDirectories(open, openness)), isWatched: true, everyMs: null, problems: [] },
    ...(versionsOf === null ? [] : [{ kind: 'versions' as const, ...readVersions(open, versionsOf) }]),
    ...(search === null ? [] : last(searchTree(open, search)).map((found) => ({ kind: 'search' as const, ...found }))),
    ...(use ? last(measureTree(open)).map((measured) => ({ kind: 'use' as const, ...measured })) : []),
  ];
}
