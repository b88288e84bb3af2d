import type { ContainerSpec, DeviceSpec, ExecSpec, ProcessRef, ProcessSpec } from '../../src/runtime/spec.ts';

/** The parts that tests change; all the rest is as a plain container has it. */
export type SpecChanges = Partial<Omit<ContainerSpec, 'process'>> & { readonly process?: Partial<ProcessSpec> };

/** A folder that a container of a test stands on: `rootfs` below it, and `state` for what changes. */
export type Ground = { readonly rootfs: string; readonly state: string };

const dockersCapabilities = 0xa80425fb;

const character = (path: string, major: number, minor: number): DeviceSpec => ({
  path,
  type: 'c',
  major,
  minor,
  mode: 0o666,
  uid: 0,
  gid: 0,
  bindFrom: null,
});

export const plainDevices: readonly DeviceSpec[] = [
  character('null', 1, 3),
  character('zero', 1, 5),
  character('full', 1, 7),
  character('random', 1, 8),
  character('urandom', 1, 9),
  character('tty', 5, 0),
];

const closed = ['nosuid', 'noexec', 'nodev'] as const;

/** Everything of its own but the user namespace; no cgroups, no filter. */
export function containerSpec(ground: Ground, changes: SpecChanges = {}): ContainerSpec {
  const { rootfs, state } = ground;
  return {
    id: '5'.repeat(64),
    rootfs: {
      kind: 'overlay',
      lowers: [rootfs],
      upper: `${state}/upper`,
      work: `${state}/work`,
      initLayer: { directory: `${state}/init`, hostname: 'box\n', hosts: '127.0.0.1\tlocalhost\n', resolvConf: '' },
    },
    namespaces: { pid: 'new', net: 'new', uts: 'new', ipc: 'new', cgroup: 'new', user: 'host' },
    userMaps: null,
    cgroup: { directories: [], writes: [], devices: null, joins: [], finals: [], removes: [], parents: [] },
    mounts: [
      {
        kind: 'filesystem',
        fsType: 'proc',
        source: 'proc',
        target: '/proc',
        flags: closed,
        options: [],
        optional: false,
      },
      { kind: 'dev', target: '/dev', options: [{ name: 'mode', value: '755' }] },
      {
        kind: 'filesystem',
        fsType: 'devpts',
        source: 'devpts',
        target: '/dev/pts',
        flags: ['nosuid', 'noexec'],
        options: [
          { name: 'newinstance', value: null },
          { name: 'ptmxmode', value: '0666' },
          { name: 'mode', value: '0620' },
          { name: 'gid', value: '5' },
        ],
        optional: false,
      },
      {
        kind: 'filesystem',
        fsType: 'sysfs',
        source: 'sysfs',
        target: '/sys',
        flags: [...closed, 'ro'],
        options: [],
        optional: false,
      },
    ],
    devices: plainDevices,
    maskedPaths: ['/proc/keys', '/proc/timer_list', '/proc/acpi', '/sys/firmware'],
    readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
    readonlyRootfs: false,
    hostname: 'box',
    domainname: null,
    sysctls: [],
    terminal: { tty: false, stdin: true },
    init: false,
    ports: [],
    bridge: null,
    detached: false,
    files: { lock: `${state}/lock`, log: null, exit: `${state}/exit` },
    discard: null,
    ...changes,
    process: processSpec(changes.process),
  };
}

function processSpec(changes: Partial<ProcessSpec> = {}): ProcessSpec {
  return {
    argv: ['true'],
    env: ['PATH=/bin', 'HOME=/root'],
    cwd: '/',
    uid: 0,
    gid: 0,
    groups: [],
    umask: 0o22,
    capabilities: { bounding: dockersCapabilities, effective: dockersCapabilities, permitted: dockersCapabilities },
    noNewPrivileges: true,
    seccomp: null,
    rlimits: [],
    oomScoreAdj: null,
    ...changes,
  };
}

export function execSpec(target: ProcessRef, process: Partial<ProcessSpec>, changes: Partial<ExecSpec> = {}): ExecSpec {
  return {
    target,
    namespaces: ['mnt', 'pid', 'net', 'uts', 'ipc', 'cgroup'],
    joins: [],
    process: processSpec(process),
    terminal: { tty: false, stdin: true },
    detached: false,
    ...changes,
  };
}
