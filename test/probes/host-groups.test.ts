import { describe, expect, it } from 'vitest';
import { buildSnapshot } from '../../src/model/build-snapshot.ts';
import type { HostGroup } from '../../src/model/host-groups/host-groups.ts';
import type { Sample } from '../../src/model/sample.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { finish } from '../../src/model/steps.ts';
import { openSampler, type Want } from '../../src/probes/collect.ts';
import { openEngines } from '../../src/probes/engines/engines.ts';
import type { HostGroupsWant } from '../../src/probes/host-groups.ts';
import { hostGroup } from '../support/host-groups-fixture.ts';
import { loadTree, type MemoryHost, memoryHost } from '../support/memory-host.ts';
import { plainWant } from '../support/plain-want.ts';

function open(host: MemoryHost, opened: string | null = null, hostGroups: HostGroupsWant = { opened }) {
  const sampler = openSampler(host, openEngines(host, { kind: 'none' }, { env: {} }));
  const want: Want = { ...plainWant, figures: 'all', hostGroups };
  let last: Sample | null = null;
  return (): Snapshot => {
    const sample = finish(sampler.sample(want));
    const snapshot = buildSnapshot(sample, last);
    last = sample;
    return snapshot;
  };
}

const byPath = ({ hostGroups }: Snapshot) => new Map(hostGroups?.groups.map((group) => [group.path, group]));

function groupAt(snapshot: Snapshot, path: string): HostGroup {
  const group = byPath(snapshot).get(path);
  if (group === undefined) {
    throw new Error(`no group ${path}`);
  }
  return group;
}

describe('on a v1 hybrid host', () => {
  const host = loadTree('cgroup-v1-hybrid');
  const look = open(host);
  const first = look();

  it('groups of the same path in the trees of all controllers are one', () => {
    expect([...byPath(first).keys()].toSorted()).toEqual(['/', '/pod', '/pod/child']);
    expect(groupAt(first, '/pod/child')).toMatchObject({
      cpuLimitCores: 0.2,
      memoryLimitBytes: 96 * 2 ** 20,
      pidsLimit: 20,
      tasks: 1,
    });
    expect(groupAt(first, '/pod')).toMatchObject({ kind: 'group', memoryLimitBytes: 96 * 2 ** 20 });
  });

  it('a rate comes with the second sample, and is the growth of the kernel’s counter', () => {
    expect(groupAt(first, '/pod/child')).toMatchObject({ cpuCores: null, throttledPercent: null });
    expect(groupAt(first, '/pod/child').counted).toEqual({ cpu: true, periods: true, io: true });
    host.advance(2000);
    host.write('/sys/fs/cgroup/cpuacct/pod/child/cpuacct.usage', `${342365653 + 200_000_000}\n`);
    host.write('/sys/fs/cgroup/cpu/pod/child/cpu.stat', 'nr_periods 36\nnr_throttled 31\nthrottled_time 2046691415\n');
    const second = groupAt(look(), '/pod/child');
    expect(second.cpuCores).toBeCloseTo(0.1, 9);
    expect(second.throttledPercent).toBe(75);
  });

  it('a group that was removed is gone with the next sample', () => {
    for (const controller of ['cpu', 'cpuacct', 'cpuset', 'memory', 'pids', 'blkio', 'freezer', 'unified']) {
      host.remove(`/sys/fs/cgroup/${controller}/pod/child`);
    }
    expect([...byPath(look()).keys()].toSorted()).toEqual(['/', '/pod']);
  });
});

