import { describe, expect, it } from 'vitest';
import { buildSnapshot } from '../../src/model/build-snapshot.ts';
import { containerSchema } from '../../src/model/document/container.ts';
import { finish } from '../../src/model/steps.ts';
import { openSampler } from '../../src/probes/collect.ts';
import { openEngines } from '../../src/probes/engines/engines.ts';
import { loadTree } from '../support/memory-host.ts';

function look(tree: string, alsoPids: readonly number[]) {
  const host = loadTree(tree);
  const sampler = openSampler(host, openEngines(host, { kind: 'none' }, { env: {} }));
  const want = {
    detail: 'all',
    figures: 'all',
    stopped: false,
    network: false,
    namespaces: true,
    walkLayersUs: 0,
    procfs: false,
    alsoPids,
  } as const;
  return buildSnapshot(finish(sampler.sample(want)), null).containers;
}

describe('a process asked for by its pid', () => {
  const others = look('kubernetes-systemd-v2', []);
  const containers = look('kubernetes-systemd-v2', [1, 410, 99_999]);
  const bare = containers.filter(({ evidence }) => evidence.includes('pid'));

  it('is as a container where it is in none, and where there is such a process', () => {
    expect(bare.map(({ id }) => id)).toEqual([expect.stringMatching(/^pid:1@\d+$/)]);
    expect(bare[0]).toMatchObject({ engine: 'unknown', name: null, status: 'running', parent: null });
    expect(bare[0]?.processes.map(({ pid }) => pid)).toEqual([1]);
    expect(bare[0]?.life.says).toBe('a process in no container');
    expect(bare.map((each) => containerSchema.parse(each))).toEqual(bare);
  });

  it('has the host’s namespaces', () => {
    expect(new Set(bare[0]?.namespaces.map(({ isolated }) => isolated))).toEqual(new Set([false]));
  });

  it('changes nothing of the containers', () => {
    expect(containers.filter((each) => !bare.includes(each))).toEqual(others);
  });

  it('does not call its own what its group counts for others, too', () => {
    const [shell] = look('host-engines', [1]).filter(({ evidence }) => evidence.includes('pid'));
    expect(shell?.cgroup?.memory.usageBytes ?? null).toBeNull();
    expect(shell?.cgroup?.pids.current ?? null).toBeNull();
  });
});
