import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Desk, openDesk } from '../support/desk.ts';
import { cgroupRoots } from '../support/engines/cgroup-sweep.ts';
import { startDaemon } from '../support/engines/daemon.ts';
import { busyboxImage, dockerClient } from '../support/engines/docker.ts';
import { type Podman, podmanIsMissing, preparePodman } from '../support/engines/podman.ts';
import { limitFiles } from '../support/limit-files.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const hasLegacyMemory = cgroupRoots().some((mount) => mount.endsWith('/memory'));

const lane = inject('docker');

describe.skipIf(lane === null || !hasLegacyMemory)('limits of a Docker container', () => {
  const docker = dockerClient(lane?.socket ?? '', lane?.configDir ?? '');
  let desk: Desk;
  let id = '';

  beforeAll(async () => {
    const flags = ['--cpus', '0.2', '-m', '64m', '--pids-limit', '20'];
    id = (
      await docker('run', '-d', '--name', `nsview-limits-${process.pid}`, ...flags, busyboxImage, 'sleep', '600')
    ).trim();
    desk = openDesk({ kind: 'sockets', sockets: [{ engine: 'docker', path: lane?.socket ?? '' }] });
    await desk.engines.refresh(10_000);
  });
  afterAll(async () => {
    desk.close();
    await docker('rm', '-f', id);
  });

  const theirs = () => desk.find((container) => container.id === id);
  const file = (name: string) =>
    cgroupRoots()
      .map((mount) => `${mount}/docker/${id}/${name}`)
      .filter((path) => existsSync(path))
      .map((path) => readFileSync(path, 'utf8').trim())[0];
  const FILES = [...limitFiles, 'cpuset.cpus'];
  const files = () => FILES.map(file);

  it('go through its daemon, which knows them then, and back', async () => {
    const states = [files()];
    for (const [key, text, format, told] of [
      ['cpus', '0.5', '{{.HostConfig.NanoCpus}}', '500000000'],
      ['memory', '128m', '{{.HostConfig.Memory}}', String(128 << 20)],
      ['memorySwap', 'max', '{{.HostConfig.MemorySwap}}', '9223372036854772000'],
      ['memory', 'max', '{{.HostConfig.MemorySwap}}', '9223372036854772000'],
      ['memoryReservation', '32m', '{{.HostConfig.MemoryReservation}}', String(32 << 20)],
      ['pids', 'max', '{{.HostConfig.PidsLimit}}', '0'],
      ['cpuset', '0', '{{.HostConfig.CpusetCpus}}', '0'],
      ['cpus', 'max', '{{.HostConfig.CpuQuota}}', '-1'],
    ] as const) {
      const { offer, result } = await desk.limit(theirs(), key, text);
      expect([key, text, offer.asks, offer.calls[0], result]).toEqual([
        key,
        text,
        true,
        `POST /containers/${id}/update on ${lane?.socket}`,
        { ok: true, says: expect.any(String) },
      ]);
      expect([key, await docker('inspect', '-f', format, id)]).toEqual([key, told]);
      states.push(files());
      await desk.engines.refresh(10_000);
    }
    for (let left = states.pop(); states.length > 0; left = states.pop()) {
      expect(files()).toEqual(left);
      const { result } = await desk.undo(theirs());
      expect(result).toMatchObject({ ok: true });
      expect(files()).toEqual(states.at(-1));
    }
  });

  it('that Docker does not change are refused with that word', () => {
    const reason = desk.offerOf(theirs(), 'readRate', '8:0:1m').offer.disabledReason;
    expect(reason).toContain('docker changes no rates');
    expect(desk.offerOf(theirs(), 'cpuQuota', '20000 50000').offer.disabledReason).toContain('--cpus');
  });
});

describe.skipIf(podmanIsMissing || !hasLegacyMemory)('limits of a Podman container', () => {
  const workDir = makeWorkDir();
  const socket = `${workDir}/podman.sock`;
  let desk: Desk;
  let podman: Podman;
  let id = '';
  let stopService = async () => {};

  beforeAll(async () => {
    podman = await preparePodman(workDir);
    id = (await podman.start('nsview-limits', busyboxImage, 'sleep', '1000000')).trim();
    const words = [...podman.flags, 'system', 'service', '--time=0', `unix://${socket}`];
    const service = await startDaemon('podman', words, `${workDir}/service.log`, () => existsSync(socket));
    stopService = service.stop;
    desk = openDesk({ kind: 'sockets', sockets: [{ engine: 'podman', path: socket }] });
    await desk.engines.refresh(10_000);
  });
  afterAll(async () => {
    desk.close();
    await podman.podman('rm', '-f', '-t', '0', id);
    await stopService();
    await podman.stop();
    await removeWorkDir(workDir);
  });

  it('go through its service, and back', async () => {
    const container = desk.find((each) => each.id === id);
    const place = container.cgroup?.paths ?? {};
    const said = () => [
      readFileSync(`/sys/fs/cgroup/cpu${place['cpu']}/cpu.cfs_quota_us`, 'utf8').trim(),
      readFileSync(`/sys/fs/cgroup/pids${place['pids']}/pids.max`, 'utf8').trim(),
    ];
    const before = said();
    expect((await desk.limit(container, 'cpus', '0.5')).result).toMatchObject({ ok: true });
    expect((await desk.limit(container, 'pids', '50')).result).toMatchObject({ ok: true });
    expect(said()).toEqual(['50000', '50']);
    expect((await desk.undo(container)).result).toMatchObject({ ok: true });
    expect((await desk.undo(container)).result).toMatchObject({ ok: true });
    expect(said()).toEqual(before);
  });
});