describe('on a v2 host', () => {
  const host = loadTree('cgroup-v2');
  host.write('/proc/4242/stat', '4242 (sh) S 1 4242 4242 0 -1 0 0 0 0 0 5 5 0 0 20 0 3 0 900 1000000 100');
  const look = open(host, '/pod.slice');
  const snapshot = look();

  it('every group of a process is in the tree, and counts it up to the root', () => {
    const groups = byPath(snapshot);
    const root = groupAt(snapshot, '/');
    expect(root.kind).toBe('root');
    expect(groupAt(snapshot, '/pod.slice').kind).toBe('slice');
    for (const { path, processes } of groups.values()) {
      const below = [...groups.values()].filter((group) => group.path.startsWith(path === '/' ? '/' : `${path}/`));
      for (const group of below) {
        expect(group.processes, group.path).toBeLessThanOrEqual(processes);
      }
    }
    expect(root.processes).toBe(1);
    expect(groupAt(snapshot, '/pod.slice/libpod-1.scope/container').processes).toBe(1);
  });

  it('a controller that is not enabled lends no use of the group above', () => {
    const { hostGroups } = snapshot;
    for (const group of hostGroups?.groups ?? []) {
      expect(group.memoryBytes ?? 0).toBeGreaterThanOrEqual(0);
    }
    expect(groupAt(snapshot, '/pod.slice/libpod-1.scope/container').memoryLimitBytes).toBe(64 * 2 ** 20);
  });

  it('has the processes of the opened group', () => {
    expect(snapshot.hostGroups?.opened).toMatchObject({ path: '/pod.slice' });
    expect(snapshot.hostGroups?.opened?.processes.map(({ pid }) => pid)).toEqual([4242]);
    expect(snapshot.hostGroups?.opened?.processes[0]?.cgroup).toBe('libpod-1.scope/container');
  });
});

const FACTS = `The host as a whole.
=== proc/self/mountinfo
22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
=== proc/stat
cpu  100 0 100 1000 0 0 0 50 0 0
cpu0 100 0 100 1000 0 0 0 50 0 0
btime 1700000000
=== proc/loadavg
1.50 0.75 0.25 1/80 11206
=== proc/meminfo
MemTotal:       1000 kB
MemAvailable:    400 kB
SwapTotal:       100 kB
SwapFree:         90 kB
=== proc/cpuinfo
flags : fpu hypervisor
=== etc/os-release
PRETTY_NAME="Some Linux"
=== sys/class/dmi/id/sys_vendor
QEMU
=== sys/class/dmi/id/product_name
QEMU Standard PC
`;

describe('a host as it is recorded', () => {
  /** The second sample, when there are rates. */
  function second(want: HostGroupsWant): Snapshot {
    const host = loadTree('host-engines');
    const look = open(host, null, want);
    look();
    host.advance(1000);
    return look();
  }
  const recorded = second('load');
  const live = byPath(second({ opened: null }));

  it('groups of containers have the figures that they have where all groups are read', () => {
    const own = recorded.hostGroups?.groups.filter(({ container, tasks, cpuLimitCores }) => {
      return container !== null && (cpuLimitCores !== null || tasks === null);
    });
    expect(own?.length).toBeGreaterThan(0);
    for (const group of own ?? []) expect(group).toEqual(live.get(group.path));
  });

  it('of others there is who is in them, and nothing that was not read', () => {
    const others = recorded.hostGroups?.groups.filter(({ container }) => container === null) ?? [];
    expect(others.map(({ path }) => path)).toContain('/');
    for (const group of others) {
      const { processes, names, kind } = live.get(group.path) ?? hostGroup(group.path);
      expect(group).toMatchObject({ processes, names, kind, cpuCores: null, memoryBytes: null, pidsLimit: null });
    }
    expect(recorded.hostGroups).toMatchObject({ ofContainersOnly: true, opened: null });
    expect(recorded.hostGroups?.now.totalBytes).toBe(second({ opened: null }).hostGroups?.now.totalBytes);
  });
});

describe('the host as a whole', () => {
  const host = memoryHost(FACTS);
  const look = open(host);
  const first = look().hostGroups?.now;

  it('what it is, and what it does', () => {
    expect(first).toMatchObject({
      distribution: 'Some Linux',
      hardware: 'QEMU Standard PC',
      virtual: true,
      averages: [1.5, 0.75, 0.25],
      usedBytes: 600 * 1024,
      totalBytes: 1000 * 1024,
      swapUsedBytes: 10 * 1024,
      cpuCores: null,
      stolenCores: null,
      pressure: { cpu: null, memory: null, io: null },
    });
  });

  it('time that was stolen is not use', () => {
    host.advance(2000);
    host.write(
      '/proc/stat',
      'cpu  150 0 150 1000 0 0 0 150 0 0\ncpu0 150 0 150 1000 0 0 0 150 0 0\nbtime 1700000000\n',
    );
    expect(look().hostGroups?.now).toMatchObject({ cpuCores: 0.5, stolenCores: 0.5 });
  });

  it('without a cgroup file system there are no groups', () => {
    expect(look().hostGroups?.groups).toEqual([]);
  });
});
