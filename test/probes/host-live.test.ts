import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { loadLibrary } from '../../src/native/library.ts';
import type { Host } from '../../src/probes/host.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { run } from '../support/command.ts';
import { makeWorkDir } from '../support/work-dir.ts';

const isRoot = process.getuid?.() === 0;
const needsRoot = isRoot ? '' : ' (needs root)';
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function workDir(): string {
  const directory = makeWorkDir();
  cleanups.push(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** Starts a program that lives until the test ends, and waits until it has printed something. */
async function start(file: string, ...args: string[]): Promise<ChildProcess & { pid: number }> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  cleanups.push(() => end(child));
  await once(child.stdout, 'data');
  return Object.assign(child, { pid: child.pid ?? 0 });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function makeGroup(hierarchy: string): string {
  const group = path.join(hierarchy, `nsview-test-${process.pid}`);
  mkdirSync(group);
  cleanups.push(() => readdirSync(hierarchy).includes(path.basename(group)) && rmdirSync(group));
  return group;
}

/** Where this host has mounted a v1 hierarchy with this controller, or the v2 one. */
function hierarchies(): [string, string][] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return mounts.flatMap((line): [string, string][] => {
    const at = line.split(' ')[4] ?? '';
    if (/ - cgroup2 /.test(line)) return [[at, 'cgroup.events']];
    return / - cgroup .*[ ,]pids(?:,|$)/.test(line) ? [[at, 'pids.max']] : [];
  });
}

const kinds = loadLibrary().library === null ? ['plain'] : ['plain', 'native'];

describe.each(kinds)('%s on this machine', (kind) => {
  const open = (): Host => {
    const host = openHost({}, { native: kind === 'native' });
    cleanups.push(host.close);
    return host;
  };

  test('agrees with the kernel about ourselves', () => {
    const host = open();
    expect(host.live).toBe(true);
    const [answer] = host.readGroups([{ dir: `/proc/${process.pid}`, files: ['cgroup'], links: ['ns/mnt', 'ns/pid'] }]);
    expect(answer?.files).toEqual([{ status: 'ok', value: readFileSync('/proc/self/cgroup', 'utf8') }]);
    const inode = /^mnt:\[(\d+)\]$/.exec(answer?.links[0]?.status === 'ok' ? answer.links[0].value : '')?.[1];
    expect(Number(inode)).toBe(statSync('/proc/self/ns/mnt').ino);
    const nullDevice = host.stat('/dev/null', 'unsupported');
    expect(nullDevice).toMatchObject({ status: 'ok', value: { kind: 'char', rdev: '1:3', mode: 0o666 } });
  });

  test('an ended process is gone', async () => {
    const host = open();
    const child = await start('sh', '-c', 'echo ready; exec sleep 60');
    const paths = ['stat', 'status'].map((name) => `/proc/${child.pid}/${name}`);
    expect(host.readKept(paths)).toMatchObject([{ status: 'ok' }, { status: 'ok' }]);
    await end(child);
    expect(host.readKept(paths)).toEqual([{ status: 'gone' }, { status: 'gone' }]);
    expect(host.readText(`/proc/${child.pid}/stat`, 'gone')).toEqual({ status: 'gone' });
    expect(host.readInside(child.pid, '/etc/hostname', 10)).toEqual({ status: 'gone' });
  });

  test.skipIf(!isRoot)(`a number used again does not revive a kept path${needsRoot}`, async () => {
    const program = fileURLToPath(new URL('../support/pid-reuse.ts', import.meta.url));
    const printed = await run('unshare', '-fp', '--mount-proc', process.execPath, program, kind);
    expect(JSON.parse(printed)).toEqual({ alive: 'ok', kept: 'gone', byPath: 'ok', forgotten: 'ok' });
  });

  test('the mounts of a zombie are gone, its stat is not', async () => {
    const host = open();
    // The parent becomes a program that never asks for its child's end.
    const parent = await start('sh', '-c', 'sleep 60 & echo ready; exec sleep 60');
    await expect.poll(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8')).toBe('sleep\n');
    const zombie = readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8').trim();
    process.kill(Number(zombie), 'SIGKILL');
    await expect.poll(() => readFileSync(`/proc/${zombie}/stat`, 'utf8')).toMatch(/ Z /);
    const files = ['stat', 'mountinfo', 'cmdline'];
    const [answer] = host.readGroups([{ dir: `/proc/${zombie}`, files, links: ['ns/mnt', 'ns/pid'] }]);
    expect(answer?.files).toMatchObject([{ status: 'ok' }, { status: 'gone' }, { status: 'ok', value: '' }]);
    expect(answer?.links).toMatchObject([{ status: 'gone' }, { status: 'ok' }]);
  });

  test.skipIf(!isRoot)(`an ordinary user is denied, and told where${needsRoot}`, () => {
    const host = open();
    process.seteuid?.(65534);
    cleanups.push(() => process.seteuid?.(0));
    const path = '/proc/1/ns/mnt';
    const denied = { status: 'denied', path, code: 'EACCES' };
    const [answer] = host.readGroups([{ dir: '/proc/1', files: ['stat', 'environ'], links: ['ns/mnt'] }]);
    expect(answer?.links).toEqual([denied]);
    expect(answer?.files).toMatchObject([{ status: 'ok' }, { status: 'denied', path: '/proc/1/environ' }]);
    expect(host.readLink(path, 'gone')).toEqual(denied);
    expect(host.readKept(['/proc/1/environ'])).toEqual([{ ...denied, path: '/proc/1/environ' }]);
    expect(host.readInside(1, '/etc/hostname', 9)).toMatchObject({ status: 'denied', code: 'EACCES' });
  });

  test.skipIf(!isRoot)(
    `nothing leads out of a real container's root, and no device is opened${needsRoot}`,
    async () => {
      const host = open();
      const directory = workDir();
      const root = path.join(directory, 'root');
      for (const name of ['bin', 'etc', 'proc', 'dev']) mkdirSync(path.join(root, name), { recursive: true });
      copyFileSync('/bin/busybox', path.join(root, 'bin/busybox'));
      writeFileSync(path.join(directory, 'secret'), 'outside\n');
      writeFileSync(path.join(root, 'etc/hostname'), 'inside\n');
      const links = {
        absolute: '/etc/hostname',
        up: '../../../../../../../etc/hostname',
        secret: path.join(directory, 'secret'),
        beside: '../../secret',
        magic: '/proc/self/root/etc/hostname',
        working: '/proc/self/cwd/etc/hostname',
      };
      for (const [name, target] of Object.entries(links)) symlinkSync(target, path.join(root, 'etc', name));
      await run('mkfifo', path.join(root, 'dev/fifo'));
      await run('mknod', path.join(root, 'dev/zero'), 'c', '1', '5');
      const script = `mount -t proc proc '${root}/proc' && exec chroot '${root}' /bin/busybox sh -c 'echo ready; exec /bin/busybox sleep 60'`;
      const { pid } = await start('unshare', '-m', 'sh', '-c', script);

      const inside = { status: 'ok', value: 'inside\n' };
      for (const name of ['hostname', 'absolute', 'up'])
        expect(host.readInside(pid, `/etc/${name}`, 99)).toEqual(inside);
      for (const name of ['secret', 'beside']) {
        expect(host.readInside(pid, `/etc/${name}`, 99), name).toMatchObject({ status: 'unsupported', code: 'ENOENT' });
      }
      for (const name of ['/etc/magic', '/etc/working', `/proc/${process.pid}/root/etc/hostname`]) {
        expect(host.readInside(pid, name, 99), name).toMatchObject({ status: 'unsupported', code: 'ELOOP' });
      }
      for (const name of ['/dev/fifo', '/dev/zero']) {
        expect(host.readInside(pid, name, 99), name).toMatchObject({ status: 'unsupported', code: 'EBADFD' });
      }
    },
  );

  test('a FIFO in the place of a regular file does not block, a device is not opened', async () => {
    const host = open();
    const fifo = path.join(workDir(), 'state.json');
    await run('mkfifo', fifo);
    for (const each of [fifo, '/dev/zero'])
      expect(host.readRegular(each, 99)).toEqual({ status: 'unsupported', path: each, code: 'EBADFD' });
  });

  test.skipIf(!isRoot).each(hierarchies())(
    `a removed group of %s is gone, also when made again${needsRoot}`,
    (top, file) => {
      const host = open();
      const group = makeGroup(top);
      const paths = [`${group}/${file}`, `${group}/no.such.file`];
      const absent = { status: 'unsupported', path: paths[1], code: 'ENOENT' };
      expect(host.readKept(paths)).toMatchObject([{ status: 'ok' }, absent]);
      rmdirSync(group);
      const gone = { status: 'gone' };
      expect(host.readKept(paths)).toEqual([gone, gone]);
      mkdirSync(group);
      expect(host.readKept(paths)).toEqual([gone, absent]);
      host.forget(paths);
      expect(host.readKept(paths)).toMatchObject([{ status: 'ok' }, absent]);
    },
  );

  test('what is kept is closed again', () => {
    const descriptors = () => readdirSync('/proc/self/fd').length;
    const host = open();
    const before = descriptors();
    const paths = ['stat', 'status', 'cgroup', 'limits'].map((name) => `/proc/${process.pid}/${name}`);
    for (let tick = 0; tick < 3; tick += 1) host.readKept(paths);
    expect(descriptors()).toBe(before + paths.length);
    host.forget(paths.slice(1));
    expect(descriptors()).toBe(before + 1);
    host.close();
    expect(descriptors()).toBe(before);
  });
});

describe('plain and native share what is kept', () => {
  test('a big batch goes on where small ones began', () => {
    const host = openHost();
    cleanups.push(host.close);
    const own = `/proc/${process.pid}/stat`;
    expect(host.readKept([own])).toMatchObject([{ status: 'ok' }]);
    const before = readdirSync('/proc/self/fd').length;
    const answers = host.readKept(Array.from({ length: 1000 }, () => own));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['ok']));
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });
});

