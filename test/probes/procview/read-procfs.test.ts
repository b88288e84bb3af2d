import { describe, expect, it } from 'vitest';
import { PACKAGED } from '../../../src/model/procview/options.ts';
import { NO_HISTORY, viewOf } from '../../../src/model/procview/view.ts';
import { cgroupLayout } from '../../../src/probes/cgroup/layout.ts';
import { readMountinfo } from '../../../src/probes/proc/mountinfo.ts';
import { findPidInit } from '../../../src/probes/procview/pid-init.ts';
import { readProcfs } from '../../../src/probes/procview/read-procfs.ts';
import { QUICK_FILES } from '../../../src/probes/procview/view-input.ts';
import { memoryHost } from '../../support/memory-host.ts';

const status = (pid: number, parent: number, nsPids: string) =>
  `Name:\tx\nPPid:\t${parent}\nPid:\t${pid}\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nNSpid:\t${nsPids}\nCpus_allowed_list:\t0\n`;

const process = (
  pid: number,
  parent: number,
  nsPids: string,
  namespace: number,
  group: string,
) => `=== proc/${pid}/status
${status(pid, parent, nsPids)}=== proc/${pid}/ns/pid -> pid:[${namespace}]
=== proc/${pid}/cgroup
3:memory:${group}
2:cpuset:${group}
1:cpu,cpuacct:${group}
=== proc/${pid}/stat
${pid} (x) S ${parent} 1 1 0 -1 4194560 82 341 0 0 9 0 0 0 20 0 1 0 50000 2654208 365
`;

const MOUNTS = `1 0 0:1 / / rw - overlay overlay rw
2 1 0:2 / /proc rw - proc proc rw
3 1 0:3 / /sys ro - sysfs sysfs ro
`;

const TREE = `${process(1, 0, '1', 10, '/')}${process(42, 1, '42 1', 20, '/docker/a')}${process(43, 42, '43 7', 20, '/docker/a/sub')}
${process(44, 1, '44 9', 20, '/elsewhere')}=== proc/self/mountinfo
9 1 0:9 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
10 1 0:10 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset
11 1 0:11 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
=== proc/42/mountinfo
${MOUNTS}=== proc/42/root -> /inside
=== inside/proc/meminfo
MemTotal:        8000000 kB
=== proc/meminfo
MemTotal:        8000000 kB
MemFree:         4000000 kB
=== sys/devices/system/cpu/online
0-1
=== sys/devices/system/cpu/possible
0-1
=== sys/fs/cgroup/memory/memory.limit_in_bytes
9223372036854771712
=== sys/fs/cgroup/memory/docker/memory.limit_in_bytes
1048576
=== sys/fs/cgroup/memory/docker/a/memory.limit_in_bytes
2097152
=== sys/fs/cgroup/memory/docker/a/memory.usage_in_bytes
4096
=== sys/fs/cgroup/memory/docker/a/memory.stat
total_cache 0
=== sys/fs/cgroup/cpuset/docker/a/cpuset.cpus
1
`;

function sampleOf(tree: string, pid = 42) {
  const host = memoryHost(tree);
  const mounts = readMountinfo(host, 'self');
  const mountinfo = readMountinfo(host, 42);
  if (mounts.status !== 'ok' || mountinfo.status !== 'ok') throw new Error('no mounts');
  return readProcfs(host, pid, { layout: cgroupLayout(mounts.value), mountinfo: mountinfo.value, files: QUICK_FILES });
}

describe('whose view it is', () => {
  it.each([
    [42, 42, 'the init itself'],
    [43, 42, 'a child of it'],
    [44, 42, 'one that was put into its pid namespace'],
    [1, 1, 'the host’s'],
  ])('of %i: init %i, %s', (pid, init) => {
    expect(findPidInit(memoryHost(TREE), pid)).toEqual({ status: 'ok', value: init });
  });

  it('none where the process is gone', () => {
    expect(findPidInit(memoryHost(TREE), 99).status).toBe('gone');
  });

  it('is known by numbers alone where namespaces may not be looked at, and else denied', () => {
    const denied = TREE.replaceAll(/ns\/pid -> pid:\[\d+\]/g, 'ns/pid !EACCES');
    expect(findPidInit(memoryHost(denied), 43)).toEqual({ status: 'ok', value: 42 });
    expect(findPidInit(memoryHost(denied), 1)).toEqual({ status: 'ok', value: 1 });
    expect(findPidInit(memoryHost(denied), 44)).toMatchObject({ status: 'denied', code: 'EACCES' });
    expect(sampleOf(denied, 44).input).toMatchObject({ status: 'denied', path: '/proc/44/ns/pid' });
  });

  it('is the init’s group also for one in another group', () => {
    const { input } = sampleOf(TREE, 44);
    expect(input.status === 'ok' && input.value.viewer).toMatchObject({ pid: 42, paths: { memory: '/docker/a' } });
  });

  it('is its own group in the host’s pid namespace', () => {
    const { input } = sampleOf(TREE.replace('NSpid:\t44 9', 'NSpid:\t44'), 44);
    expect(input.status === 'ok' && input.value.viewer).toMatchObject({ pid: 44, paths: { memory: '/elsewhere' } });
  });
});

