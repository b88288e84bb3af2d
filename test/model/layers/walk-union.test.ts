import {
  chmodSync,
  cpSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { measureUnion } from '../../../src/model/layers/measure-union.ts';
import { searchUnion } from '../../../src/model/layers/search-union.ts';
import { walkUnion } from '../../../src/model/layers/walk-union.ts';
import { openHost } from '../../../src/probes/open-host.ts';
import { branchesAt, unionAt } from '../../support/union-of-directories.ts';
import { makeWorkDir } from '../../support/work-dir.ts';

const work = makeWorkDir();
const host = openHost();
afterAll(() => {
  host.close();
  rmSync(work, { recursive: true, force: true });
});

const at = (...names: readonly string[]) => path.join(work, ...names);
for (const directory of ['rw/etc', 'rw/data/a/b/c/d/e', 'mid/etc', 'low/etc', 'low/gone/deep', 'low/usr/lib']) {
  mkdirSync(at(directory), { recursive: true });
}
writeFileSync(at('low/etc/passwd'), 'x'.repeat(100));
writeFileSync(at('low/etc/group'), 'x'.repeat(30));
writeFileSync(at('low/gone/deep/file'), 'x'.repeat(1000));
writeFileSync(at('low/usr/lib/so'), 'x'.repeat(500));
linkSync(at('low/usr/lib/so'), at('low/usr/lib/so.1'));
writeFileSync(at('mid/etc/passwd'), 'x'.repeat(50));
writeFileSync(at('rw/.wh.gone'), '');
writeFileSync(at('rw/data/a/b/c/d/e/new'), 'x'.repeat(7));
cpSync(at('low/etc/group'), at('rw/etc/group'));
for (const branch of ['low', 'rw']) utimesSync(at(branch, 'etc/group'), 1_000_000, 1_000_000);
chmodSync(at('rw/etc/group'), 0o600);
const { union, reader } = unionAt(host, 'aufs', branchesAt([at('rw'), at('mid'), at('low')]));

/** Of every regular file of a directory once. */
function bytesIn(directory: string, seen = new Set<number>()): number {
  return readdirSync(directory).reduce((sum, name) => {
    const stat = lstatSync(path.join(directory, name));
    if (stat.isDirectory()) return sum + bytesIn(path.join(directory, name), seen);
    const again = seen.has(stat.ino);
    seen.add(stat.ino);
    return sum + (again ? 0 : stat.size);
  }, 0);
}

function measured(...[of, by]: Parameters<typeof measureUnion>) {
  const steps = measureUnion(of, by);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

describe('a walk of a union', () => {
  it('goes through what is seen, and through what is deleted where that is asked for', () => {
    const paths = (deleted: boolean) =>
      [...walkUnion(union, reader, { deleted })].flatMap((directory) => directory?.path ?? []);
    expect(paths(false)).not.toContain('/gone');
    expect(paths(true)).toEqual([
      '/',
      '/data',
      '/data/a',
      '/data/a/b',
      '/data/a/b/c',
      '/data/a/b/c/d',
      '/data/a/b/c/d/e',
      '/etc',
      '/gone',
      '/gone/deep',
      '/usr',
      '/usr/lib',
    ]);
  });

  it('finds names, deleted ones too', () => {
    const found = [...searchUnion(union, reader, (name) => /^(?:file|so|new)/.test(name))].flatMap(
      (step) => step?.found ?? [],
    );
    expect(found.map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      '/data/a/b/c/d/e/new file',
      '/gone/deep/file deleted',
      '/usr/lib/so file',
      '/usr/lib/so.1 file',
    ]);
  });
});

describe('the use of a union', () => {
  const { branches, written, wasted, unread } = measured(union, reader);

  it('tells of each branch what is seen, shadowed and deleted', () => {
    expect(branches).toEqual([
      { index: 0, seen: 37, shadowed: 0, deleted: 0 },
      { index: 1, seen: 50, shadowed: 0, deleted: 0 },
      { index: 2, seen: 500, shadowed: 130, deleted: 1000 },
    ]);
    for (const [index, name] of ['rw', 'mid', 'low'].entries()) {
      const { seen = 0, shadowed = 0, deleted = 0 } = branches[index] ?? {};
      expect(seen + shadowed + deleted).toBe(bytesIn(at(name)));
    }
    expect(unread).toEqual([]);
  });

  it('tells which paths waste most', () => {
    const told = wasted.map(({ path, bytes, isDeleted, files }) => [
      path,
      bytes,
      isDeleted,
      files.map((each) => each.index),
    ]);
    expect(told).toEqual([
      ['/gone/deep/file', 1000, true, [2]],
      ['/etc/passwd', 100, false, [2]],
      ['/etc/group', 30, false, [2]],
    ]);
  });

  it('tells where the container wrote, rolled up', () => {
    expect(written).toEqual([
      { path: '/', bytes: 37, files: 2 },
      { path: '/etc', bytes: 30, files: 1 },
      { path: '/data', bytes: 7, files: 1 },
      { path: '/data/a', bytes: 7, files: 1 },
      { path: '/data/a/b', bytes: 7, files: 1 },
      { path: '/data/a/b/c', bytes: 7, files: 1 },
    ]);
  });

  it('counts a file of several names once in each directory that has it', () => {
    for (const directory of ['links/a', 'links/b', 'empty']) mkdirSync(at(directory), { recursive: true });
    writeFileSync(at('links/a/one'), 'x'.repeat(60));
    linkSync(at('links/a/one'), at('links/a/two'));
    linkSync(at('links/a/one'), at('links/b/three'));
    writeFileSync(at('links/b/own'), 'x'.repeat(5));
    const linked = unionAt(host, 'aufs', branchesAt([at('links'), at('empty')]));
    expect(measured(linked.union, linked.reader).written).toEqual([
      { path: '/', bytes: bytesIn(at('links')), files: 2 },
      { path: '/b', bytes: bytesIn(at('links/b')), files: 2 },
      { path: '/a', bytes: bytesIn(at('links/a')), files: 1 },
    ]);
  });
});
