import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { gone, type Reading, valueOr } from '../../src/model/reading.ts';
import { loadLibrary } from '../../src/native/library.ts';
import type { Host } from '../../src/probes/host.ts';
import { keptDescriptors } from '../../src/probes/host-kept.ts';
import { nativeHost } from '../../src/probes/host-native.ts';
import { nodeHost } from '../../src/probes/host-node.ts';
import { hostPaths } from '../../src/probes/host-paths.ts';
import { memoryHost } from '../support/memory-host.ts';
import { unpackTree } from '../support/unpack-tree.ts';
import { workDirPrefix } from '../support/work-dir.ts';

const TREE = `=== proc/42/stat
42 (é ) ñ) S 1
=== proc/42/cgroup
0::/a
=== proc/42/cmdline
sh\\0-c\\0
=== proc/42/empty
=== proc/42/fd/
=== proc/42/ns/mnt -> mnt:[4026531832]
=== proc/42/ns/pid -> pid:[4026531836]
=== proc/42/root/etc/hostname
inside
=== proc/42/root/etc/absolute -> /etc/hostname
=== proc/42/root/etc/relative -> ../usr/lib/name
=== proc/42/root/etc/up -> ../../../../../../etc/hostname
=== proc/42/root/etc/chain -> absolute
=== proc/42/root/etc/loop -> loop
=== proc/42/root/etc/out -> /var/secret
=== proc/42/root/usr/lib/name
by way of usr
=== proc/43/stat
43 (b) S 1
=== sys/fs/cgroup/a/pids.current
3
=== var/secret
outside
=== var/alias -> secret
`;
const LINKS = ['ns/mnt', 'ns/pid'];
const FILES = ['stat', 'cgroup'];

type World = {
  readonly host: Host;
  readonly remove: (path: string) => void;
  /** How many kept descriptors are open at most. */
  readonly openFiles: () => number;
};

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function inMemory(tree: string): World {
  const host = memoryHost(tree);
  return { host, remove: host.remove, openFiles: () => 0 };
}

function onDisk(tree: string, native: boolean, room?: number): World {
  const directory = mkdtempSync(path.join(os.tmpdir(), workDirPrefix));
  unpackTree(tree, directory);
  const paths = hostPaths({ proc: `${directory}/proc`, sys: `${directory}/sys`, root: directory });
  const kept = keptDescriptors(room);
  const plain = nodeHost(paths, kept);
  const { library } = loadLibrary();
  const host = native && library !== null ? nativeHost(plain, library, paths.map, kept) : plain;
  const before = readdirSync('/proc/self/fd').length;
  cleanups.push(() => {
    host.close();
    rmSync(directory, { recursive: true });
  });
  return {
    host,
    remove: (kernelPath) => rmSync(paths.map(kernelPath), { recursive: true }),
    openFiles: () => readdirSync('/proc/self/fd').length - before,
  };
}

const loaded = loadLibrary();
const unbuilt = loaded.library === null ? loaded.reason : '';
const worlds: readonly [string, (tree: string) => World][] = [
  ['memory', inMemory],
  ['plain Node', (tree) => onDisk(tree, false)],
  ...(unbuilt === '' ? [['native', (tree: string) => onDisk(tree, true)] as [string, (tree: string) => World]] : []),
];

test.skipIf(unbuilt !== '')(`the native library is built${unbuilt && `: ${unbuilt}`}`, () => {
  expect(loaded.library).not.toBeNull();
});

