import type { ContainerSpec, DeviceSpec, MountFlag, MountSpec, NamedValue } from '../spec.ts';
import { type PlanDraft, step } from './draft.ts';
import { planWorkingDirectory } from './plan-process.ts';
import type { OpenedTrees } from './plan-rootfs.ts';

/** What /dev holds besides nodes: places for mounts, and names that programs expect. */
const devDirectories = ['pts', 'shm', 'mqueue'];
const devLinks: readonly NamedValue[] = [
  { name: 'fd', value: '/proc/self/fd' },
  { name: 'stdin', value: '/proc/self/fd/0' },
  { name: 'stdout', value: '/proc/self/fd/1' },
  { name: 'stderr', value: '/proc/self/fd/2' },
  { name: 'ptmx', value: 'pts/ptmx' },
  { name: 'core', value: '/proc/kcore' },
];

/** From the root's attachment to the last read-only path. */
export function planMounts(plan: PlanDraft, spec: ContainerSpec, opened: OpenedTrees): void {
  plan.add(
    'child',
    step('mount', 'attach the root file system, where only this process sees it', 'move_mount(root, /)', {
      kind: 'attach-root',
      slot: opened.root,
    }),
  );
  for (const mount of spec.mounts) planMount(plan, mount, spec.devices, opened);
  plan.add(
    'child',
    step('mount', "make it the root and let go of the host's", 'pivot_root(., .), umount2(., MNT_DETACH)', {
      kind: 'pivot',
    }),
  );
  for (const { name, value } of spec.sysctls) {
    const file = name.includes('/') ? name : name.replaceAll('.', '/');
    plan.add(
      'child',
      step('namespace', 'set a parameter of its own kernel namespaces', `write(/proc/sys/${file}, ${value})`, {
        kind: 'sysctl',
        name: file,
        value,
      }),
    );
  }
  for (const path of spec.readonlyPaths) {
    plan.add(
      'child',
      step('security', `make ${path} read-only`, `mount_setattr(${path}, MOUNT_ATTR_RDONLY)`, {
        kind: 'read-only',
        path,
      }),
    );
  }
  for (const path of spec.maskedPaths) {
    plan.add(
      'child',
      step('security', `cover ${path}`, `move_mount(null or an empty directory, ${path})`, { kind: 'mask', path }),
    );
  }
  planWorkingDirectory(plan, spec.process.cwd);
  if (spec.readonlyRootfs) {
    plan.add(
      'child',
      step('security', 'make the root read-only', 'mount_setattr(/, MOUNT_ATTR_RDONLY)', { kind: 'read-only-root' }),
    );
  }
}

function planMount(plan: PlanDraft, mount: MountSpec, devices: readonly DeviceSpec[], opened: OpenedTrees): void {
  switch (mount.kind) {
    case 'filesystem': {
      const { fsType, source, target, flags, options, optional } = mount;
      plan.add(
        'child',
        step(
          'mount',
          `mount ${fsType} at ${target}`,
          `fsopen(${fsType}), fsmount(${flags.join(',')}), move_mount(${target})`,
          { kind: 'mount', fsType, source, target, flags, options, optional },
        ),
      );
      return;
    }
    case 'dev':
      planDev(plan, mount.options, devices, opened);
      return;
    case 'bind':
      planBind(plan, mount, `bind ${mount.source} at ${mount.target}`, opened);
      return;
    case 'other':
      planBind(plan, mount, `put it at ${mount.target}`, opened);
      return;
    case 'cover':
      planCover(plan, mount, opened);
  }
}

type DevOptions = (MountSpec & { kind: 'dev' })['options'];

function planDev(plan: PlanDraft, options: DevOptions, devices: readonly DeviceSpec[], opened: OpenedTrees): void {
  plan.add(
    'child',
    step('mount', 'make a /dev of its own, not yet visible', 'fsopen(tmpfs), fsmount, mkdirat, symlinkat', {
      kind: 'mount-dev',
      options,
      directories: devDirectories,
      links: devLinks,
    }),
  );
  for (const device of devices) {
    if (device.bindFrom === null) planDevice(plan, device, null);
  }
  plan.add('child', step('mount', 'attach it', 'move_mount(/dev)', { kind: 'attach-dev' }));
  for (const device of devices) {
    if (device.bindFrom !== null) planDevice(plan, device, opened.devices.get(device.path) ?? null);
  }
}

function planDevice(plan: PlanDraft, device: DeviceSpec, bindSlot: number | null): void {
  const { path, type, major, minor, mode, uid, gid } = device;
  const call = bindSlot === null ? `mknodat(/dev/${path}, ${type} ${major}:${minor})` : `move_mount(/dev/${path})`;
  plan.add(
    'child',
    step('mount', `the device ${path}`, call, { kind: 'device', path, type, major, minor, mode, uid, gid, bindSlot }),
  );
}

function planBind(
  plan: PlanDraft,
  mount: MountSpec & { kind: 'bind' | 'other' },
  says: string,
  opened: OpenedTrees,
): void {
  const slot = opened.binds.get(mount);
  if (slot === undefined) return;
  const { target } = mount;
  const { recursive, propagation } =
    mount.kind === 'bind' ? mount : { recursive: false, propagation: 'private' as const };
  /** Nodes that others put on a volume give no access. */
  const flags: readonly MountFlag[] = mount.flags.includes('nodev') ? mount.flags : [...mount.flags, 'nodev'];
  plan.add(
    'child',
    step('mount', says, `mount_setattr(${flags.join(',')}), move_mount(${target})`, {
      kind: 'bind',
      slot,
      target,
      recursive,
      flags,
      propagation,
    }),
  );
}

function planCover(plan: PlanDraft, mount: MountSpec & { kind: 'cover' }, opened: OpenedTrees): void {
  const slot = opened.binds.get(mount);
  if (slot === undefined) return;
  const { target } = mount;
  plan.add(
    'child',
    step('mount', `let lxcfs answer for ${target}`, `move_mount(${target})`, { kind: 'cover', slot, path: target }),
  );
}