describe('what lxcfs would read', () => {
  it('takes the tighter limit of an ancestor', () => {
    const { input } = sampleOf(TREE);
    if (input.status !== 'ok') throw new Error('not read');
    const view = (file: 'meminfo' | 'cpu/online') =>
      viewOf(file, input.value, { release: '5.0.3', options: PACKAGED }, NO_HISTORY);
    expect(view('meminfo')).toBe('MemTotal:           1024 kB\nMemFree:            1020 kB\n');
    expect(view('cpu/online')).toBe('1\n');
  });

  it('is gone with its process', () => {
    expect(sampleOf(TREE, 99).input.status).toBe('gone');
  });
});

describe('what covers a file inside', () => {
  const covered = (mount: string) => sampleOf(TREE.replace(MOUNTS, `${MOUNTS}${mount}\n`)).seen.meminfo;

  it('nothing: the kernel answers', () => {
    expect(sampleOf(TREE).seen.meminfo).toEqual({
      cover: 'kernel',
      text: { status: 'ok', value: 'MemTotal:        8000000 kB\n' },
    });
  });

  it('something else than proc', () => {
    expect(covered('4 2 0:4 /x /proc/meminfo ro - tmpfs tmpfs ro')?.cover).toBe('masked');
  });

  const LXCFS = 'rw - fuse.lxcfs lxcfs rw,user_id=0';
  const onHost = `=== proc/self/mountinfo\n4 2 0:4 / /var/lib/lxcfs ${LXCFS}\n`;
  const withHosts = (tree: string) => tree.replace('=== proc/self/mountinfo\n', onHost);
  const confined = (tree: string) => tree.replace('NSpid:\t42 1', 'NSpid:\t42 1\nCapBnd:\t00000000a80425fb');
  const mounted = (line: string) => TREE.replace(MOUNTS, `${MOUNTS}${line}\n`);
  const daemon = '=== proc/7/comm\nlxcfs\n=== proc/7/cmdline\nlxcfs\0-l\0/var/lib/lxcfs\0\n';
  const ended = (tree: string) =>
    tree.replace('=== inside/proc/meminfo\nMemTotal:        8000000 kB', '=== inside/proc/meminfo !ENOTCONN');

  it('the lxcfs of the host, of which nothing is read', () => {
    const sample = sampleOf(ended(withHosts(mounted(`4 2 0:4 /m /proc/meminfo ${LXCFS}`))) + daemon);
    expect(sample.lxcfs).toMatchObject({ stale: false, pid: 7, options: { loadavg: true } });
    expect(sample.seen.meminfo).toEqual({ cover: 'lxcfs', text: null });
    expect(sampleOf(withHosts(mounted(`4 2 0:4 /u /proc/uptime ${LXCFS}`)) + daemon).seen.meminfo?.cover).toBe(
      'kernel',
    );
  });

  it('the lxcfs of the host among several, by where each says that it mounts', () => {
    const other = '=== proc/5/comm\nlxcfs\n=== proc/5/cmdline\nlxcfs\0--enable-cfs\0/run/other\0\n';
    const tree = withHosts(mounted(`4 2 0:4 /m /proc/meminfo ${LXCFS}`)) + other;
    expect(sampleOf(tree + daemon).lxcfs).toMatchObject({ pid: 7, options: { loadavg: true, cfs: false } });
    const unnamed = daemon.replace('\0/var/lib/lxcfs', '\0-f');
    expect(sampleOf(tree + unnamed).lxcfs).toMatchObject({ stale: false, pid: null, options: null });
  });

  it.each([
    ['that has nobody’s rights', mounted('4 2 0:5 / /proc/meminfo rw - fuse.lxcfs lxcfs rw,user_id=100000')],
    ['of who may mount what it likes', mounted(`4 2 0:5 / /proc/meminfo ${LXCFS}`)],
  ])('a FUSE under the name of lxcfs, %s: nothing is read', (_, tree) => {
    const sample = sampleOf(ended(withHosts(tree)) + daemon);
    expect(sample.lxcfs).toBeNull();
    expect(sample.seen.meminfo).toMatchObject({ cover: 'masked', text: { status: 'unsupported', code: 'FUSE' } });
  });

  it('an lxcfs that has ended, in a container that cannot mount', () => {
    const sample = sampleOf(confined(ended(withHosts(mounted(`4 2 0:5 /m /proc/meminfo ${LXCFS}`))) + daemon));
    expect(sample.lxcfs).toMatchObject({ stale: true, pid: null });
    expect(sample.seen.meminfo).toMatchObject({ cover: 'lxcfs', text: { status: 'unsupported', code: 'ENOTCONN' } });
  });

  it('an lxcfs that has ended and is still mounted on the host', () => {
    const tree = withHosts(mounted(`4 2 0:4 /m /proc/meminfo ${LXCFS}`));
    const sample = sampleOf(`${tree}=== var/lib/lxcfs !ENOTCONN\n`);
    expect(sample.lxcfs).toMatchObject({ stale: true });
  });
});