describe.each(worlds)('%s', (_, open) => {
  test('reads text, whatever it holds', () => {
    const { host } = open(TREE);
    expect(host.live).toBe(false);
    expect(host.readText('/proc/42/stat', 'gone')).toEqual({ status: 'ok', value: '42 (é ) ñ) S 1\n' });
    expect(host.readText('/proc/42/cmdline', 'gone')).toEqual({ status: 'ok', value: 'sh\0-c\0' });
    expect(host.readText('/proc/42/empty', 'gone')).toEqual({ status: 'ok', value: '' });
    expect(host.readText('/var/alias', 'gone')).toEqual({ status: 'ok', value: 'outside\n' });
  });

  test('the caller says what an absent file means', () => {
    const { host } = open(TREE);
    const absent = '/proc/42/none';
    const unsupported = { status: 'unsupported', path: absent, code: 'ENOENT' };
    expect(host.readText(absent, 'gone')).toEqual({ status: 'gone' });
    expect(host.readText(absent, 'unsupported')).toEqual(unsupported);
    expect(host.readLink(absent, 'unsupported')).toEqual(unsupported);
    expect(host.list(absent, 'unsupported')).toEqual(unsupported);
    expect(host.stat(absent, 'unsupported')).toEqual(unsupported);
    expect(host.readText('/proc/42/fd', 'gone')).toMatchObject({ status: 'unsupported', code: 'EISDIR' });
  });

  test('reads links that lead nowhere', () => {
    const { host } = open(TREE);
    expect(host.readLink('/proc/42/ns/mnt', 'gone')).toEqual({ status: 'ok', value: 'mnt:[4026531832]' });
    expect(host.readLink('/proc/42/stat', 'gone')).toMatchObject({ status: 'unsupported', code: 'EINVAL' });
    expect(host.stat('/proc/42/ns/mnt', 'gone')).toMatchObject({ status: 'ok', value: { kind: 'symlink' } });
  });

  test('lists names', () => {
    const { host } = open(TREE);
    const names = host.list('/proc/42', 'gone');
    expect(names.status === 'ok' && [...names.value].sort()).toEqual(
      ['cgroup', 'cmdline', 'empty', 'fd', 'ns', 'root', 'stat'].sort(),
    );
    expect(host.list('/proc/42/fd', 'gone')).toEqual({ status: 'ok', value: [] });
  });

  test('tells files by their kind and size', () => {
    const { host } = open(TREE);
    expect(host.stat('/proc/43/stat', 'gone')).toMatchObject({ status: 'ok', value: { kind: 'file', sizeBytes: 11 } });
    expect(host.stat('/proc/43', 'gone')).toMatchObject({ status: 'ok', value: { kind: 'dir' } });
    expect(host.stat('/var/alias', 'gone')).toMatchObject({ status: 'ok', value: { kind: 'symlink' } });
  });

  test('answers a group in the order it was asked', () => {
    const { host } = open(TREE);
    const answers = host.readGroups([
      { dir: '/proc/42', files: FILES, links: LINKS },
      { dir: '/proc/44', files: FILES, links: LINKS },
      { dir: '/proc/43', files: FILES, links: LINKS },
      { dir: '/sys/fs/cgroup/a', files: ['pids.current', 'pids.max'], links: [] },
    ]);
    expect(answers).toEqual([
      {
        files: [
          { status: 'ok', value: '42 (é ) ñ) S 1\n' },
          { status: 'ok', value: '0::/a\n' },
        ],
        links: [
          { status: 'ok', value: 'mnt:[4026531832]' },
          { status: 'ok', value: 'pid:[4026531836]' },
        ],
      },
      { files: [gone, gone], links: [gone, gone] },
      { files: [{ status: 'ok', value: '43 (b) S 1\n' }, gone], links: [gone, gone] },
      {
        files: [
          { status: 'ok', value: '3\n' },
          { status: 'unsupported', path: '/sys/fs/cgroup/a/pids.max', code: 'ENOENT' },
        ],
        links: [],
      },
    ]);
    expect(host.readGroups([])).toEqual([]);
  });

  test('on the hot path an absent file is gone under /proc, unsupported elsewhere, gone where its group is', () => {
    const { host } = open(TREE);
    expect(
      host.readKept(['/proc/42/stat', '/proc/99/stat', '/sys/fs/cgroup/a/io.stat', '/sys/fs/cgroup/b/io.stat']),
    ).toEqual([
      { status: 'ok', value: '42 (é ) ñ) S 1\n' },
      { status: 'gone' },
      { status: 'unsupported', path: '/sys/fs/cgroup/a/io.stat', code: 'ENOENT' },
      { status: 'gone' },
    ]);
    expect(host.readKept([])).toEqual([]);
  });

  test('answers 5,000 files and groups, each in its place', { timeout: 60_000 }, () => {
    const numbers = Array.from({ length: 5000 }, (_, i) => i);
    const { host } = open(`${TREE}${numbers.map((i) => `=== sys/many/${i}\n${i} é\n`).join('')}`);
    const values = (readings: readonly Reading<string>[]) =>
      readings.map((each) => String(valueOr(each, null))).join('');
    const paths = numbers.map((i) => `/sys/many/${i}`);
    const expected = numbers.map((i) => `${i} é\n`);
    expect(values(host.readKept(paths))).toBe(expected.join(''));
    expect(values(host.readKept(paths.toReversed()))).toBe(expected.toReversed().join(''));
    host.forget(paths);
    const answers = host.readGroups(numbers.map((i) => ({ dir: `/proc/${42 + (i % 3)}`, files: ['stat'], links: [] })));
    expect(values(answers.map(({ files }) => files[0] ?? gone))).toBe(
      numbers.map((i) => ['42 (é ) ñ) S 1\n', '43 (b) S 1\n', 'null'][i % 3]).join(''),
    );
  });

  test('a file longer than any buffer is read whole', () => {
    const long = 'ü'.repeat(1_500_000);
    const { host } = open(`${TREE}=== proc/42/mountinfo\n${long}\n`);
    const expected = { status: 'ok', value: `${long}\n` };
    expect(host.readText('/proc/42/mountinfo', 'gone')).toEqual(expected);
    const paths = ['/proc/42/stat', '/proc/42/mountinfo', '/proc/43/stat'];
    for (let tick = 0; tick < 2; tick += 1) expect(host.readKept(paths)[1]).toEqual(expected);
    expect(host.readKept(paths)[2]).toEqual({ status: 'ok', value: '43 (b) S 1\n' });
    const group = { dir: '/proc/42', files: ['stat', 'mountinfo', 'cgroup'], links: LINKS };
    expect(host.readGroups([group, group]).map(({ files }) => files[1])).toEqual([expected, expected]);
  });

  test('a regular file is read up to a size, and nothing else in its place', () => {
    const { host } = open(TREE);
    const refused = (path: string, code: string) => ({ status: 'unsupported', path, code });
    expect(host.readRegular('/var/secret', 8)).toEqual({ status: 'ok', value: 'outside\n' });
    expect(host.readRegular('/var/secret', 7)).toEqual(refused('/var/secret', 'EFBIG'));
    expect(host.readRegular('/proc/42/empty', 0)).toEqual({ status: 'ok', value: '' });
    expect(host.readRegular('/var/alias', 8)).toEqual(refused('/var/alias', 'ELOOP'));
    expect(host.readRegular('/var', 8)).toEqual(refused('/var', 'EISDIR'));
    expect(host.readRegular('/var/none', 8)).toEqual(refused('/var/none', 'ENOENT'));
  });

  test('nothing inside a root leads out of it', () => {
    const { host } = open(TREE);
    const inside = { status: 'ok', value: 'inside\n' };
    for (const name of ['hostname', 'absolute', 'up', 'chain', '../../../etc/hostname', './hostname']) {
      expect(host.readInside(42, `/etc/${name}`, 100), name).toEqual(inside);
      expect(host.readInside(42, `etc/${name}`, 100), name).toEqual(inside);
    }
    expect(host.readInside(42, '/etc/relative', 100)).toEqual({ status: 'ok', value: 'by way of usr\n' });
    expect(host.readInside(42, '/etc/out', 100)).toEqual({
      status: 'unsupported',
      path: '/proc/42/root/etc/out',
      code: 'ENOENT',
    });
    expect(host.readInside(42, '/etc/loop', 100)).toMatchObject({ status: 'unsupported', code: 'ELOOP' });
    expect(host.readInside(42, '/etc', 100)).toMatchObject({ status: 'unsupported', code: 'EISDIR' });
    expect(host.readInside(42, '/', 100)).toMatchObject({ status: 'unsupported', code: 'EISDIR' });
    expect(host.readInside(99, '/etc/hostname', 100)).toEqual({ status: 'gone' });
    expect(host.readInside(42, '/etc/hostname', 3)).toEqual({ status: 'ok', value: 'ins' });
  });

  test('clocks count', () => {
    const { host } = open(TREE);
    const [us, ms] = [host.monotonicUs(), host.wallMs()];
    expect(Number.isInteger(us) && host.monotonicUs() >= us && host.wallMs() >= ms).toBe(true);
  });
});

