import { describe, expect, it } from 'vitest';
import type { CgroupLayout } from '../../../src/model/cgroup/layout.ts';
import { planCgroup } from '../../../src/runtime/cgroups/plan-cgroup.ts';
import { noResources, type Resources } from '../../../src/runtime/cgroups/resources.ts';
import { deviceProgram } from '../../../src/runtime/security/device-program.ts';
import { FULL_ACCESS } from '../../../src/runtime/security/device-rules.ts';

const ID = 'a'.repeat(64);
const at = (mountPoint: string) => ({ mountPoint: `/sys/fs/cgroup/${mountPoint}`, root: '/' });
const HYBRID: CgroupLayout = {
  kind: 'hybrid',
  v1: {
    cpu: at('cpu,cpuacct'),
    cpuacct: at('cpu,cpuacct'),
    memory: at('memory'),
    cpuset: at('cpuset'),
    devices: at('devices'),
  },
  v2: at('unified'),
};
const UNIFIED: CgroupLayout = { kind: 'unified', v1: {}, v2: { mountPoint: '/sys/fs/cgroup', root: '/' } };

function plan(
  layout: CgroupLayout,
  asked: Partial<Resources>,
  files: { [path: string]: string } = {},
  parent = '/nsview',
  besides: readonly string[] = [],
) {
  const planned = planCgroup({
    layout,
    id: ID,
    parent,
    resources: { ...noResources, ...asked },
    devices: [{ type: 'c', major: 1, minor: 3, access: FULL_ACCESS }],
    besides,
    isOurs: (directory) => files[directory] === undefined && parent !== '/nsview',
    read: (path) => files[path] ?? null,
  });
  if (planned.kind !== 'planned') throw new Error(`missing ${planned.controller}`);
  const writes = planned.cgroup.writes.map(({ file, value, optional }) => `${file} ${value}${optional ? ' ?' : ''}`);
  return { ...planned.cgroup, writes };
}

describe('version 1 and hybrid', () => {
  it('makes one group in each hierarchy, once where controllers share one', () => {
    const { directories, joins, removes } = plan(HYBRID, {});
    const leaves = ['cpu,cpuacct', 'memory', 'cpuset', 'devices', 'unified'].map(
      (name) => `/sys/fs/cgroup/${name}/nsview/${ID}`,
    );
    expect(removes).toEqual(leaves);
    expect(joins.map(({ directory }) => directory)).toEqual(leaves);
    expect(joins.filter(({ version }) => version === 2)).toHaveLength(1);
    expect(directories).toEqual(leaves.flatMap((leaf) => [leaf.slice(0, -ID.length - 1), leaf]));
  });

  it('makes a cpuset where lxcfs will look for one, and asks for no controller that is not mounted', () => {
    const { joins, writes } = plan(HYBRID, {}, { '/sys/fs/cgroup/cpuset/cpuset.cpus': '0-3\n' }, '/nsview', [
      'cpuset',
      'misc',
    ]);
    expect(joins.map(({ directory }) => directory)).toContain(`/sys/fs/cgroup/cpuset/nsview/${ID}`);
    expect(writes).toContain(`/sys/fs/cgroup/cpuset/nsview/${ID}/cpuset.cpus 0-3`);
  });

  it('writes memory before memory with swap, twice as much unless told', () => {
    const group = `/sys/fs/cgroup/memory/nsview/${ID}`;
    expect(plan(HYBRID, { memoryBytes: 300 << 20 }).writes).toContain(
      `${group}/memory.memsw.limit_in_bytes 629145600 ?`,
    );
    const memory = plan(HYBRID, { memoryBytes: 64 << 20, memorySwapBytes: 'max', memoryReservationBytes: 32 << 20 });
    expect(memory.writes.filter((write) => write.includes('/memory/'))).toEqual([
      `${group}/memory.limit_in_bytes 67108864`,
      `${group}/memory.memsw.limit_in_bytes -1 ?`,
      `${group}/memory.soft_limit_in_bytes 33554432`,
    ]);
  });

  it('writes the period before the quota and denies all devices before it allows some', () => {
    const group = `/sys/fs/cgroup/cpu,cpuacct/nsview/${ID}`;
    const { writes } = plan(HYBRID, { cpuQuotaUs: 10_000, cpuPeriodUs: 50_000, cpuShares: 512 });
    expect(writes.filter((write) => !write.includes('/cpuset/'))).toEqual([
      `/sys/fs/cgroup/devices/nsview/${ID}/devices.deny a`,
      `/sys/fs/cgroup/devices/nsview/${ID}/devices.allow c 1:3 rwm`,
      `${group}/cpu.cfs_period_us 50000`,
      `${group}/cpu.cfs_quota_us 10000`,
      `${group}/cpu.shares 512`,
    ]);
  });

  it('fills every new cpuset from above, and tells one that is filled what it has', () => {
    const files = {
      '/sys/fs/cgroup/cpuset/cpuset.cpus': '0-3\n',
      '/sys/fs/cgroup/cpuset/cpuset.mems': '0\n',
      '/sys/fs/cgroup/cpuset/mine/cpuset.cpus': '1\n',
      '/sys/fs/cgroup/cpuset/mine/cpuset.mems': '\n',
    };
    const { writes } = plan(HYBRID, { cpusetCpus: '1' }, files, '/mine/');
    expect(writes.filter((write) => write.includes('cpuset'))).toEqual([
      '/sys/fs/cgroup/cpuset/mine/cpuset.cpus 1 ?',
      `/sys/fs/cgroup/cpuset/mine/${ID}/cpuset.cpus 1`,
      '/sys/fs/cgroup/cpuset/mine/cpuset.mems 0',
      `/sys/fs/cgroup/cpuset/mine/${ID}/cpuset.mems 0`,
      `/sys/fs/cgroup/cpuset/mine/${ID}/cpuset.cpus 1`,
    ]);
  });

  it('keeps for the end what tells of OOM and throttling', () => {
    const { finals } = plan(HYBRID, {});
    expect(finals).toContain(`/sys/fs/cgroup/memory/nsview/${ID}/memory.oom_control`);
    expect(finals).toContain(`/sys/fs/cgroup/cpu,cpuacct/nsview/${ID}/cpu.stat`);
  });

  it('needs no program for devices', () => {
    expect(plan(HYBRID, {}).devices).toBeNull();
  });

  it('takes groups above with it that are there for ours alone, the deepest first', () => {
    const there = { '/sys/fs/cgroup/memory/mine': '', '/sys/fs/cgroup/cpuset/mine': '' };
    const { parents } = plan(HYBRID, {}, there, '/mine/box');
    expect(parents.filter((parent) => /memory|devices/.test(parent))).toEqual([
      '/sys/fs/cgroup/memory/mine/box',
      '/sys/fs/cgroup/devices/mine/box',
      '/sys/fs/cgroup/devices/mine',
    ]);
    expect(plan(HYBRID, {}).parents).toEqual([]);
  });

  it('says which controller this host does not have', () => {
    const request = {
      layout: HYBRID,
      id: ID,
      parent: '/nsview',
      devices: null,
      besides: [],
      isOurs: () => false,
      read: () => null,
    };
    expect(planCgroup({ ...request, resources: { ...noResources, pids: 5 } })).toEqual({
      kind: 'missing',
      controller: 'pids',
    });
  });
});

