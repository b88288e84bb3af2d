import type { ContainerSpec, MountOption, MountSpec, RootfsSpec } from '../spec.ts';
import { type PlanDraft, step } from './draft.ts';
import { mapText, outsideRoot } from './map-text.ts';
import type { Slot, Step } from './step.ts';

/** What the host's paths led to, opened before the container has a root of its own. */
export type OpenedTrees = {
  readonly root: Slot;
  readonly binds: ReadonlyMap<MountSpec, Slot>;
  /** By the path of the node on the host. */
  readonly devices: ReadonlyMap<string, Slot>;
};

/**
 * A host may have other defaults: with these on, what is written cannot be told from what was renamed, and no layer can be
 * made of it.
 */
export const overlayOptions: readonly MountOption[] = [
  { name: 'redirect_dir', value: 'off' },
  { name: 'metacopy', value: 'off' },
  { name: 'index', value: 'off' },
];

/** Kept as attributes that the root of a user namespace may set; the kernel then takes none of the others. */
export const ownRootOptions: readonly MountOption[] = [
  { name: 'userxattr', value: null },
  { name: 'index', value: 'off' },
];

type Phase = Step['phase'];

/**
 * An ordinary user may mount nothing on the host: only within the new user namespace, where the layers are its own. Else the
 * host's paths are opened where nothing of the container can play with them.
 */
export function phaseOfRootfs({ userMaps }: ContainerSpec): 'host' | 'child' {
  return userMaps !== null && !userMaps.idmapLayers ? 'child' : 'host';
}

export function planRootfs(plan: PlanDraft, spec: ContainerSpec): OpenedTrees {
  const phase = phaseOfRootfs(spec);
  return {
    root: planRoot(plan, spec, phase),
    binds: planBinds(plan, spec, phase),
    devices: planDevices(plan, spec, phase),
  };
}

function planRoot(plan: PlanDraft, spec: ContainerSpec, phase: Phase): Slot {
  const { rootfs } = spec;
  if (rootfs.kind === 'overlay') return planOverlay(plan, rootfs, spec, phase);
  const slot = plan.slot();
  plan.add(
    phase,
    step('mount', 'open the directory that will be its root', `open_tree(${rootfs.path}, OPEN_TREE_CLONE)`, {
      kind: 'open-tree',
      slot,
      path: rootfs.path,
      recursive: true,
    }),
  );
  return slot;
}

function planOverlay(
  plan: PlanDraft,
  rootfs: RootfsSpec & { kind: 'overlay' },
  { userMaps }: ContainerSpec,
  phase: Phase,
): Slot {
  const { initLayer, lowers, upper, work } = rootfs;
  if (initLayer !== null) {
    const { directory, hostname, hosts, resolvConf } = initLayer;
    plan.add(
      phase,
      step('mount', 'make a layer of real directories to mount on, above the image', `mkdirat(${directory})`, {
        kind: 'init-layer',
        directory,
        hostname,
        hosts,
        resolvConf,
      }),
    );
  }
  const mapSlot = userMaps?.idmapLayers === true ? plan.slot() : null;
  if (userMaps !== null && mapSlot !== null) {
    plan.add(
      phase,
      step('namespace', 'make a user namespace to show the layers through', 'unshare(CLONE_NEWUSER)', {
        kind: 'map-holder',
        slot: mapSlot,
        uidMap: mapText(userMaps.uid),
        gidMap: mapText(userMaps.gid),
      }),
    );
  }
  const slot = plan.slot();
  const options = phase === 'child' ? ownRootOptions : overlayOptions;
  const owner =
    phase === 'child'
      ? { uid: 0, gid: 0 }
      : { uid: outsideRoot(userMaps?.uid ?? []), gid: outsideRoot(userMaps?.gid ?? []) };
  const all = initLayer === null ? lowers : [initLayer.directory, ...lowers];
  plan.add(
    phase,
    step(
      'mount',
      `lay ${all.length} read-only layers and a writable one over each other`,
      `fsopen(overlay), fsconfig(lowerdir+ ×${all.length}, upperdir=${upper}), fsmount`,
      { kind: 'overlay', slot, lowers: all, upper, work, options, mapSlot, owner },
    ),
  );
  return slot;
}

function planBinds(plan: PlanDraft, { mounts }: ContainerSpec, phase: Phase): ReadonlyMap<MountSpec, Slot> {
  const slots = new Map<MountSpec, Slot>();
  for (const mount of mounts) {
    if (mount.kind === 'other') slots.set(mount, planOther(plan, mount, phase));
    if (mount.kind !== 'bind' && mount.kind !== 'cover') continue;
    const slot = plan.slot();
    slots.set(mount, slot);
    plan.add(
      phase,
      step('mount', `open what will be at ${mount.target}`, `open_tree(${mount.source}, OPEN_TREE_CLONE)`, {
        kind: 'open-tree',
        slot,
        path: mount.source,
        recursive: mount.kind === 'bind' && mount.recursive,
      }),
    );
  }
  return slots;
}

function planOther(plan: PlanDraft, { process, target }: MountSpec & { kind: 'other' }, phase: Phase): Slot {
  const processSlot = plan.slot();
  plan.add(
    phase,
    step('mount', `pin process ${process.pid}, whose ${target} is shared`, `pidfd_open(${process.pid})`, {
      kind: 'open-process',
      slot: processSlot,
      process,
    }),
  );
  const slot = plan.slot();
  plan.add(
    phase,
    step(
      'mount',
      `open its ${target}, from within its mount namespace`,
      `setns(pidfd, CLONE_NEWNS), open_tree(${target}, OPEN_TREE_CLONE), setns`,
      { kind: 'open-other-tree', slot, processSlot, path: target },
    ),
  );
  return slot;
}

function planDevices(plan: PlanDraft, { devices }: ContainerSpec, phase: Phase): ReadonlyMap<string, Slot> {
  const slots = new Map<string, Slot>();
  // One node may be at two places, and each mount is at one.
  for (const { path, bindFrom } of devices) {
    if (bindFrom === null) continue;
    const slot = plan.slot();
    slots.set(path, slot);
    plan.add(
      phase,
      step('mount', `open the host's ${bindFrom}`, `open_tree(${bindFrom}, OPEN_TREE_CLONE)`, {
        kind: 'open-tree',
        slot,
        path: bindFrom,
        recursive: false,
      }),
    );
  }
  return slots;
}
