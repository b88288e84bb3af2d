import type { MountFlag, NamespaceType, RlimitName } from '../spec.ts';

/** CLONE_NEW* of clone(2). */
const cloneFlags: { readonly [type in NamespaceType]: number } = {
  mnt: 0x00020000,
  cgroup: 0x02000000,
  uts: 0x04000000,
  ipc: 0x08000000,
  user: 0x10000000,
  pid: 0x20000000,
  net: 0x40000000,
};

/** MOUNT_ATTR_* of mount_setattr(2). */
const mountAttributes: { readonly [flag in MountFlag]: number } = {
  ro: 0x1,
  nosuid: 0x2,
  nodev: 0x4,
  noexec: 0x8,
  relatime: 0,
  noatime: 0x10,
  strictatime: 0x20,
  nodiratime: 0x80,
  nosymfollow: 0x00200000,
};

/** RLIMIT_* of getrlimit(2). */
const rlimitNumbers: { readonly [name in RlimitName]: number } = {
  cpu: 0,
  fsize: 1,
  data: 2,
  stack: 3,
  core: 4,
  rss: 5,
  nproc: 6,
  nofile: 7,
  memlock: 8,
  as: 9,
  locks: 10,
  sigpending: 11,
  msgqueue: 12,
  nice: 13,
  rtprio: 14,
  rttime: 15,
};

/** MS_PRIVATE, MS_SLAVE, MS_SHARED of mount(2). */
export const propagations = { private: 1 << 18, slave: 1 << 19, shared: 1 << 20 } as const;

/** The type bits of a node's mode, inode(7). */
export const nodeTypes = { c: 0o020000, b: 0o060000 } as const;

export function cloneMask(types: readonly NamespaceType[]): number {
  return types.reduce((mask, type) => mask + cloneFlags[type], 0);
}

export function mountMask(flags: readonly MountFlag[]): number {
  return flags.reduce((mask, flag) => mask | mountAttributes[flag], 0);
}

export function rlimitNumber(name: RlimitName): number {
  return rlimitNumbers[name];
}
