import { describe, expect, it } from 'vitest';
import { openEngines } from '../../../src/probes/engines/engines.ts';
import { memoryHost } from '../../support/memory-host.ts';
import { candidate, captured, DOCKER_ID, PODMAN_ID } from './fixture.ts';

const SHIM = [
  'containerd-shim-runc-v2',
  '-namespace',
  'moby',
  '-id',
  DOCKER_ID,
  '-address',
  '/x/containerd/containerd.sock',
];
const dockerd = candidate({ engine: 'docker', id: DOCKER_ID, init: 42, supervisor: 41 });

function hostWithDocker(root: string) {
  const host = memoryHost('=== etc/hostname\nhost\n');
  host.write(`${root}/containers/${DOCKER_ID}/config.v2.json`, captured('docker-config.v2.json'));
  host.write(`${root}/containers/${DOCKER_ID}/hostconfig.json`, captured('docker-hostconfig.json'));
  return host;
}

function mountinfo(...lines: readonly string[]): string {
  return lines.map((line, index) => `${20 + index} 1 ${line}\n`).join('');
}

describe('Docker without a socket', () => {
  it('is found at the usual place', () => {
    const engines = openEngines(hostWithDocker('/var/lib/docker'), { kind: 'auto' }, { env: {} });
    expect(engines.facts(dockerd, null)).toMatchObject({
      name: 'eng-web',
      group: 'shop',
      restartPolicy: 'on-failure:3',
    });
    expect(engines.storageRoots()).toEqual([{ engine: 'docker', root: '/var/lib/docker' }]);
  });

  it('is found through the shim: its containerd’s parent is the daemon', () => {
    const host = hostWithDocker('/mnt/d');
    host.write('/x/containerd/containerd.pid', '9');
    host.write('/proc/9/stat', `9 (containerd) S 8 ${'0 '.repeat(48)}`);
    host.write('/proc/8/cmdline', 'dockerd\0--data-root\0/mnt/d\0');
    const engines = openEngines(host, { kind: 'auto' }, { env: {} });
    expect(engines.facts(dockerd, null)).toBeNull();
    host.advance(1000);
    expect(engines.facts(dockerd, SHIM)).toMatchObject({ name: 'eng-web' });
    host.advance(5000);
    expect(engines.storageRoots()).toContainEqual({ engine: 'docker', root: '/mnt/d' });
  });

  it('is found through what is bound into the container, for that container alone', () => {
    const host = hostWithDocker('/mnt/big/docker');
    host.write('/proc/self/mountinfo', mountinfo('8:1 / / rw - ext4 /dev/a rw', '8:2 / /mnt/big rw - ext4 /dev/b rw'));
    host.write(
      '/proc/42/mountinfo',
      mountinfo(`8:2 /docker/containers/${'a'.repeat(64)}/hosts /etc/hosts rw - ext4 /dev/b rw`),
    );
    const engines = openEngines(host, { kind: 'auto' }, { env: {} });
    expect(engines.facts(dockerd, null)?.source).toBe(`/mnt/big/docker/containers/${DOCKER_ID}/config.v2.json`);
    expect(engines.storageRoots()).toEqual([]);
  });

  it('is not followed where a container put a link', () => {
    const host = hostWithDocker('/elsewhere');
    host.write('/proc/self/mountinfo', mountinfo('8:1 / / rw - ext4 /dev/a rw'));
    const bound = `8:1 /vol/containers/${DOCKER_ID}/hosts /etc/hosts rw - ext4 /dev/a rw`;
    host.write('/proc/42/mountinfo', mountinfo(bound));
    const linked = memoryHost('=== vol/containers -> /elsewhere/containers');
    for (const path of [
      '/proc/self/mountinfo',
      '/proc/42/mountinfo',
      `/elsewhere/containers/${DOCKER_ID}/config.v2.json`,
    ]) {
      const text = host.readText(path, 'gone');
      linked.write(path, text.status === 'ok' ? text.value : '');
    }
    expect(openEngines(linked, { kind: 'auto' }, { env: {} }).facts(dockerd, null)).toBeNull();
  });

  it('is read again when its file changed', () => {
    const host = hostWithDocker('/var/lib/docker');
    const engines = openEngines(host, { kind: 'auto' }, { env: {} });
    const first = engines.facts(dockerd, null);
    const path = `/var/lib/docker/containers/${DOCKER_ID}/config.v2.json`;
    host.write(path, captured('docker-config.v2.json').replace('/eng-web', '/renamed-by-hand'));
    expect(engines.facts(dockerd, null)).toBe(first);
    host.advance(2500);
    expect(engines.facts(dockerd, null)?.name).toBe('renamed-by-hand');
  });

  it('is never asked with an id that leaves its directory', () => {
    const host = hostWithDocker('/var/lib/docker');
    host.write('/etc/config.v2.json', captured('docker-config.v2.json'));
    const engines = openEngines(host, { kind: 'auto' }, { env: {} });
    for (const engine of ['docker', 'podman', 'containerd', 'cri-o', 'lxc', 'nspawn'] as const) {
      expect(engines.facts(candidate({ engine, id: '../../../etc', name: '../../../etc' }), null)).toBeNull();
    }
  });

  it('tells of what is stopped, and says who may not look', () => {
    const host = hostWithDocker('/var/lib/docker');
    const engines = openEngines(host, { kind: 'auto' }, { env: {} });
    expect(engines.stopped()).toEqual([]);
    host.advance(5000);
    host.write(
      `/var/lib/docker/containers/${DOCKER_ID}/config.v2.json`,
      captured('docker-config.v2.json').replace('"Running": true', '"Running": false'),
    );
    expect(engines.stopped()).toMatchObject([{ name: 'eng-web', status: 'exited' }]);
    const closed = openEngines(memoryHost('=== var/lib/docker/containers !EACCES'), { kind: 'auto' }, { env: {} });
    expect(closed.reports()).toMatchObject([{ engine: 'docker', where: '/var/lib/docker', status: 'denied' }]);
  });
});

