import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import koffi from 'koffi';
import { expect } from 'vitest';
import type { Layers } from '../../src/model/document/layers.ts';
import { listDirectory, rootOf } from '../../src/model/layers/list-directory.ts';
import type { MergedEntry, UnionDirectory } from '../../src/model/layers/union.ts';
import { finish } from '../../src/model/steps.ts';
import type { Host } from '../../src/probes/host.ts';
import { makeBusyboxRoot } from './engines/busybox.ts';
import { startMounted } from './engines/foreground.ts';
import { unionAt } from './union-of-directories.ts';

const lsetxattr = koffi.load('libc.so.6').func('int lsetxattr(str path, str name, str value, size_t size, int flags)');
export function setAttribute(file: string, name: string, value: string): void {
  if (lsetxattr(file, name, value, value.length, 0) !== 0) throw new Error(`${file}: ${name}: errno ${koffi.errno()}`);
}

/** A directory of this name whose files hold that name: what is read in the union says which branch it is from. */
export function layer(base: string, name: string, ...files: readonly string[]): string {
  const directory = path.join(base, name);
  mkdirSync(directory, { recursive: true });
  for (const file of files) {
    mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
    writeFileSync(path.join(directory, file), name);
  }
  return directory;
}

/** What `find -xdev` would see in the root of a process, with what files hold. */
function seenIn(root: string, directory = ''): Map<string, string | null> {
  const seen = new Map<string, string | null>();
  for (const name of readdirSync(root + directory)) {
    const at = `${directory}/${name}`;
    const stat = lstatSync(root + at);
    seen.set(at, stat.isFile() && stat.size < 1000 ? readFileSync(root + at, 'utf8') : null);
    // A mount has its names in none of the branches.
    if (stat.isDirectory() && stat.dev === lstatSync(`${root}/`).dev)
      for (const [below, held] of seenIn(root, at)) seen.set(below, held);
  }
  return seen;
}

/** Every entry of the union that these branches make, deleted ones too. */
function entriesOf(host: Host, layers: Layers): MergedEntry[] {
  const { union, reader } = unionAt(host, layers.driver, layers.branches, layers.options);
  const visit = (directory: UnionDirectory): MergedEntry[] =>
    finish(listDirectory(union, reader, directory)).entries.flatMap((entry) =>
      entry.directory === null ? [entry] : [entry, ...visit(entry.directory)],
    );
  return visit(rootOf(union, reader));
}

/** Each path of the root is in the union, and its contents say that it is from the branch that we say. `others`: which branch has what else. */
export function expectTruth(
  host: Host,
  pid: number,
  base: string,
  layers: Layers,
  others: { readonly [name: string]: number } = {},
): void {
  const there = entriesOf(host, layers).filter(({ kind }) => kind !== 'deleted');
  const real = seenIn(`/proc/${pid}/root`);
  expect(there.map((entry) => entry.path).sort()).toEqual([...real.keys()].sort());
  for (const { path: at, version, dataFrom } of there) {
    const held = real.get(at) ?? null;
    if (held !== null && !at.startsWith('/etc/')) {
      const index = dataFrom ?? version?.index ?? -1;
      const from = others[held] === index ? path.join(base, held) : (layers.branches[index]?.path ?? '');
      expect(`${at} ${path.relative(base, from)}`).toBe(`${at} ${held}`);
    }
  }
}

let count = 0;

/** A container whose root is what a script mounts at `merged` of a folder of its own; `root`: what is to be at the bottom. */
export async function startForm(workDir: string, mounts: (base: string, root: string) => string) {
  count += 1;
  const base = path.join(workDir, `form-${count}`);
  mkdirSync(path.join(base, 'merged'), { recursive: true });
  const root = await makeBusyboxRoot(workDir);
  const container = await startMounted(workDir, `form-${count}`, path.join(base, 'merged'), mounts(base, root));
  return { ...container, base, root, ref: `pid:${container.pid}` };
}
