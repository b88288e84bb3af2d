import type { CgroupLayout } from '../../model/cgroup/layout.ts';
import type { MountFlag, MountOption, MountSpec, NamespaceSource } from '../spec.ts';

export type DefaultMountsRequest = {
  readonly layout: CgroupLayout;
  /** v1 controllers, and `unified`, that the container has a group in. */
  readonly controllers: readonly string[];
  /** Whether the kernel mounts a sysfs, which shows its devices: not for a new user namespace with a network of others. */
  readonly netVisible: boolean;
  /** Whose the IPC namespace is, which mqueue shows the queues of; POSIX shared memory goes with it: shm_overview(7). */
  readonly ipc: NamespaceSource;
  readonly privileged: boolean;
  /** Whether the group of terminals, 5, exists in the container's user namespace. */
  readonly ttyGroup: boolean;
};

const CLOSED: readonly MountFlag[] = ['nosuid', 'noexec', 'nodev'];

/** What every container has mounted, as Docker has it; moby oci/defaults.go. */
export function defaultMounts(request: DefaultMountsRequest): readonly MountSpec[] {
  const { netVisible, ipc, privileged } = request;
  const readOnly: readonly MountFlag[] = privileged ? [] : ['ro'];
  return [
    filesystem('proc', 'proc', '/proc', CLOSED),
    { kind: 'dev', target: '/dev', options: [option('mode', '755'), option('size', '65536k')] },
    filesystem(
      'devpts',
      'devpts',
      '/dev/pts',
      ['nosuid', 'noexec'],
      [
        option('newinstance', null),
        option('ptmxmode', '0666'),
        option('mode', '0620'),
        ...(request.ttyGroup ? [option('gid', '5')] : []),
      ],
    ),
    netVisible
      ? filesystem('sysfs', 'sysfs', '/sys', [...CLOSED, ...readOnly])
      : bind('/sys', '/sys', [...CLOSED, ...readOnly]),
    ...cgroupMounts(request, [...CLOSED, ...readOnly]),
    { ...filesystem('mqueue', 'mqueue', '/dev/mqueue', CLOSED), optional: true },
    sharedMemory(ipc),
  ];
}

function sharedMemory(ipc: NamespaceSource): MountSpec {
  if (ipc === 'host') {
    return bind('/dev/shm', '/dev/shm', CLOSED);
  }
  return ipc === 'new'
    ? filesystem('tmpfs', 'shm', '/dev/shm', CLOSED, [option('mode', '1777'), option('size', '65536k')])
    : { kind: 'other', process: ipc, target: '/dev/shm', flags: CLOSED };
}

/** The container's own groups only: its cgroup namespace ends there. Programs read their limits from them. */
function cgroupMounts(
  { layout, controllers }: DefaultMountsRequest,
  flags: readonly MountFlag[],
): readonly MountSpec[] {
  if (layout.kind === 'none') {
    return [];
  }
  if (layout.kind === 'unified') {
    return [{ ...filesystem('cgroup2', 'cgroup', '/sys/fs/cgroup', flags), optional: true }];
  }
  const v1 = controllers.filter((controller) => controller !== 'unified');
  return [
    filesystem('tmpfs', 'cgroup', '/sys/fs/cgroup', CLOSED, [option('mode', '755')]),
    ...v1.map((controller): MountSpec => {
      const name = controller.replace(/^name=/, '');
      const options = controller.startsWith('name=')
        ? [option('none', null), option('name', name)]
        : together(layout, controller);
      return { ...filesystem('cgroup', 'cgroup', `/sys/fs/cgroup/${name}`, flags, options), optional: true };
    }),
    ...(controllers.includes('unified')
      ? [{ ...filesystem('cgroup2', 'cgroup', '/sys/fs/cgroup/unified', flags), optional: true }]
      : []),
  ];
}

/** A hierarchy is named by all controllers that it has: the kernel takes no part of them. */
function together({ v1 }: CgroupLayout, controller: string): readonly MountOption[] {
  const place = v1[controller]?.mountPoint;
  return Object.keys(v1)
    .filter((other) => v1[other]?.mountPoint === place)
    .map((other) => option(other, null));
}

type Filesystem = Extract<MountSpec, { kind: 'filesystem' }>;

function filesystem(
  fsType: Filesystem['fsType'],
  source: string,
  target: string,
  flags: readonly MountFlag[],
  options: readonly MountOption[] = [],
): Filesystem {
  return { kind: 'filesystem', fsType, source, target, flags, options, optional: false };
}

function bind(source: string, target: string, flags: readonly MountFlag[]): MountSpec {
  return { kind: 'bind', source, target, recursive: true, flags, propagation: 'slave' };
}

function option(name: string, value: string | null): MountOption {
  return { name, value };
}