describe('Podman and CRI-O without a socket', () => {
  const root = '/srv/pods';
  const argv = captured('conmon-argv.txt').trimEnd().replaceAll('/var/lib/containers/storage', root).split('\n');

  it('conmon leads to the store', () => {
    const host = memoryHost('=== etc/hostname\nhost\n');
    host.write(`${root}/overlay-containers/containers.json`, captured('podman-containers.json'));
    host.write(
      `${root}/overlay-containers/${PODMAN_ID}/userdata/config.json`,
      captured('podman-bundle-config.json').replaceAll('/var/lib/containers/storage', root),
    );
    const engines = openEngines(host, { kind: 'auto' }, { env: {} });
    const found = candidate({ engine: 'podman', id: PODMAN_ID, init: 42, supervisor: 41 });
    expect(engines.facts(found, argv)).toMatchObject({
      engine: 'podman',
      name: 'eng-pod1',
      image: 'localhost/nsv-busybox:latest',
      privileged: false,
      volumes: { '/data': 'engvol' },
      labels: null,
      source: `${root}/overlay-containers/containers.json`,
    });
    host.advance(5000);
    expect(engines.storageRoots()).toContainEqual({ engine: 'podman', root });
    expect(engines.stopped().map(({ name, status }) => [name, status])).toEqual([
      ['eng-pod1', 'exited'],
      ['eng-never', 'created'],
    ]);
    host.write(`/run/containers/storage/overlay-containers/${PODMAN_ID}/userdata/pidfile`, '42');
    host.write('/proc/42/stat', '42 (x) S');
    host.advance(5000);
    expect(engines.stopped().map(({ name }) => name)).toEqual(['eng-never']);
  });

  it('what --rm starts is in the volatile store', () => {
    const host = memoryHost('=== etc/hostname\nhost\n');
    host.write(
      '/var/lib/containers/storage/vfs-containers/volatile-containers.json',
      captured('podman-containers.json'),
    );
    const engines = openEngines(host, { kind: 'auto' }, { env: {} });
    expect(engines.facts(candidate({ engine: 'podman', id: PODMAN_ID }), null)?.name).toBe('eng-pod1');
  });

  it('a Kubernetes path with conmon is CRI-O’s', () => {
    const host = memoryHost('=== etc/hostname\nhost\n');
    const annotations = { 'io.kubernetes.container.name': 'nginx', 'io.kubernetes.pod.name': 'web' };
    host.write(`${root}/overlay-containers/${PODMAN_ID}/userdata/config.json`, JSON.stringify({ annotations }));
    const engines = openEngines(host, { kind: 'auto' }, { env: {} });
    const found = candidate({ engine: 'kubernetes', id: PODMAN_ID, init: 42, supervisor: 41 });
    expect(engines.facts(found, argv)).toMatchObject({ engine: 'cri-o', name: 'nginx', group: 'web' });
  });
});

