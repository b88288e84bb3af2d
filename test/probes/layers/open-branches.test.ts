import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { changes } from '../../../src/model/layers/changes.ts';
import { UNASKED } from '../../../src/model/layers/entry.ts';
import { listDirectory, rootOf } from '../../../src/model/layers/list-directory.ts';
import { resolvePath } from '../../../src/model/layers/resolve-path.ts';
import { finish } from '../../../src/model/steps.ts';
import { openBranches } from '../../../src/probes/layers/open-branches.ts';
import { openHost } from '../../../src/probes/open-host.ts';
import { mountLines } from '../../support/mount-line.ts';
import { branchesAt, entryAt, treeOf, unionAt } from '../../support/union-of-directories.ts';
import { makeWorkDir } from '../../support/work-dir.ts';

const work = makeWorkDir();
const host = openHost();
afterAll(() => {
  host.close();
  rmSync(work, { recursive: true, force: true });
});

/** Makes files in a branch: a name that ends with `/` is a directory, `NAME -> TARGET` a link. */
function branch(name: string, files: readonly string[]): string {
  const root = path.join(work, name);
  mkdirSync(root, { recursive: true });
  for (const file of files) {
    const [own = '', target] = file.split(' -> ');
    const at = path.join(root, own);
    mkdirSync(own.endsWith('/') ? at : path.dirname(at), { recursive: true });
    if (target !== undefined) symlinkSync(target, at);
    else if (!own.endsWith('/')) writeFileSync(at, `${name}:${own}`);
  }
  return root;
}

describe('a union of aufs', () => {
  const top = branch('aufs-rw', [
    '.wh..wh.aufs',
    '.wh..wh.plnk/1.2',
    '.wh..wh.orph/',
    '.wh.gone',
    '.wh.tree',
    'etc/passwd',
    'opaque/.wh..wh..opq',
    'opaque/new',
    'again/.wh.below',
    'again/below',
  ]);
  const middle = branch('aufs-mid', ['gone', 'etc/hosts', '.wh.old', 'opaque/mid', 'again/below']);
  const bottom = branch('aufs-low', ['gone', 'etc/passwd', 'etc/motd', 'old', 'tree/a/b', 'opaque/low', 'plain']);
  const union = unionAt(host, 'aufs', branchesAt([top, middle, bottom]));

  it('merges by its names, and shows none of its own', () => {
    expect(treeOf(union)).toEqual([
      '/again dir 0',
      '/again/below deleted -',
      '/etc dir 0',
      '/etc/hosts file 1',
      '/etc/motd file 2',
      '/etc/passwd file 0',
      '/gone deleted -',
      '/old deleted -',
      '/opaque dir 0',
      '/opaque/low deleted -',
      '/opaque/mid deleted -',
      '/opaque/new file 0',
      '/plain file 2',
      '/tree deleted -',
      '/tree/a deleted -',
      '/tree/a/b deleted -',
    ]);
  });

  it('tells what hides what', () => {
    expect(entryAt(union, '/gone')).toMatchObject({
      state: 'deleted',
      deletedBy: { index: 0, path: '/.wh.gone', kind: 'whiteout' },
      shadows: [{ index: 0, kind: 'whiteout' }, { index: 1, kind: 'file' }, { index: 2 }],
    });
    expect(entryAt(union, '/tree/a/b')).toMatchObject({ state: 'deleted', deletedBy: { index: 0, path: '/.wh.tree' } });
    expect(entryAt(union, '/old')).toMatchObject({ state: null, deletedBy: { index: 1 } });
    expect(entryAt(union, '/opaque/low')).toMatchObject({ state: 'deleted', deletedBy: { index: 0, kind: 'opaque' } });
    expect(resolvePath(union.union, union.reader, '/.wh.gone')).toBeNull();
    expect(resolvePath(union.union, union.reader, '/.wh..wh.plnk/1.2')).toBeNull();
  });

  it('tells what the writable branch changed', () => {
    const told = [...changes(union.union, union.reader)].flatMap((change) => change ?? []);
    expect(told.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'C /again',
      'D /again/below',
      'C /etc',
      'C /etc/passwd',
      'D /gone',
      'C /opaque',
      'D /opaque/low',
      'D /opaque/mid',
      'A /opaque/new',
      'D /tree',
    ]);
  });
});

describe('a union of fuse-overlayfs', () => {
  it('goes by names and by its marks of opaque directories', () => {
    const top = branch('fuse-rw', ['.wh.a', 'd/.wh..opq', 'd/new', 'e/.wh..wh..opq']);
    const low = branch('fuse-low', ['a', 'b', 'd/old', 'e/old']);
    expect(treeOf(unionAt(host, 'fuse-overlayfs', branchesAt([top, low])))).toEqual([
      '/a deleted -',
      '/b file 1',
      '/d dir 0',
      '/d/new file 0',
      '/d/old deleted -',
      '/e dir 0',
      '/e/old deleted -',
    ]);
  });

  it('takes such names for names where overlay has them', () => {
    const top = branch('plain-rw', ['.wh.a']);
    const low = branch('plain-low', ['a']);
    expect(treeOf(unionAt(host, 'overlay', branchesAt([top, low])))).toEqual(['/.wh.a file 0', '/a file 1']);
  });
});

