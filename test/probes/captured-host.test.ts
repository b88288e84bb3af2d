import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildSnapshot } from '../../src/model/build-snapshot.ts';
import { finish } from '../../src/model/steps.ts';
import { openSampler } from '../../src/probes/collect.ts';
import { openEngines } from '../../src/probes/engines/engines.ts';
import type { ExpectedHost } from '../support/expected-host.ts';
import { loadTree } from '../support/memory-host.ts';

/** A real host with containers of every engine, and what those engines said of them: `npm run capture-engines`. */
const expected: ExpectedHost = JSON.parse(
  readFileSync(fileURLToPath(new URL('../fixtures/host-engines.json', import.meta.url)), 'utf8'),
);

const host = loadTree('host-engines');
const engines = openEngines(host, { kind: 'none' }, { env: {} });
const want = {
  detail: 'all',
  figures: 'all',
  stopped: false,
  network: true,
  namespaces: true,
  walkLayersUs: 0,
  procfs: false,
} as const;
const snapshot = buildSnapshot(finish(openSampler(host, engines).sample(want)), null);
const rowOf = (pid: number) => snapshot.containers.find((container) => container.init?.pid === pid);

/** The layer that a short name of the store stands for. */
function real(branch: string): string {
  const link = host.readLink(branch, 'gone');
  return link.status === 'ok' ? path.resolve(path.dirname(branch), link.value) : branch;
}

describe('a captured host with containers of every engine', () => {
  it('has these containers and no others', () => {
    const pids = [...expected.docker, expected.podman, ...expected.others].map(({ pid }) => pid);
    const found = snapshot.containers.map(({ init }) => init?.pid ?? 0);
    expect(found.toSorted((a, b) => a - b)).toEqual(pids.toSorted((a, b) => a - b));
    expect(found).not.toContain(expected.sandbox);
  });

  it.each(expected.docker)('docker: $name', ({ id, pid, memoryBytes, cores, pids, networkMode, pidMode, branches }) => {
    const row = rowOf(pid);
    expect(row).toMatchObject({ id, engine: 'docker', status: 'running' });
    expect(row?.cgroup?.memory.limitBytes).toBe(memoryBytes || 'max');
    expect(row?.cgroup?.cpu.limitCores).toBe(cores || 'max');
    expect(row?.cgroup?.pids.limit).toBe(pids || 'max');
    expect(row?.layers?.branches.map((branch) => real(branch.path))).toEqual(branches);
    const isolated = (type: string) => row?.namespaces.find((namespace) => namespace.type === type)?.isolated;
    expect(isolated('net')).toBe(networkMode !== 'host');
    expect(isolated('pid')).toBe(pidMode !== 'host');
  });

  it('podman', () => {
    const { id, pid, memoryBytes } = expected.podman;
    expect(rowOf(pid)).toMatchObject({ id, engine: 'podman', cgroup: { memory: { limitBytes: memoryBytes } } });
  });

  it.each(expected.others)('$engine', ({ engine, pid }) => {
    expect(rowOf(pid)?.engine).toBe(engine);
  });
});
