import type { Mount } from './document/isolation.ts';
import { rootMount, visiblePath } from './mount-tree.ts';
import type { MountLine } from './mountinfo.ts';

/** What tells where a container's mounts come from. */
export type MountOrigins = {
  readonly hostMounts: readonly MountLine[];
  /** Names of volumes by their target inside, as the engine has them. */
  readonly volumes: { readonly [target: string]: string };
};

/** File systems that are windows into the kernel, not storage. */
const KERNEL_TYPES: readonly string[] = [
  'proc',
  'sysfs',
  'cgroup',
  'cgroup2',
  'mqueue',
  'devpts',
  'devtmpfs',
  'debugfs',
  'tracefs',
  'securityfs',
  'selinuxfs',
  'configfs',
  'pstore',
  'efivarfs',
  'bpf',
  'binfmt_misc',
  'fusectl',
  'hugetlbfs',
  'nsfs',
  'rpc_pipefs',
];

/** Of these a container has its own or none: the host's, seen at another place, was bound there on purpose. */
const HOST_WINDOWS: readonly string[] = ['proc', 'sysfs', 'devtmpfs'];

const MEMORY_TYPES: readonly string[] = ['tmpfs', 'ramfs'];

/**
 * Volumes of Docker and Podman, wherever their state directory is. An engine in a container keeps its own files of a
 * container (hosts, resolv.conf) in such a volume: they are none.
 */
const VOLUME = /\/volumes\/[^/]+\/_data(?:\/(?!(?:overlay-)?containers\/[0-9a-f]{64}\/)|$)/;

/** /dev/shm of a container is a file system of its own, which Docker and Podman mount outside and bind in. */
const OWN_SHM = /\/(?:containers|overlay-containers)\/[^/]+\/(?:mounts|userdata)\/shm$/;

/** The branches of a union, which `layers` lists. */
const BRANCH_OPTION = /^(?:lowerdir\+?|datadir\+|upperdir|workdir|br)=/;

/** What a container's init has mounted, in the kernel's order. Sources of binds are named as the host sees them. */
export function buildMounts(mounts: readonly MountLine[], origins: MountOrigins): readonly Mount[] {
  const root = rootMount(mounts);
  return mounts.map((mount) => {
    const origin = visiblePath(mount.device, mount.root, origins.hostMounts);
    const kind = mount === root ? 'rootfs' : kindOf(mount, origin, origins.volumes);
    return {
      target: mount.target,
      source: sourceOf(mount, kind, origin),
      fsType: mount.fsType,
      options: optionsOf(mount),
      propagation: propagationOf(mount),
      kind,
    };
  });
}

function kindOf(mount: MountLine, origin: string | null, volumes: MountOrigins['volumes']): Mount['kind'] {
  if (isMask(mount)) {
    return 'masked';
  }
  if (KERNEL_TYPES.includes(mount.fsType) || mount.target === '/sys/fs/cgroup') {
    const moved = HOST_WINDOWS.includes(mount.fsType) && origin !== null && origin !== mount.target;
    return moved ? 'bind' : 'kernel';
  }
  if (Object.hasOwn(volumes, mount.target) || VOLUME.test(origin ?? mount.root)) {
    return 'volume';
  }
  const own = origin === null || OWN_SHM.test(origin);
  return MEMORY_TYPES.includes(mount.fsType) && mount.root === '/' && own ? 'tmpfs' : 'bind';
}

/** A path of /proc or /sys that was covered: a file by /dev/null, a directory by an empty read-only tmpfs. */
function isMask(mount: MountLine): boolean {
  if (!/^\/(?:proc|sys)\//.test(mount.target) || mount.target === '/sys/fs/cgroup') {
    return false;
  }
  if (mount.root === '/null') {
    return MEMORY_TYPES.includes(mount.fsType) || mount.fsType === 'devtmpfs';
  }
  return MEMORY_TYPES.includes(mount.fsType) && mount.root === '/' && mount.options.includes('ro');
}

function sourceOf(mount: MountLine, kind: Mount['kind'], origin: string | null): string {
  if (kind === 'masked' && mount.root === '/null') {
    return '/dev/null';
  }
  const bound = kind === 'bind' || kind === 'volume' || (kind === 'rootfs' && mount.root !== '/');
  if (bound && origin !== null) {
    return origin;
  }
  return mount.root === '/' ? mount.source : `${mount.source}[${mount.root}]`;
}

/** Options of the mount, then those of its file system: `ro` of the mount wins over `rw` of the file system. */
function optionsOf(mount: MountLine): string[] {
  const more = mount.superOptions.filter((option) => option !== '' && !BRANCH_OPTION.test(option));
  const all = new Set([...mount.options, ...more]);
  if (all.has('ro')) {
    all.delete('rw');
  }
  return [...all];
}

/** mount_namespaces(7) in the words of mount(8): `private` where no optional field says otherwise. */
function propagationOf(mount: MountLine): string {
  const words = mount.propagation.flatMap((field) => {
    const word = PROPAGATION[field.split(':', 1)[0] ?? ''];
    return word === undefined ? [] : [word];
  });
  return words.length === 0 ? 'private' : words.join(', ');
}

const PROPAGATION: { readonly [field: string]: string } = {
  shared: 'shared',
  master: 'slave',
  unbindable: 'unbindable',
};
