import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Container } from '../../src/model/document/container.ts';
import { cgroupOutputSchema, inspectSchema, psSchema } from '../../src/model/document/outputs.ts';
import { openDesk } from '../support/desk.ts';
import { busyboxImage, type Docker } from '../support/engines/docker.ts';
import { type DockerInspect, inspectDocker } from '../support/engines/docker-inspect.ts';
import { nsviewJson } from '../support/nsview.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';
import { type CrunContainer, startCrun, startV2Dockerd } from './v2-containers.ts';

const MIB = 2 ** 20;
const workDir = makeWorkDir();
const sleep = ['sleep', '1000000'];

/** Options of docker run; what they should mean is asked from docker inspect. */
const dockerCases: { readonly [name: string]: readonly string[] } = {
  plain: [],
  limited: ['--cpus', '0.25', '-m', '48m', '--memory-swap', '80m', '--pids-limit', '7'],
  quota: ['--cpu-period', '50000', '--cpu-quota', '10000', '--memory-reservation', '16m'],
  paused: [],
  parented: ['--cgroup-parent', '/outer', '--pids-limit', '50'],
  everything: ['--privileged'],
};
const names = Object.keys(dockerCases);

let engine: Docker;
let crun: readonly CrunContainer[];
let ps: z.infer<typeof psSchema>;
let inspected: readonly DockerInspect[];

beforeAll(async () => {
  engine = await startV2Dockerd(workDir);
  for (const [name, options] of Object.entries(dockerCases)) {
    await engine.docker('run', '-d', '--network', 'none', '--name', name, ...options, busyboxImage, ...sleep);
  }
  await engine.docker('pause', 'paused');
  crun = [
    await startCrun(workDir, 'first', '/first', { memory: { limit: 32 * MIB }, pids: { limit: 9 } }),
    await startCrun(workDir, 'second', '/group/second', { cpu: { quota: 30_000, period: 100_000 } }),
  ];
  ps = await nsviewJson(psSchema, ['ps', '--engine', 'none']);
  inspected = await inspectDocker(engine.docker, names);
}, 180_000);

afterAll(async () => {
  for (const container of crun) await container.stop();
  await engine.docker('unpause', 'paused');
  await engine.docker('rm', '-f', ...names);
  await engine.stop();
  await removeWorkDir(workDir);
}, 120_000);

function withPid(pid: number): Container {
  const rows = ps.containers.filter((container) => container.init?.pid === pid);
  expect(rows).toHaveLength(1);
  return rows[0] as Container;
}

function oracle(name: string): DockerInspect {
  const found = inspected.find((container) => container.Name === `/${name}`);
  if (found === undefined) throw new Error(`docker does not know ${name}`);
  return found;
}

const limit = (value: number | null) => (value !== null && value > 0 ? value : 'max');

describe('ps --engine none on cgroup v2', () => {
  it('finds all of them and nothing else', () => {
    expect(ps.host.layout).toBe('unified');
    const pids = [...inspected.map(({ State }) => State.Pid), ...crun.map(({ pid }) => pid)];
    expect(ps.containers.map(({ init }) => init?.pid).sort()).toEqual(pids.sort());
  });

  it.each(names)('%s: who it is and its limits, as docker inspect has them', (name) => {
    const { Id, State, HostConfig } = oracle(name);
    const container = withPid(State.Pid);
    expect(container).toMatchObject({ id: Id, engine: 'docker', status: State.Status });
    const { NanoCpus, CpuQuota, CpuPeriod } = HostConfig;
    const cores = NanoCpus > 0 ? NanoCpus / 1e9 : CpuQuota / CpuPeriod;
    expect(container.cgroup).toMatchObject({
      version: 2,
      cpu: { limitCores: limit(Number.isNaN(cores) ? 0 : cores) },
      memory: { limitBytes: limit(HostConfig.Memory), lowBytes: HostConfig.MemoryReservation },
      pids: { limit: limit(HostConfig.PidsLimit), current: 1 },
    });
  });

  it('swap is what docker allows beyond memory', () => {
    expect(withPid(oracle('limited').State.Pid).cgroup?.memory.swapLimitBytes).toBe(32 * MIB);
  });

  it('every container has a cgroup namespace of its own', () => {
    const types = withPid(oracle('plain').State.Pid).namespaces.filter(({ type }) => type === 'cgroup');
    expect(types).toEqual([expect.objectContaining({ isolated: true })]);
  });

  it('crun’s containers, with the limits of their files', () => {
    const [first, second] = crun.map(({ pid }) => withPid(pid).cgroup);
    expect(first).toMatchObject({
      paths: { unified: '/first' },
      memory: { limitBytes: 32 * MIB, limitedBy: '/first' },
      pids: { limit: 9, limitedBy: '/first' },
    });
    expect(second).toMatchObject({ paths: { unified: '/group/second' }, cpu: { limitCores: 0.3 } });
  });
});

it('ps asks dockerd for the names alone', async () => {
  const { containers } = await nsviewJson(psSchema, ['ps', '--engine', `docker=${engine.socket}`]);
  const named = containers.filter((container) => container.engine === 'docker');
  expect(named.map(({ name }) => name).sort()).toEqual([...names].sort());
});

it('cgroup: the figures of the files, each with its path', async () => {
  const { Id } = oracle('limited');
  const { cgroup } = await nsviewJson(cgroupOutputSchema, ['cgroup', Id, '--engine', 'none']);
  const file = cgroup?.files['memory.limitBytes'] ?? '';
  expect(file).toBe(`/sys/fs/cgroup/docker/${Id}/memory.max`);
  expect(cgroup?.memory.limitBytes).toBe(Number(readFileSync(file, 'utf8')));
});

it('inspect: a privileged container is seen to be one', async () => {
  const { Id } = oracle('everything');
  const { security } = await nsviewJson(inspectSchema, ['inspect', Id, '--engine', 'none']);
  expect(security?.privileged).toBe(true);
  const plain = await nsviewJson(inspectSchema, ['inspect', oracle('plain').Id, '--engine', 'none']);
  expect(plain.security?.privileged).toBe(false);
});

it('limits go through dockerd, which knows them then, and back', async () => {
  const desk = openDesk({ kind: 'sockets', sockets: [{ engine: 'docker', path: engine.socket }] });
  await desk.engines.refresh(10_000);
  const { Id } = oracle('limited');
  const theirs = () => desk.find(({ id }) => id === Id);
  const files = () =>
    ['cpu.max', 'memory.max', 'pids.max'].map((file) => readFileSync(`/sys/fs/cgroup/docker/${Id}/${file}`, 'utf8'));
  const before = files();
  try {
    const { offer, result } = await desk.limit(theirs(), 'cpus', '0.5');
    expect([offer.asks, offer.calls[0], result.ok]).toEqual([
      true,
      `POST /containers/${Id}/update on ${engine.socket}`,
      true,
    ]);
    expect((await desk.limit(theirs(), 'memory', '64m')).result.ok).toBe(true);
    expect((await desk.limit(theirs(), 'pids', '9')).result.ok).toBe(true);
    expect(files()).toEqual(['50000 100000\n', `${64 * MIB}\n`, '9\n']);
    const { HostConfig } =
      (await inspectDocker(engine.docker, ['limited']))[0] ?? expect.fail('docker does not know it');
    expect(HostConfig).toMatchObject({ NanoCpus: 500_000_000, Memory: 64 * MIB, PidsLimit: 9 });
    for (let step = 0; step < 3; step += 1) expect((await desk.undo(theirs())).result.ok).toBe(true);
    expect(files()).toEqual(before);
  } finally {
    desk.close();
  }
});