describe.skipIf(!kinds.includes('native'))('facts of namespaces', () => {
  test('a child namespace names its parent and its owner', async () => {
    const host = openHost();
    cleanups.push(host.close);
    const { pid } = await start('unshare', '-Urpf', '--kill-child', 'sh', '-c', 'echo ready; exec sleep 60');
    const inner = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    const inode = (owner: number | string, type: string) => statSync(`/proc/${owner}/ns/${type}`).ino;
    const [user, pidns, uts] = host.namespaceFactsMany(
      ['user', 'pid', 'uts'].map((type) => `/proc/${inner}/ns/${type}`),
    );
    expect(user).toMatchObject({ value: { parent: inode('self', 'user'), ownerUid: process.getuid?.() } });
    expect(pidns).toMatchObject({ value: { parent: inode('self', 'pid'), owner: inode(inner, 'user') } });
    expect(uts).toMatchObject({ value: { parent: null } });
    const ids = [user, pidns, uts].map((each) => (each?.status === 'ok' ? each.value.uniqueId : undefined));
    expect(ids.every((id) => id === null || /^\d+$/.test(id ?? ''))).toBe(true);
    expect(host.namespaceFacts('/proc/self/status')).toMatchObject({ status: 'unsupported', code: 'ENOTTY' });
    expect(host.namespaceFacts(`/proc/${2 ** 22 + 1}/ns/pid`)).toEqual({ status: 'gone' });
    const held = openSync(`/proc/${inner}/ns/user`, 'r');
    cleanups.push(() => closeSync(held));
    expect(host.namespaceFacts(`/proc/self/fd/${held}`)).toEqual(user);
  });
});
