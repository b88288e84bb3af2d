import { describe, expect, it } from 'vitest';
import { lookAtGroups } from '../../../src/probes/cgroup/look.ts';
import { type MemoryHost, memoryHost } from '../../support/memory-host.ts';

/** A host with these cgroup files; `mounts`: file system type, options and place of each hierarchy. */
function hostOf(
  mounts: readonly (readonly [string, string, string])[],
  files: { readonly [path: string]: string },
): MemoryHost {
  const host = memoryHost('');
  const lines = mounts.map(
    ([type, options, place], index) => `${30 + index} 20 0:${30 + index} / ${place} rw - ${type} cgroup rw${options}`,
  );
  host.write('/proc/self/mountinfo', `${lines.join('\n')}\n`);
  for (const [path, text] of Object.entries(files)) {
    host.write(path, text);
  }
  return host;
}

const V2 = [['cgroup2', '', '/sys/fs/cgroup']] as const;
const V1 = [
  ['cgroup', ',cpu', '/cg/cpu'],
  ['cgroup', ',cpuacct', '/cg/cpuacct'],
  ['cgroup', ',hugetlb', '/cg/hugetlb'],
  ['cgroup', ',devices', '/cg/devices'],
  ['cgroup', ',freezer', '/cg/freezer'],
  ['cgroup', ',blkio', '/cg/blkio'],
] as const;

describe('groups of version 2', () => {
  const group = '/sys/fs/cgroup/pod/app';
  const host = hostOf(V2, {
    [`${group}/cpu.max`]: '20000 100000\n',
    [`${group}/cpu.stat`]: 'usage_usec 5000\nuser_usec 4000\n',
    '/sys/fs/cgroup/pod/cpu.max': 'max 100000\n',
    '/sys/fs/cgroup/pod/cpu.stat': 'usage_usec 9000\n',
    [`${group}/memory.max`]: 'max\n',
    [`${group}/memory.current`]: '4096\n',
    '/sys/fs/cgroup/pod/memory.max': '1048576\n',
    [`${group}/hugetlb.2MB.max`]: '4194304\n',
    [`${group}/hugetlb.2MB.current`]: '2097152\n',
    [`${group}/hugetlb.2MB.events`]: 'max 3\n',
    [`${group}/hugetlb.1GB.max`]: 'max\n',
    [`${group}/hugetlb.1GB.current`]: '0\n',
    [`${group}/cgroup.events`]: 'populated 1\nfrozen 1\n',
    [`${group}/cgroup.freeze`]: '0\n',
  });
  const ask = (chain: 'cpu' | 'memory') => lookAtGroups(host, { paths: { unified: '/pod/app' }, files: [], chain });

  it('are told upwards, with what each allows and uses', () => {
    expect(ask('cpu').chain?.groups).toMatchObject([
      { path: '/pod/app', limit: 0.2, use: 5000, file: `${group}/cpu.max` },
      { path: '/pod', limit: 'max', use: 9000 },
    ]);
    expect(ask('memory').chain?.groups).toMatchObject([
      { limit: 'max', use: 4096 },
      { limit: 1_048_576, use: null },
    ]);
  });

  it('have huge pages by size, no file of devices, and may be frozen from above', () => {
    expect(ask('cpu').others).toEqual({
      hugetlb: [
        { size: '1GB', useBytes: 0, limitBytes: 'max', failures: null, file: `${group}/hugetlb.1GB.max` },
        { size: '2MB', useBytes: 2_097_152, limitBytes: 4_194_304, failures: 3, file: `${group}/hugetlb.2MB.max` },
      ],
      devices: null,
      freezer: { state: 'frozen', byAncestor: true, file: `${group}/cgroup.events` },
    });
  });
});

describe('groups of version 1', () => {
  const paths = Object.fromEntries(
    ['cpu', 'cpuacct', 'hugetlb', 'devices', 'freezer', 'blkio'].map((name) => [name, '/a/b']),
  );
  const host = hostOf(V1, {
    '/cg/cpu/a/b/cpu.cfs_quota_us': '-1\n',
    '/cg/cpu/a/b/cpu.cfs_period_us': '100000\n',
    '/cg/cpu/a/cpu.cfs_quota_us': '50000\n',
    '/cg/cpu/a/cpu.cfs_period_us': '100000\n',
    '/cg/cpuacct/a/b/cpuacct.usage': '7000000\n',
    '/cg/hugetlb/a/b/hugetlb.2MB.limit_in_bytes': '9223372036854771712\n',
    '/cg/hugetlb/a/b/hugetlb.2MB.usage_in_bytes': '2097152\n',
    '/cg/hugetlb/a/b/hugetlb.2MB.failcnt': '1\n',
    '/cg/devices/a/b/devices.list': 'c 1:3 rwm\nb *:* m\n',
    '/cg/freezer/a/b/freezer.state': 'THAWED\n',
    '/cg/freezer/a/b/freezer.parent_freezing': '0\n',
    '/cg/blkio/a/b/blkio.throttle.read_bps_device': '8:0 1048576\n',
    '/cg/blkio/a/b/blkio.throttle.write_bps_device': '',
  });

  it('are told each in its hierarchy, CPU time where it is counted', () => {
    const { chain, others } = lookAtGroups(host, { paths, files: [], chain: 'cpu' });
    expect(chain?.groups).toMatchObject([
      { path: '/a/b', limit: 'max', use: 7000 },
      { path: '/a', limit: 0.5, use: null },
    ]);
    expect(others).toMatchObject({
      hugetlb: [{ size: '2MB', useBytes: 2_097_152, limitBytes: 'max', failures: 1 }],
      devices: { rules: ['c 1:3 rwm', 'b *:* m'] },
      freezer: { state: 'thawed', byAncestor: false },
    });
    expect(lookAtGroups(host, { paths, files: [], chain: 'io' }).chain?.groups[0]?.says).toBe(
      'read 8:0 1048576; write max (binds this group alone)',
    );
    expect(lookAtGroups(host, { paths, files: [], chain: 'memory' }).chain).toBeNull();
  });

  it('give a file letter by letter, or say why not', () => {
    const files = ['/cg/cpu/a/b/cpu.cfs_quota_us', '/cg/cpu/a/b/gone'];
    expect(lookAtGroups(host, { paths, files, chain: null }).files).toEqual([
      { file: files[0], text: '-1\n', why: null },
      { file: files[1], text: null, why: 'it is gone' },
    ]);
  });
});
