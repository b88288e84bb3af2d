import type { Cgroup } from '../../src/model/document/cgroup.ts';
import type { Container } from '../../src/model/document/container.ts';
import type { ContainerNamespace, NamespaceType } from '../../src/model/document/namespace.ts';
import type { ContainerProcess } from '../../src/model/document/process.ts';

export const NAMESPACE_TYPES: readonly NamespaceType[] = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'];
export const INITIAL_INODE = 4026531834;

/** What a test wants to be different; nested parts are replaced as a whole. */
export type Changes<T> = { readonly [key in keyof T]?: T[key] };

function namespaces(ordinal: number, shared: readonly NamespaceType[]): ContainerNamespace[] {
  return NAMESPACE_TYPES.map((type, index) => {
    const isolated = !shared.includes(type);
    return {
      type,
      inode: isolated ? 4026532000 + ordinal * 10 + index : INITIAL_INODE + index,
      isolated,
      sharedWith: isolated ? [] : ['host'],
      parent: null,
      owner: 4026531837,
    };
  });
}

export function processFixture(changes: Changes<ContainerProcess> = {}): ContainerProcess {
  return {
    pid: 4108,
    ppid: 4080,
    nsPids: [4108, 1],
    comm: 'sleep',
    argv: ['sleep', '1000'],
    state: 'S',
    threads: 1,
    rssBytes: 1_327_104,
    pssBytes: null,
    cpuSeconds: 0.02,
    cpuCores: 0.01,
    uid: 0,
    insideUid: 0,
    cgroup: '',
    joined: false,
    ...changes,
  };
}

export function cgroupFixture(path: string): Cgroup {
  return {
    layout: 'hybrid',
    version: 1,
    paths: { cpu: path, cpuacct: path, memory: path, pids: path, systemd: path },
    cpu: {
      usageUs: 31_500_000,
      usageCores: 0.2,
      limitCores: 0.5,
      limitedBy: path,
      quotaUs: 50_000,
      periodUs: 100_000,
      burstUs: 0,
      shares: 1024,
      weight: null,
      cpus: '0-1',
      ofLimitPercent: 40,
      periods: 1200,
      throttledPeriods: 36,
      throttledUs: 2_800_000,
      throttledPercent: 3,
      heldBackCores: 0.02,
      lostUsPerThrottledPeriod: 77_778,
    },
    memory: {
      usageBytes: 24_117_248,
      workingSetBytes: 23_068_672,
      anonBytes: 20_971_520,
      fileBytes: 2_097_152,
      inactiveFileBytes: 1_048_576,
      kernelBytes: 1_048_576,
      limitBytes: 268_435_456,
      limitedBy: path,
      ofLimitPercent: 8.59,
      highBytes: null,
      lowBytes: null,
      softLimitBytes: 'max',
      swapUsageBytes: 0,
      swapLimitBytes: 'max',
      oomKills: 0,
      failCount: 0,
    },
    pids: { current: 4, limit: 100, limitedBy: path },
    io: {
      readBytes: 4_194_304,
      writeBytes: 0,
      readOps: 64,
      writeOps: 0,
      readBytesPerSecond: 4_299_161,
      writeBytesPerSecond: 0,
      devices: [{ device: '8:0', readBytes: 4_194_304, writeBytes: 0, readOps: 64, writeOps: 0 }],
      limits: [],
    },
    pressure: null,
    frozen: false,
    files: {
      'cpu.usageUs': `/sys/fs/cgroup/cpuacct${path}/cpuacct.usage`,
      'cpu.limitCores': `/sys/fs/cgroup/cpu${path}/cpu.cfs_quota_us`,
      'memory.usageBytes': `/sys/fs/cgroup/memory${path}/memory.usage_in_bytes`,
      'memory.limitBytes': `/sys/fs/cgroup/memory${path}/memory.limit_in_bytes`,
      'pids.current': `/sys/fs/cgroup/pids${path}/pids.current`,
    },
    warnings: [],
  };
}

