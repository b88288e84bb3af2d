import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { busyboxImage, type Docker, dockerClient } from '../support/engines/docker.ts';
import { childOf, compile, ended } from '../support/lxcfs/daemon.ts';
import { whyNoLxcfs } from '../support/lxcfs/why-no-lxcfs.ts';
import { nsview } from '../support/nsview.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const lane = inject('docker');
const missing = whyNoLxcfs() ?? (lane === null ? 'no dockerd' : null);
if (missing !== null) console.log(`skipped: lxcfs in containers: ${missing}`);

const name = 'nsview-lxcfs-inside';

describe.skipIf(missing !== null)('a container with lxcfs mounted in it', () => {
  const work = makeWorkDir();
  let docker: Docker['docker'];
  let lxcfs: ChildProcess;

  beforeAll(async () => {
    if (lane === null) return;
    docker = dockerClient(lane.socket, lane.configDir);
    const mount = path.join(work, 'lxcfs');
    mkdirSync(mount);
    lxcfs = spawn('lxcfs', ['-f', '-p', path.join(work, 'pid'), '-l', '--enable-cfs', mount], { stdio: 'ignore' });
    await waitUntil('lxcfs', () => readFileSync('/proc/self/mounts', 'utf8').includes(`${mount} fuse.lxcfs`));
    const volumes = ['meminfo', 'cpuinfo', 'swaps', 'stat', 'loadavg'].flatMap((file) => [
      '-v',
      `${mount}/proc/${file}:/proc/${file}`,
    ]);
    await docker('run', '-d', '--name', name, '--cpus', '1', '-m', '64m', ...volumes, busyboxImage, 'sleep', '1000');
  });
  afterAll(async () => {
    await docker?.('rm', '-f', name).catch(() => undefined);
    if (lxcfs?.exitCode === null) lxcfs.kill('SIGTERM');
    await removeWorkDir(work);
  });

  const look = async (...args: readonly string[]) =>
    (await nsview(['procfs', name, ...args, '--engine', `docker=${lane?.socket}`])).stdout;

  it('is seen as its own processes see it, with the flags of the daemon', async () => {
    const inside = async (file: string) => docker('exec', name, 'cat', `/proc/${file}`);
    expect(await look('cpuinfo', '--view', 'seen')).toBe(await inside('cpuinfo'));
    expect(await look('swaps', '--view', 'seen')).toBe(await inside('swaps'));
    expect(await look()).toContain('An lxcfs is active in it: it answers as 5.0.3, flags -l --enable-cfs');
  });

  it('is unknown to anybody else where the daemon answers by its memory', async () => {
    const told = await look();
    for (const file of ['stat', 'loadavg']) {
      expect(told).toContain(`/proc/${file} (lxcfs): it answers by what it remembers of this container`);
    }
    expect(await look('loadavg', '--lxcfs', '-l')).toMatch(/^0\.00 0\.00 0\.00 0\/1 \d+$/);
    expect(await look('loadavg', '--view', 'seen')).toBe('');
  });

  it('is said to be broken when the daemon has ended', async () => {
    lxcfs.kill('SIGTERM');
    await ended(lxcfs);
    expect(await look()).toContain('The lxcfs mounted in it has ended');
    expect(await look('meminfo')).toContain('MemTotal:          65536 kB');
  });
});

const noFuse = existsSync('/dev/fuse') ? whyNoLxcfs() : 'there is no /dev/fuse';
if (noFuse !== null) console.log(`skipped: a FUSE that calls itself lxcfs: ${noFuse}`);

it.skipIf(noFuse !== null)('a FUSE of a container’s own that calls itself lxcfs is asked nothing', async () => {
  const work = makeWorkDir();
  compile(work, 'silent-fuse.c', 'silent-fuse');
  const namespaces = ['--user', '--map-root-user', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const fake = spawn('unshare', [...namespaces, path.join(work, 'silent-fuse')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(fake.stdout as Readable, 'data');
    const ref = `pid:${await childOf(fake)}`;
    const { stdout } = await nsview(['procfs', ref]);
    expect(stdout).toContain('No lxcfs is mounted in it.');
    expect(stdout).toContain('/proc/meminfo (masked): hidden: a FUSE mount answers for it');
    expect((await nsview(['procfs', ref, 'meminfo', '--view', 'seen'])).exitCode).toBe(1);
    expect((await nsview(['procfs', ref, 'meminfo'])).stdout).toContain('MemTotal:');
  } finally {
    fake.kill('SIGKILL');
    await ended(fake);
    await removeWorkDir(work);
  }
});