describe('links', () => {
  const outside = path.join(work, 'outside');
  mkdirSync(outside);
  writeFileSync(path.join(outside, 'secret'), 'secret');
  const top = branch('trap-rw', [`d -> ${outside}`, 'up -> ../outside', 'lib -> usr/lib', 'proc -> /proc/self/root']);
  const low = branch('trap-low', ['d/x', 'usr/lib/so', 'bin -> usr/lib', 'loop -> loop']);
  const union = unionAt(host, 'overlay', branchesAt([top, low]));

  it('are never followed out of a branch', () => {
    for (const trap of ['/d/secret', '/up/secret', '/proc/etc/passwd', '/loop/x']) {
      expect(resolvePath(union.union, union.reader, trap)).toBeNull();
    }
    expect(union.reader.find(0, '/d', ['secret'], UNASKED)).toEqual({ status: 'ok', value: null });
    expect(finish(union.reader.list(0, '/up', UNASKED, 10))).toEqual({ status: 'ok', value: null });
    expect(union.reader.contents(0, '/d/secret', 0, 10)).toMatchObject({ status: 'unsupported', code: 'ELOOP' });
    expect(union.reader.find(0, '/../outside', ['secret'], UNASKED)).toEqual({ status: 'ok', value: null });
  });

  it('are followed within the union, but not the last', () => {
    expect(entryAt(union, '/lib/so')).toMatchObject({ path: '/usr/lib/so', version: { index: 1 } });
    expect(entryAt(union, '/lib')).toMatchObject({ kind: 'symlink', version: { index: 0 } });
    expect(entryAt(union, '/usr/lib/../lib/./so')).toMatchObject({ path: '/usr/lib/so' });
    expect(entryAt(union, '/..')).toMatchObject({ path: '/', kind: 'dir' });
    expect(entryAt(union, 'd')).toMatchObject({ kind: 'symlink', shadows: [{ index: 1, kind: 'dir', merged: false }] });
  });
});

describe('names', () => {
  it('that are not UTF-8 go to the kernel as they came', () => {
    const root = branch('odd', ['é漢😀', 'line\nname']);
    const odd = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff, 0xc3])]);
    mkdirSync(odd);
    writeFileSync(Buffer.concat([odd, Buffer.from('/in')]), 'x');
    const union = unionAt(host, 'overlay', branchesAt([root]));
    const { entries } = finish(listDirectory(union.union, union.reader, rootOf(union.union, union.reader)));
    expect(entries.map(({ name }) => name)).toEqual(['f\udcff\udcc3', 'line\nname', 'é漢😀']);
    expect(entryAt(union, '/f\udcff\udcc3/in')).toMatchObject({ kind: 'file', state: 'added' });
    expect(union.reader.contents(0, '/f\udcff\udcc3/in', 0, 9)).toMatchObject({ status: 'ok' });
  });

  it('of a large directory are counted beyond what was asked for', () => {
    const many = Array.from({ length: 300 }, (_, i) => `many/${i}`);
    const union = unionAt(host, 'overlay', branchesAt([branch('top', ['many/top', 'many/1']), branch('low', many)]));
    const { directory } = entryAt(union, '/many');
    if (directory === null) throw new Error('no directory');
    const { entries, rest } = finish(listDirectory(union.union, union.reader, directory, { most: 100 }));
    expect([entries.length, rest]).toEqual([100, 201]);
    // Read in one branch and only counted in the other, it is known in both.
    expect(entries.find(({ name }) => name === '1')).toMatchObject({
      version: { index: 0 },
      shadows: [{ index: 1 }],
      state: 'changed',
    });
  });
});

describe('a branch', () => {
  it('that a FUSE daemon answers for is not asked', () => {
    const root = branch('served', ['a', 'mnt/']);
    const { union } = unionAt(host, 'overlay', branchesAt([root]));
    for (const target of [work, root, path.join(root, 'mnt')]) {
      const mounts = mountLines(`1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:9 / ${target} rw - fuse.sshfs far rw\n`);
      const reader = openBranches(host, union, branchesAt([root]), mounts);
      expect(reader.find(0, '/', ['a'], UNASKED)).toMatchObject({ status: 'unsupported', code: 'FUSE' });
    }
  });

  it('that is not there is gone, and of one that is closed to us it says so', () => {
    const union = unionAt(host, 'overlay', branchesAt([path.join(work, 'nowhere')]));
    expect(union.reader.find(0, '/', ['a'], UNASKED)).toEqual({ status: 'gone' });
    if (process.getuid?.() === 0) return;
    const closed = branch('closed', ['d/a']);
    chmodSync(path.join(closed, 'd'), 0);
    const { reader } = unionAt(host, 'overlay', branchesAt([closed]));
    expect(reader.find(0, '/d', ['a'], UNASKED)).toMatchObject({ status: 'denied', code: 'EACCES' });
  });
});