describe.each(worlds.slice(1).map(([name]) => name))('%s, without room for more descriptors', (name) => {
  test('reads by path what it cannot keep', () => {
    const paths = Array.from({ length: 20 }, (_, i) => `/proc/${i + 1}/stat`);
    const tree = paths.map((each, i) => `=== ${each.slice(1)}\n${i}\n`).join('');
    const { host, openFiles } = onDisk(tree, name === 'native', 256 + 3);
    const expected = paths.map((_, i) => ({ status: 'ok', value: `${i}\n` }));
    for (let tick = 0; tick < 2; tick += 1) expect(host.readKept(paths)).toEqual(expected);
    expect(openFiles()).toBe(3);
    host.forget(paths.slice(0, 2));
    expect(openFiles()).toBe(1);
    host.close();
    expect(openFiles()).toBe(0);
  });
});

test('a mark in a tree is an error of that path and of everything below it', () => {
  const { host, remove } = inMemory('=== proc/1/ns !EACCES\n=== proc/1/stat\n1 (a) S\n=== sys/a/b !ENODEV\n');
  const denied = { status: 'denied', path: '/proc/1/ns/mnt', code: 'EACCES' };
  expect(host.readLink('/proc/1/ns/mnt', 'gone')).toEqual(denied);
  expect(host.readGroups([{ dir: '/proc/1', files: ['stat'], links: ['ns/mnt'] }])[0]?.links).toEqual([denied]);
  expect(host.readKept(['/sys/a/b', '/proc/1/stat'])).toMatchObject([{ status: 'gone' }, { status: 'ok' }]);
  remove('/proc/1');
  expect(host.readKept(['/proc/1/stat'])).toEqual([{ status: 'gone' }]);
});
