import { readlinkSync, realpathSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { z } from 'zod';
import type { Container } from '../../src/model/document/container.ts';
import { layersOutputSchema, psSchema } from '../../src/model/document/outputs.ts';
import { type Docker, dockerClient } from '../support/engines/docker.ts';
import { dockerCases, startDockerCases, tighterParent } from '../support/engines/docker-cases.ts';
import { type DockerInspect, inspectDocker } from '../support/engines/docker-inspect.ts';
import { nsviewJson } from '../support/nsview.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const lane = inject('docker');
const names = Object.keys(dockerCases);

/** A limit as nsview writes it, from two sources where 0 or null is "none". */
function tighter(...limits: readonly (number | null)[]): number | 'max' {
  const set = limits.filter((limit) => limit !== null && limit > 0) as number[];
  return set.length === 0 ? 'max' : Math.min(...set);
}

function cores({ NanoCpus, CpuQuota, CpuPeriod }: DockerInspect['HostConfig']): number | null {
  if (NanoCpus > 0) return NanoCpus / 1e9;
  return CpuQuota > 0 ? CpuQuota / (CpuPeriod || 100_000) : null;
}

describe.skipIf(lane === null)('ps --engine none agrees with docker inspect', () => {
  const workDir = makeWorkDir();
  let remove = async () => {};
  let docker: Docker['docker'];
  let ps: z.infer<typeof psSchema>;
  let inspected: Map<string, DockerInspect>;

  beforeAll(async () => {
    if (lane === null) return;
    docker = dockerClient(lane.socket, lane.configDir);
    remove = await startDockerCases(docker, workDir);
    ps = await nsviewJson(psSchema, ['ps', '--engine', 'none']);
    inspected = new Map((await inspectDocker(docker, names)).map((container) => [container.Name.slice(1), container]));
  });
  afterAll(async () => {
    await remove();
    await removeWorkDir(workDir);
  });

  const oracle = (name: string): DockerInspect => {
    const found = inspected.get(name);
    if (found === undefined) throw new Error(`docker does not know ${name}`);
    return found;
  };
  const row = (name: string): Container => {
    const rows = ps.containers.filter((container) => container.id === oracle(name).Id);
    expect(rows.length, `rows of ${name}`).toBe(1);
    return rows[0] as Container;
  };

  it('has at least twenty containers to compare', () => {
    expect(names.length).toBeGreaterThanOrEqual(20);
  });

  it.each(names)('%s: identity and pid', (name) => {
    const { Id, State } = oracle(name);
    const container = row(name);
    expect(container.engine).toBe('docker');
    expect(container.name).toBeNull();
    expect(container.image).toBeNull();
    expect(container.shortId).toBe(Id.slice(0, 12));
    expect(container.init?.pid).toBe(State.Pid);
    expect(container.status).toBe(State.Status);
    const started = Date.parse(container.startedAt ?? '');
    expect(Math.abs(started - Date.parse(State.StartedAt))).toBeLessThan(2000);
  });

  it.each(names)('%s: limits', (name) => {
    const { HostConfig } = oracle(name);
    const parent = name === 'parented' ? tighterParent : null;
    const cgroup = row(name).cgroup;
    expect(cgroup?.memory.limitBytes).toBe(tighter(HostConfig.Memory, parent?.memoryBytes ?? null));
    expect(cgroup?.pids.limit).toBe(tighter(HostConfig.PidsLimit, parent?.pids ?? null));
    expect(cgroup?.cpu.limitCores).toBe(tighter(cores(HostConfig), parent?.cores ?? null));
    expect(cgroup?.memory.softLimitBytes).toBe(HostConfig.MemoryReservation || 'max');
    expect(cgroup?.cpu.shares).toBe(HostConfig.CpuShares || 1024);
    if (HostConfig.CpusetCpus !== '') expect(cgroup?.cpu.cpus).toBe(HostConfig.CpusetCpus);
  });

  it('names the ancestor that imposes a limit', () => {
    const cgroup = row('parented').cgroup;
    expect(cgroup?.memory.limitedBy).toBe(tighterParent.path);
    expect(cgroup?.pids.limitedBy).toBe(tighterParent.path);
    expect(cgroup?.cpu.limitedBy).toBe(tighterParent.path);
    expect(row('memory').cgroup?.memory.limitedBy).toBe(`/docker/${oracle('memory').Id}`);
    expect(row('plain').cgroup?.memory.limitedBy).toBeNull();
  });

  it.each(names)('%s: namespaces', (name) => {
    const { HostConfig, State } = oracle(name);
    const namespaces = new Map(row(name).namespaces.map((namespace) => [namespace.type, namespace]));
    for (const [type, namespace] of namespaces) {
      const link = readlinkSync(`/proc/${State.Pid}/ns/${type}`);
      expect(`${type}:[${namespace.inode}]`).toBe(link);
      expect(namespace.isolated, type).toBe(link !== readlinkSync(`/proc/self/ns/${type}`));
    }
    expect([...namespaces.keys()].sort()).toEqual(['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts']);
    const modes = { net: HostConfig.NetworkMode, pid: HostConfig.PidMode, ipc: HostConfig.IpcMode } as const;
    for (const [type, mode] of Object.entries(modes) as [keyof typeof modes, string][]) {
      expect(namespaces.get(type)?.isolated, `${type} is ${mode}`).toBe(mode !== 'host');
      if (!mode.startsWith('container:')) continue;
      const other = [...inspected.values()].find(({ Id }) => mode === `container:${Id}`);
      expect(namespaces.get(type)?.sharedWith).toContain(other?.Id.slice(0, 12));
    }
  });

  it.each(names)('%s: branches', async (name) => {
    const { Id, GraphDriver } = oracle(name);
    const { layers } = await nsviewJson(layersOutputSchema, ['layers', Id, '--engine', 'none']);
    const { UpperDir, LowerDir } = GraphDriver.Data;
    expect(layers?.driver).toBe('overlay');
    expect(layers?.branches.map((branch) => realpathSync(branch.path))).toEqual([UpperDir, ...LowerDir.split(':')]);
    const [upper, init, ...image] = layers?.branches ?? [];
    expect([upper?.role, upper?.access]).toEqual(['rw', 'rw']);
    expect(init?.role).toBe('init');
    expect(new Set(image.map((branch) => branch.role))).toEqual(new Set(['image']));
  });

  it('knows names and images where it may ask the daemon', async () => {
    const named = await nsviewJson(psSchema, ['ps', '--engine', `docker=${lane?.socket}`]);
    for (const name of names) {
      const container = named.containers.find(({ id }) => id === oracle(name).Id);
      expect(container?.name).toBe(name);
      expect(container?.image).toBe(oracle(name).Config.Image);
    }
  });
});
