import { expect, test } from 'vitest';
import { costOf, sumCosts } from '../../src/model/cost.ts';
import type { Cost } from '../../src/model/document/isolation.ts';
import type { ContainerNamespace } from '../../src/model/document/namespace.ts';
import { containerFixture } from '../support/container-fixture.ts';

function namespace(inode: number | null, isolated: boolean | null, ...sharedWith: string[]): ContainerNamespace {
  return { type: 'net', inode, isolated, sharedWith, parent: null, owner: null };
}

test('counts threads, and as namespaces only its own', () => {
  const { processes, cgroup } = containerFixture(1);
  const namespaces = [namespace(1, true), namespace(2, true, 'web'), namespace(3, false, 'host')];
  expect(costOf({ processes, cgroup, namespaces }, { mounts: 22, groups: 1 })).toEqual({
    processes: processes.length,
    threads: processes.reduce((sum, { threads }) => sum + threads, 0),
    memoryBytes: cgroup?.memory.usageBytes,
    kernelBytes: cgroup?.memory.kernelBytes,
    namespaces: 1,
    mounts: 22,
    cgroups: 1,
  });
});

test('where one namespace could not be read, it is unknown how many are its own', () => {
  const unread = [namespace(1, true), namespace(null, null)];
  const cost = costOf({ processes: [], cgroup: null, namespaces: unread }, { mounts: 1, groups: 1 });
  expect(cost.namespaces).toBeNull();
  expect(sumCosts([{ parent: null, cost, namespaces: unread }]).namespaces).toBeNull();
});

test('what was not read is unknown, not nothing', () => {
  expect(costOf({ processes: [], cgroup: null, namespaces: [] }, { mounts: null, groups: null })).toMatchObject({
    memoryBytes: null,
    kernelBytes: null,
    mounts: null,
    cgroups: null,
  });
});

test('a sum has nested containers once, shared namespaces once, and no unknown figure as 0', () => {
  const cost = (processes: number, memoryBytes: number | null): Cost => ({
    processes,
    threads: processes * 2,
    memoryBytes,
    kernelBytes: null,
    namespaces: 1,
    mounts: 10,
    cgroups: 1,
  });
  const sum = sumCosts([
    { parent: null, cost: cost(5, 1000), namespaces: [namespace(1, true, 'b')] },
    { parent: 'a', cost: cost(2, 400), namespaces: [namespace(2, true)] },
    { parent: null, cost: cost(1, null), namespaces: [namespace(1, true, 'a'), namespace(9, false, 'host')] },
  ]);
  expect(sum).toEqual({
    processes: 6,
    threads: 12,
    memoryBytes: 1000,
    kernelBytes: null,
    namespaces: 2,
    mounts: 30,
    cgroups: 2,
  });
});