describe('other engines', () => {
  it('containerd: the shim’s directory is the bundle', () => {
    const bundle = '/run/containerd/io.containerd.runtime.v2.task/k8s.io/c1';
    const host = memoryHost(`=== proc/41/cwd -> ${bundle}`);
    const annotations = { 'io.kubernetes.cri.container-name': 'nginx', 'io.kubernetes.cri.sandbox-name': 'web' };
    host.write(`${bundle}/config.json`, JSON.stringify({ annotations }));
    const engines = openEngines(host, { kind: 'auto' }, { env: {} });
    const argv = ['/usr/bin/containerd-shim-runc-v2', '-namespace', 'k8s.io', '-id', 'c1'];
    const found = candidate({ engine: 'kubernetes', id: 'c1', supervisor: 41 });
    expect(engines.facts(found, argv)).toMatchObject({ engine: 'containerd', name: 'nginx', group: 'web' });
    const unseen = candidate({ engine: 'containerd', id: 'c1', pod: 'k8s.io' });
    expect(engines.facts(unseen, null)).toMatchObject({ engine: 'containerd', name: 'nginx' });
  });

  it('runc: the init’s start proves whose pid it is', () => {
    const host = memoryHost('=== etc/hostname\nhost\n');
    host.write('/run/runc/web/state.json', '{"id":"web","init_process_pid":42,"init_process_start":777}');
    host.write('/proc/42/stat', `42 (sleep) S 1 ${'0 '.repeat(17)}777 ${'0 '.repeat(30)}`);
    const found = candidate({ key: 'ns:1:2', engine: 'unknown', init: 42 });
    const engines = openEngines(host, { kind: 'auto' }, { env: {} });
    expect(engines.facts(found, null)).toMatchObject({ engine: 'oci', id: 'web', name: 'web' });
    expect(engines.stopped()).toEqual([]);
    host.write('/proc/42/stat', `42 (other) S 1 ${'0 '.repeat(17)}999 ${'0 '.repeat(30)}`);
    const later = openEngines(host, { kind: 'auto' }, { env: {} });
    expect(later.facts(found, null)).toBeNull();
    expect(later.stopped()).toMatchObject([{ engine: 'oci', name: 'web', status: 'exited' }]);
  });

  it('runc with a root of its own, told by its command line', () => {
    const host = memoryHost('=== etc/hostname\nhost\n');
    host.write('/opt/r/web/status', '{"pid":42,"bundle":"/b"}');
    host.write('/b/config.json', '{"annotations":{"org.example":"x"}}');
    host.write('/proc/42/stat', `42 (sleep) S 1 ${'0 '.repeat(48)}`);
    const engines = openEngines(host, { kind: 'auto' }, { env: {} });
    const found = candidate({ engine: 'oci', id: 'web', init: 42, supervisor: 41 });
    expect(engines.facts(found, ['crun', '--root=/opt/r', 'run', 'web'])).toMatchObject({ name: 'web' });
  });

  it('LXC: the monitor’s title names path and container', () => {
    const host = memoryHost(
      '=== srv/lxc/web/config\n# comment\nlxc.uts.name = web\nlxc.group = shop\n=== var/lib/lxc/off/config\nlxc.uts.name = off\n',
    );
    const engines = openEngines(host, { kind: 'auto' }, { env: {} });
    const found = candidate({ engine: 'lxc', id: 'web', name: 'web', supervisor: 41 });
    expect(engines.facts(found, ['[lxc monitor] /srv/lxc web'])).toMatchObject({
      name: 'web',
      group: 'shop',
      source: '/srv/lxc/web/config',
    });
    expect(engines.stopped()).toMatchObject([{ engine: 'lxc', name: 'off', status: 'exited' }]);
    host.write('/proc/net/unix', '0000: 00000002 00000000 00010000 0001 01 1 @/var/lib/lxc/off/command\n');
    host.advance(5000);
    expect(engines.stopped()).toEqual([]);
  });

  it('nspawn: machined’s file, else the command line', () => {
    const host = memoryHost(
      '=== run/systemd/machines/deb\nNAME=deb\nCLASS=container\nLEADER=42\nREALTIME=1767225600000000\n',
    );
    const engines = openEngines(host, { kind: 'auto' }, { env: {} });
    expect(engines.facts(candidate({ engine: 'nspawn', id: 'deb', name: 'deb' }), null)).toMatchObject({
      name: 'deb',
      startedAt: '2026-01-01T00:00:00.000Z',
    });
    const argv = ['systemd-nspawn', '--register=no', '-D', '/srv/images/own/'];
    expect(engines.facts(candidate({ key: 'ns:1', engine: 'nspawn' }), argv)).toMatchObject({ name: 'own', id: 'own' });
  });
});

describe('--engine none', () => {
  it('knows nothing at all', async () => {
    const engines = openEngines(hostWithDocker('/var/lib/docker'), { kind: 'none' }, { env: {} });
    await engines.refresh(10);
    expect(engines.facts(dockerd, SHIM)).toBeNull();
    expect([engines.reports(), engines.stopped(), engines.storageRoots()]).toEqual([[], [], []]);
  });
});