describe('version 2', () => {
  const root = { '/sys/fs/cgroup/cgroup.controllers': 'cpu memory pids io cpuset\n' };

  it('says by a program what may be done with devices, for there are no files', () => {
    expect(plan(UNIFIED, {}).devices).toEqual({
      directory: `/sys/fs/cgroup/nsview/${ID}`,
      program: deviceProgram([{ type: 'c', major: 1, minor: 3, access: FULL_ACCESS }]),
    });
  });

  it('passes controllers down, needs only those asked for, and writes the limits', () => {
    const files = { ...root, '/sys/fs/cgroup/cgroup.subtree_control': 'cpu memory pids\n' };
    const asked = {
      cpuQuotaUs: 20_000,
      memoryBytes: 2 ** 26,
      pids: 20,
      readRates: [{ major: 8, minor: 0, bytesPerSecond: 1000 }],
    };
    const { writes, directories } = plan(UNIFIED, asked, files);
    expect(directories).toEqual(['/sys/fs/cgroup/nsview', `/sys/fs/cgroup/nsview/${ID}`]);
    expect(writes).toEqual([
      '/sys/fs/cgroup/cgroup.subtree_control +cpuset ?',
      '/sys/fs/cgroup/cgroup.subtree_control +io',
      '/sys/fs/cgroup/nsview/cgroup.subtree_control +cpuset ?',
      '/sys/fs/cgroup/nsview/cgroup.subtree_control +cpu',
      '/sys/fs/cgroup/nsview/cgroup.subtree_control +io',
      '/sys/fs/cgroup/nsview/cgroup.subtree_control +memory',
      '/sys/fs/cgroup/nsview/cgroup.subtree_control +pids',
      `/sys/fs/cgroup/nsview/${ID}/cpu.max 20000 100000`,
      `/sys/fs/cgroup/nsview/${ID}/memory.max 67108864`,
      `/sys/fs/cgroup/nsview/${ID}/memory.swap.max 67108864 ?`,
      `/sys/fs/cgroup/nsview/${ID}/pids.max 20`,
      `/sys/fs/cgroup/nsview/${ID}/io.max 8:0 rbps=1000`,
    ]);
  });

  it('says which controller the kernel does not offer', () => {
    const request = {
      layout: UNIFIED,
      id: ID,
      parent: '/nsview',
      devices: null,
      besides: [],
      isOurs: () => false,
      read: () => 'cpu memory\n',
    };
    expect(planCgroup({ ...request, resources: { ...noResources, pids: 5 } })).toEqual({
      kind: 'missing',
      controller: 'pids',
    });
  });
});
