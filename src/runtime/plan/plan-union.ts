import type { ProcessRef } from '../spec.ts';
import { draftPlan, type PlanDraft, step } from './draft.ts';
import { mapText } from './map-text.ts';
import { overlayOptions, ownRootOptions } from './plan-rootfs.ts';
import { planLifeline, planSealed } from './plan-shared.ts';
import type { Slot, Step } from './step.ts';

/** The union of directories of the user's own, with a writable branch in memory. Paths are absolute, without links. */
export type UnionSpec = {
  /** Top first: what is laid over each other and stays as it is. */
  readonly lowers: readonly string[];
  /** In a mount namespace of its own, a file system in memory on this directory of the host holds the writable branch. */
  readonly place: string;
  /** Where the union is seen, on the host, by whoever is in the namespace of `viewer`; null: below `place` alone. */
  readonly at: { readonly directory: string; readonly viewer: ProcessRef } | null;
  /** Who asks, where a user namespace has to let them mount; null: root. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
  /** Marks are attributes `user.overlay.…`: those that only root of the host may set do not work in a user namespace. */
  readonly userMarks: boolean;
};

/** Below the place, by the names that a person meets there. */
export function placesOfUnion(place: string): {
  readonly merged: string;
  readonly writable: string;
  readonly work: string;
} {
  return { merged: `${place}/C`, writable: `${place}/writable`, work: `${place}/work` };
}

/**
 * The first process only keeps the mount namespace. With `at` the helper makes it, goes back and mounts the union on the
 * host, from where it takes it away again; an ordinary user may mount in a user namespace of their own only.
 */
export function planUnion(spec: UnionSpec): readonly Step[] {
  const plan = draftPlan();
  planSealed(plan);
  if (spec.at === null) {
    planPrivate(plan, spec);
  } else {
    planOnHost(plan, spec, spec.at);
  }
  return plan.steps();
}

function planPrivate(plan: PlanDraft, spec: UnionSpec): void {
  const { user, place } = spec;
  const flags = user === null ? 'CLONE_NEWNS' : 'CLONE_NEWUSER|CLONE_NEWNS';
  plan.add(
    'host',
    step('namespace', 'make the process that keeps the mount namespace', `clone3(${flags})`, {
      kind: 'clone',
      namespaces: user === null ? ['mnt'] : ['user', 'mnt'],
      cgroupSlot: null,
    }),
  );
  if (user !== null) {
    const itself = (id: number) => mapText([{ inside: id, outside: id, count: 1 }]);
    plan.add(
      'host',
      step('namespace', 'let its user be who it is outside', 'write(/proc/PID/uid_map, gid_map)', {
        kind: 'id-maps',
        uidMap: itself(user.uid),
        gidMap: itself(user.gid),
        setgroups: false,
      }),
    );
  }
  planGo(plan);
  planBegin(plan);
  const slot = planMounts(plan, 'child', spec);
  planAttach(plan, 'child', slot, placesOfUnion(place).merged);
  planHold(plan);
}

function planOnHost(plan: PlanDraft, spec: UnionSpec, at: NonNullable<UnionSpec['at']>): void {
  const { directory, viewer } = at;
  const viewerSlot = plan.slot();
  plan.add(
    'host',
    step('mount', `pin process ${viewer.pid}, whose mounts the union will be among`, `pidfd_open(${viewer.pid})`, {
      kind: 'open-process',
      slot: viewerSlot,
      process: viewer,
    }),
  );
  plan.add(
    'host',
    step('namespace', 'leave for a mount namespace of its own', 'unshare(CLONE_NEWNS)', {
      kind: 'unshare',
      namespaces: ['mnt'],
    }),
  );
  const slot = planMounts(plan, 'host', spec);
  plan.add(
    'host',
    step('process', 'make the process that keeps it', 'clone3()', { kind: 'clone', namespaces: [], cgroupSlot: null }),
  );
  plan.add(
    'host',
    step('namespace', 'go back to where the union is wanted', 'setns(pidfd, CLONE_NEWNS)', {
      kind: 'enter',
      slot: viewerSlot,
      namespaces: ['mnt'],
    }),
  );
  planHostRoot(plan, 'host');
  planAttach(plan, 'host', slot, directory);
  planGo(plan);
  planBegin(plan);
  planHold(plan);
  plan.add(
    'monitor',
    step('mount', 'take the union away', `umount2(${directory}, MNT_DETACH)`, {
      kind: 'unmount',
      slot,
      path: directory,
    }),
  );
}

function planMounts(plan: PlanDraft, phase: Step['phase'], { lowers, place, user, userMarks }: UnionSpec): Slot {
  const { writable, work } = placesOfUnion(place);
  plan.add(
    phase,
    step('mount', 'keep what is mounted here from the host', 'mount(/, MS_REC|MS_SLAVE)', { kind: 'slave-mounts' }),
  );
  planHostRoot(plan, phase);
  plan.add(
    phase,
    step('mount', 'mount a file system in memory', `fsopen(tmpfs), move_mount(${place})`, {
      kind: 'mount',
      fsType: 'tmpfs',
      source: 'nsview-union',
      target: place,
      flags: ['nosuid', 'nodev'],
      options: [{ name: 'mode', value: '0755' }],
      optional: false,
    }),
  );
  for (const path of [writable, work]) {
    plan.add(phase, step('mount', 'make a directory in it', `mkdirat(${path})`, { kind: 'make-directory', path }));
  }
  const slot = plan.slot();
  plan.add(
    phase,
    step(
      'mount',
      'lay the directories and a writable branch over each other',
      `fsopen(overlay), fsconfig(lowerdir+ ×${lowers.length}, upperdir=${writable}), fsmount`,
      {
        kind: 'overlay',
        slot,
        lowers,
        upper: writable,
        work,
        options: userMarks ? ownRootOptions : overlayOptions,
        mapSlot: null,
        owner: user ?? { uid: 0, gid: 0 },
      },
    ),
  );
  return slot;
}

function planHostRoot(plan: PlanDraft, phase: Step['phase']): void {
  plan.add(phase, step('mount', 'go by the paths of the host', 'open(/, O_PATH)', { kind: 'host-root' }));
}

function planAttach(plan: PlanDraft, phase: Step['phase'], slot: Slot, target: string): void {
  plan.add(
    phase,
    step('mount', 'show the union', `move_mount(${target})`, {
      kind: 'bind',
      slot,
      target,
      recursive: false,
      flags: [],
      propagation: 'private',
    }),
  );
}

function planGo(plan: PlanDraft): void {
  plan.add('host', step('process', 'let it go on', 'sendmsg', { kind: 'go' }));
}

function planBegin(plan: PlanDraft): void {
  planLifeline(plan);
  plan.add('child', step('process', 'wait until it may go on', 'recvmsg', { kind: 'await' }));
}

function planHold(plan: PlanDraft): void {
  plan.add('child', step('process', 'keep the mount namespace until it is told to end', 'pause', { kind: 'hold' }));
}
