import { describe, expect, it } from 'vitest';
import { buildSnapshot } from '../../src/model/build-snapshot.ts';
import { containerSchema } from '../../src/model/document/container.ts';
import type { Sample } from '../../src/model/sample.ts';
import { finish } from '../../src/model/steps.ts';
import { openSampler } from '../../src/probes/collect.ts';
import { openEngines } from '../../src/probes/engines/engines.ts';
import { loadTree, type MemoryHost } from '../support/memory-host.ts';
import { plainWant } from '../support/plain-want.ts';

function look(tree: string, alsoPids: readonly number[]) {
  return lookAt(loadTree(tree), alsoPids)();
}

/** Each call is a look with rates since the one before. */
function lookAt(host: MemoryHost, alsoPids: readonly number[]) {
  const sampler = openSampler(host, openEngines(host, { kind: 'none' }, { env: {} }));
  const want = { ...plainWant, detail: 'all', namespaces: true, alsoPids } as const;
  let last: Sample | null = null;
  return () => {
    const sample = finish(sampler.sample(want));
    const { containers } = buildSnapshot(sample, last);
    last = sample;
    return containers;
  };
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

describe('a process that shares some of its groups', () => {
  const host = loadTree('cgroup-v1-hybrid');
  const stat = (pid: number, ticks: number) =>
    `${pid} (sh) R 1 ${pid} ${pid} 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 900 1000000 100`;
  const text = host.readText('/proc/4242/cgroup', 'gone');
  const groups = text.status === 'ok' ? text.value : '';
  host.write('/proc/4242/stat', stat(4242, 100));
  host.write('/proc/4300/stat', stat(4300, 0));
  // In its cpuacct and memory groups, but not in the one that limits its CPU.
  host.write('/proc/4300/cgroup', groups.replace(/^(\d+:cpu):.*$/m, '$1:/'));
  const looked = lookAt(host, [4242]);
  const bare = () => looked().find(({ evidence }) => evidence.includes('pid'));
  const first = bare();

  it('keeps what its own groups tell, and not what is counted for others too', () => {
    expect(groups).toMatch(/^\d+:cpu:\/pod\/child$/m);
    expect(first?.cgroup?.cpu).toMatchObject({ limitCores: 0.2, periods: 16, throttledPeriods: 16 });
    expect(first?.cgroup?.memory.usageBytes).toBeNull();
    expect(first?.cgroup?.memory.limitBytes).toBe(96 * 2 ** 20);
    expect(first?.problems.filter(({ code }) => code === 'ESHARED')).toMatchObject([{ path: '/pod/child' }]);
  });

  it('has the CPU time that its own file tells', () => {
    expect(first?.cgroup?.cpu).toMatchObject({ usageUs: 1_000_000, usageCores: null });
    expect(first?.cgroup?.files['cpu.usageUs']).toBe('/proc/4242/stat');
    host.advance(1000);
    host.write('/proc/4242/stat', stat(4242, 110));
    expect(bare()?.cgroup?.cpu).toMatchObject({ usageCores: 0.1, ofLimitPercent: 50 });
  });
});