/** A Docker container with every part read. `ordinal` (0–15) makes ids, inodes and pids differ between containers. */
export function containerFixture(ordinal = 0, changes: Changes<Container> = {}): Container {
  const id = ordinal.toString(16).repeat(4).padEnd(64, 'c0ffee');
  const pid = 4108 + ordinal * 100;
  const init = processFixture({ pid, nsPids: [pid, 1] });
  return {
    id,
    shortId: id.slice(0, 12),
    name: `web-${ordinal}`,
    image: 'nginx:1.27',
    engine: 'docker',
    evidence: [`cgroup:/docker/${id}`, 'pidns', 'socket'],
    status: 'running',
    startedAt: '2026-03-01T09:00:00.000Z',
    init: { pid, startTicks: 90_000, nsPids: [pid, 1], comm: 'sleep', argv: ['sleep', '1000'], uid: 0 },
    processes: [
      init,
      processFixture({ pid: pid + 1, ppid: pid, nsPids: [pid + 1, 7], comm: 'nginx', argv: ['nginx'] }),
    ],
    namespaces: namespaces(ordinal, ['cgroup', 'time', 'user']),
    cgroup: cgroupFixture(`/docker/${id}`),
    layers: {
      driver: 'overlay',
      mountPoint: '/',
      source: 'overlay',
      options: { lowerdir: 'l/B:l/A', upperdir: '/var/lib/docker/overlay2/x/diff', xino: 'off', index: true },
      branches: [
        {
          index: 0,
          role: 'rw',
          access: 'rw',
          path: '/var/lib/docker/overlay2/x/diff',
          digest: null,
          createdBy: null,
          files: 3,
          bytes: 12_288,
          whiteouts: 1,
          containers: 1,
          images: 0,
        },
        {
          index: 1,
          role: 'init',
          access: 'ro',
          path: '/var/lib/docker/overlay2/x-init/diff',
          digest: null,
          createdBy: null,
          files: 5,
          bytes: 0,
          whiteouts: 0,
          containers: 1,
          images: 0,
        },
        {
          index: 2,
          role: 'image',
          access: 'ro+wh',
          path: '/var/lib/docker/overlay2/a/diff',
          digest: `sha256:${'a'.repeat(64)}`,
          createdBy: 'RUN pip install -r requirements.txt',
          files: 1240,
          bytes: 4_404_019,
          whiteouts: 0,
          containers: 3,
          images: 2,
        },
      ],
    },
    mounts: [
      { target: '/', source: 'overlay', fsType: 'overlay', options: ['rw'], propagation: 'private', kind: 'rootfs' },
      {
        target: '/data',
        source: '/srv/data',
        fsType: 'ext4',
        options: ['rw', 'relatime'],
        propagation: 'private',
        kind: 'bind',
      },
    ],
    network: {
      interfaces: [
        {
          name: 'eth0',
          addresses: ['172.17.0.2/16'],
          rxBytes: 12_288,
          txBytes: 4096,
          rxPackets: 80,
          txPackets: 40,
          rxErrors: 0,
          txErrors: 0,
          rxDropped: 0,
          txDropped: 0,
        },
      ],
      ports: [{ host: '127.0.0.1:4000', container: 80, protocol: 'tcp' }],
    },
    security: {
      privileged: false,
      capabilities: { effective: ['CAP_CHOWN', 'CAP_KILL'], bounding: ['CAP_CHOWN', 'CAP_KILL'] },
      seccomp: 'filter',
      noNewPrivileges: false,
      lsm: null,
      uidMap: [{ inside: 0, outside: 0, count: 4_294_967_295 }],
      gidMap: [{ inside: 0, outside: 0, count: 4_294_967_295 }],
      rootless: false,
      risks: [
        {
          id: 'root-outside',
          severity: 'medium',
          what: 'root inside is root outside',
          why: 'no user namespace of its own',
        },
      ],
    },
    procfs: null,
    parent: null,
    group: null,
    labels: { tier: 'front' },
    restartPolicy: 'no',
    exit: null,
    life: { role: 'application', says: 'sleep is PID 1: the container ends with it.', zombies: 0 },
    cost: {
      processes: 2,
      threads: 2,
      memoryBytes: 24_117_248,
      kernelBytes: 1_048_576,
      namespaces: 5,
      mounts: 22,
      cgroups: 1,
    },
    weak: [{ id: 'user', says: 'The user namespace is the host’s: root inside is root outside.' }],
    problems: [],
    ...changes,
  };
}

/** A container that no engine knows, with nothing read beyond its processes: what `unshare` leaves. */
export function bareContainerFixture(changes: Changes<Container> = {}): Container {
  return containerFixture(9, {
    id: 'pid:7001@91234',
    shortId: 'pid:7001@91234',
    name: null,
    image: null,
    engine: 'unknown',
    evidence: ['pidns', 'mntns'],
    startedAt: null,
    init: { pid: 7001, startTicks: 91_234, nsPids: [7001, 1], comm: 'sh', argv: ['sh'], uid: 0 },
    processes: [processFixture({ pid: 7001, nsPids: [7001, 1], comm: 'sh', argv: ['sh'] })],
    cgroup: null,
    layers: null,
    mounts: null,
    network: null,
    security: null,
    labels: null,
    restartPolicy: null,
    ...changes,
  });
}
