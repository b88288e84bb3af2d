import type { HostGroup, HostGroups, HostNow } from '../../src/model/host-groups/host-groups.ts';
import { type Changes, processFixture } from './container-fixture.ts';
import { sceneContainers } from './scene-fixture.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

export function hostGroup(path: string, changes: Changes<HostGroup> = {}): HostGroup {
  const unit = /\.(slice|scope|service)$/.exec(path)?.[1] as HostGroup['kind'] | undefined;
  return {
    path,
    kind: path === '/' ? 'root' : (unit ?? 'group'),
    container: null,
    processes: 1,
    names: [],
    tasks: 1,
    pidsLimit: 'max',
    cpuCores: 0,
    cpuLimitCores: 'max',
    throttledPercent: 0,
    memoryBytes: MIB,
    memoryLimitBytes: 'max',
    readBytesPerSecond: 0,
    writeBytesPerSecond: 0,
    pressure: { cpu: 0, memory: 0, io: 0 },
    frozen: false,
    counted: { cpu: true, periods: true, io: true },
    ...changes,
  };
}

const pressure = (avg10: number) => ({
  some: { avg10, avg60: avg10, avg300: avg10, totalUs: 1_000_000 },
  full: { avg10: 0, avg60: 0, avg300: 0, totalUs: 0 },
});

const now: HostNow = {
  distribution: 'Debian GNU/Linux 12 (bookworm)',
  hardware: 'QEMU Standard PC (Q35 + ICH9, 2009)',
  virtual: true,
  averages: [1.42, 0.87, 0.31],
  cpuCores: 1.21,
  stolenCores: 0.06,
  usedBytes: 1.4 * GIB,
  totalBytes: 23.5 * GIB,
  swapUsedBytes: 12 * MIB,
  swapTotalBytes: 2 * GIB,
  pressure: { cpu: pressure(31.4), memory: pressure(0), io: pressure(0.4) },
};

const idOf = (name: string): string => sceneContainers.find((container) => container.name === name)?.id ?? '';

/** A host with systemd: units, two containers of which one is throttled, and what somebody made by hand. */
export function hostGroupsFixture(changes: Changes<HostGroups> = {}): HostGroups {
  const docker = (name: string) => `/system.slice/docker-${idOf(name)}.scope`;
  return {
    now,
    ofContainersOnly: false,
    groups: [
      hostGroup('/', {
        processes: 96,
        tasks: 402,
        pidsLimit: null,
        cpuCores: 1.21,
        cpuLimitCores: 2,
        throttledPercent: null,
        memoryBytes: 1.4 * GIB,
        memoryLimitBytes: 23.5 * GIB,
        readBytesPerSecond: null,
        writeBytesPerSecond: null,
        pressure: { cpu: 31.4, memory: 0, io: 0.4 },
        frozen: null,
        counted: { cpu: true, periods: false, io: false },
      }),
      hostGroup('/init.scope', { memoryBytes: 9.2 * MIB }),
      hostGroup('/user.slice', { processes: 9, tasks: 14, cpuCores: 0.03, memoryBytes: 210 * MIB }),
      hostGroup('/user.slice/user-1000.slice', { processes: 9, tasks: 14, cpuCores: 0.03, memoryBytes: 208 * MIB }),
      hostGroup('/user.slice/user-1000.slice/session-3.scope', {
        processes: 4,
        names: ['sshd', 'bash'],
        tasks: 4,
        memoryBytes: 12 * MIB,
      }),
      hostGroup('/user.slice/user-1000.slice/user@1000.service', { processes: 5, tasks: 10, memoryBytes: 190 * MIB }),
      hostGroup('/system.slice', {
        processes: 41,
        tasks: 180,
        cpuCores: 0.96,
        memoryBytes: 801 * MIB,
        writeBytesPerSecond: 81_920,
        pressure: { cpu: 24, memory: 0, io: 0.4 },
      }),
      hostGroup('/system.slice/ssh.service', { processes: 1, pidsLimit: 4915, memoryBytes: 4.4 * MIB }),
      hostGroup('/system.slice/docker.service', {
        processes: 12,
        tasks: 61,
        cpuCores: 0.02,
        memoryBytes: 90 * MIB,
        writeBytesPerSecond: 81_920,
      }),
      hostGroup(docker('burn'), {
        kind: 'container',
        container: idOf('burn'),
        cpuCores: 0.2,
        cpuLimitCores: 0.2,
        throttledPercent: 96,
        memoryLimitBytes: 300 * MIB,
        pressure: { cpu: 78, memory: 0, io: 0 },
      }),
      hostGroup(docker('hog'), {
        kind: 'container',
        container: idOf('hog'),
        processes: 3,
        tasks: 3,
        cpuCores: 0.71,
        cpuLimitCores: 2,
        memoryBytes: 271 * MIB,
        memoryLimitBytes: 300 * MIB,
        readBytesPerSecond: 4_299_161,
        pressure: { cpu: 2, memory: 12.5, io: 0.4 },
      }),
      hostGroup('/by-hand', { tasks: 2, throttledPercent: null, memoryBytes: null, counted: COUNTS_CPU }),
      hostGroup('/by-hand/evil\u001b[31m\u202e name', { processes: 0, tasks: 0, cpuCores: null, frozen: true }),
    ],
    opened: null,
    ...changes,
  };
}

const COUNTS_CPU = { cpu: true, periods: false, io: false };

/** The same, with the processes of one group. */
export function openedGroupFixture(path = '/user.slice/user-1000.slice/session-3.scope'): HostGroups {
  return hostGroupsFixture({
    opened: {
      path,
      processes: [
        processFixture({ pid: 2101, ppid: 1, nsPids: [2101], comm: 'sshd', argv: ['sshd: ada [priv]'], uid: 0 }),
        processFixture({ pid: 2140, ppid: 2101, nsPids: [2140], comm: 'bash', argv: ['-bash'], uid: 1000 }),
        processFixture({
          pid: 2177,
          ppid: 2140,
          nsPids: [2177],
          comm: 'burn',
          argv: ['./burn'],
          uid: 1000,
          state: 'R',
          cpuCores: 0.99,
        }),
      ],
    },
  });
}

/** The same as a recording has it: figures of containers' groups alone, and no group that nobody is in. */
export function recordedGroupsFixture(): HostGroups {
  const { groups } = hostGroupsFixture();
  return hostGroupsFixture({
    ofContainersOnly: true,
    groups: groups
      .filter(({ processes }) => processes > 0)
      .map((group) => (group.container === null ? hostGroup(group.path, { ...UNREAD, ...ofMembers(group) }) : group)),
  });
}

function ofMembers({ processes, names, tasks }: HostGroup): Partial<HostGroup> {
  return { processes, names, tasks };
}

const UNREAD: Changes<HostGroup> = {
  pidsLimit: null,
  cpuCores: null,
  cpuLimitCores: null,
  throttledPercent: null,
  memoryBytes: null,
  memoryLimitBytes: null,
  readBytesPerSecond: null,
  writeBytesPerSecond: null,
  pressure: { cpu: null, memory: null, io: null },
  frozen: null,
  counted: { cpu: false, periods: false, io: false },
};
