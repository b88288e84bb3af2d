import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type OwnStore, openOwnStore } from '../support/own-store.ts';

let store: OwnStore;
beforeAll(async () => {
  store = await openOwnStore();
});
afterEach(() => store.clear());
afterAll(async () => {
  expect(store.remains()).toEqual([]);
  await store.close();
});

const startNamed = (name: string, ...options: readonly string[]) => store.startNamed(name, options, 'sleep', '600');

/** `TARGET ro|rw` of each of these places, as a container that is started so sees them. */
async function mountsOf(targets: readonly string[], ...options: readonly string[]): Promise<readonly string[]> {
  const { stdout, stderr } = await store.run(['--rm', ...options], 'cat', '/proc/self/mounts');
  expect(stderr).toBe('');
  return stdout.split('\n').flatMap((line) => {
    const [, target = '', , flags = ''] = line.split(' ');
    return targets.includes(target) ? [`${target} ${flags.slice(0, 2)}`] : [];
  });
}

describe('--volumes-from', () => {
  const volumes = () => readdirSync(`${store.root}/volumes`);

  it('gives the volumes, files and directories of another container, at the same places, and no tmpfs', async () => {
    await startNamed('data', '-v', 'named:/v', '-v', '/nameless', '-v', `${store.workDir}:/host:ro`, '--tmpfs', '/t');
    const places = ['/v', '/nameless', '/host', '/t'];
    expect(await mountsOf(places, '--volumes-from', 'data')).toEqual(['/v rw', '/nameless rw', '/host ro']);
    expect(await mountsOf(places, '--volumes-from', 'data:ro')).toEqual(['/v ro', '/nameless ro', '/host ro']);
    expect(await mountsOf(places, '--volumes-from', 'data', '--tmpfs', '/v')).toEqual([
      '/nameless rw',
      '/host ro',
      '/v rw',
    ]);
    await store.run(['--rm', '--volumes-from', 'data'], 'touch', '/nameless/written');
    const { stdout } = await store.nsview('exec', 'data', 'ls', '/nameless');
    expect(stdout).toBe('written');
  });

  it('keeps a volume without a name until the last that has it is removed', async () => {
    await startNamed('first', '-v', '/nameless');
    await startNamed('second', '--volumes-from', 'first');
    const before = volumes();
    await store.nsview('rm', '-f', '-v', 'first');
    expect(volumes()).toEqual(before);
    await store.nsview('rm', '-f', '-v', 'second');
    expect(volumes().filter((name) => /^[0-9a-f]{64}$/.test(name))).toEqual([]);
  });

  it.each([
    ['nobody', '--volumes-from nobody: there is no such container'],
    ['some:wx', "run: --volumes-from is NAME[:ro], not 'some:wx'"],
  ])('%s is refused', async (text, why) => {
    const { exitCode, stderr } = await store.run(['--volumes-from', text], 'true');
    expect([exitCode, stderr.split('\n')[0]]).toEqual([125, `nsview: ${why}`]);
  });
});

it('a port that the kernel chose is shown like any other', async () => {
  const { stdout: id, stderr } = await store.run(['-d', '-p', '80', '-p', '81'], 'sleep', '600');
  const said = [...stderr.matchAll(/(127\.0\.0\.1:\d+) -> (\d+)\/tcp/g)].map(([, host, container]) => {
    return { host, container: Number(container), protocol: 'tcp' };
  });
  expect(said.map(({ container }) => container)).toEqual([80, 81]);
  const { stdout } = await store.nsview('inspect', id, '--json');
  expect(JSON.parse(stdout).network.ports).toEqual(said);
});

describe('--ipc container:X', () => {
  it('shares the shared memory of both kinds and nothing else', async () => {
    await startNamed('memory');
    await store.nsview('exec', 'memory', 'sh', '-c', 'echo of memory >/dev/shm/left; mkdir /dev/only');
    const look = 'readlink /proc/self/ns/ipc; cat /dev/shm/left; ls -d /dev/only; echo back >/dev/shm/back';
    const { stdout, stderr } = await store.run(['--rm', '--ipc', 'container:memory'], 'sh', '-c', look);
    const there = await store.nsview('exec', 'memory', 'sh', '-c', 'readlink /proc/self/ns/ipc; cat /dev/shm/back');
    const [namespace, back] = there.stdout.split('\n');
    expect([stdout.split('\n'), back]).toEqual([[namespace, 'of memory'], 'back']);
    expect(stderr).toContain('/dev/only: No such file');
    expect(await mountsOf(['/dev/shm'], '--ipc', 'container:memory')).toEqual(['/dev/shm rw']);
  });

  it('follows no link out of the other’s root', async () => {
    await startNamed('hostile', '--cap-add', 'SYS_ADMIN');
    const swap = 'umount /dev/shm && rmdir /dev/shm && ln -s /etc /dev/shm';
    expect(await store.nsview('exec', 'hostile', 'sh', '-c', swap)).toMatchObject({ exitCode: 0 });
    const { exitCode, stderr } = await store.run(['--rm', '--ipc', 'container:hostile'], 'ls', '/dev/shm');
    expect(exitCode).toBe(125);
    expect(stderr).toContain('(ELOOP)');
  });
});

it('shows the devices of the network that it is in', async () => {
  await startNamed('network');
  const { stdout } = await store.run(['--rm', '--network', 'container:network'], 'ls', '/sys/class/net');
  expect(stdout).toBe('lo');
  const { stdout: hosts } = await store.run(['--rm', '--network', 'host'], 'ls', '/sys/class/net');
  expect(hosts.split('\n')).toEqual(expect.arrayContaining(readdirSync('/sys/class/net').slice(0, 1)));
});

it('shares the host’s IPC namespace also where the host has mounted no queues', async () => {
  const command = ['sh', '-c', 'readlink /proc/self/ns/ipc; ls /dev/shm'];
  const { stdout, stderr } = await store.run(['--rm', '--ipc', 'host'], ...command);
  expect([stdout.split('\n')[0], stderr]).toEqual([readlinkSync('/proc/self/ns/ipc'), '']);
});

it.each(['--network', '--pid', '--ipc', '--uts'])(
  'a container with a user namespace of its own is refused what another has by %s',
  async (flag) => {
    await startNamed('other');
    const { exitCode, stderr } = await store.run(['--userns', 'auto', flag, 'container:other'], 'true');
    expect([exitCode, stderr.split('\n')[0]]).toEqual([
      125,
      `nsview: ${flag}: a container with a user namespace of its own may not enter the namespaces of another`,
    ]);
  },
);

it.each(['/proc/nsview-none', '/proc/nsview-none/a/b'])('no store is made at %s', async (root) => {
  const { exitCode, stderr } = await store.nsview('--root', root, 'run', '--rootfs', store.rootfs, 'true');
  expect([exitCode, stderr.split('\n')[0]]).toEqual([
    125,
    `nsview: ${root}: it is missing and cannot be made there (ENOENT)`,
  ]);
  expect(existsSync(root)).toBe(false);
});
