import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import type { CgroupLayout } from '../../model/cgroup/layout.ts';
import { cgroupFiles } from '../cgroups/cgroup-files.ts';
import { DEFAULT_PARENT } from '../cgroups/group-places.ts';
import { removeGroup } from '../cgroups/group-processes.ts';
import type { GroupPlaces } from '../cgroups/live-change.ts';
import { planCgroup } from '../cgroups/plan-cgroup.ts';
import { neededControllers, type Resources } from '../cgroups/resources.ts';
import type { ProcessRef } from '../spec.ts';
import { namesIn } from '../state/names-in.ts';
import { isRunning } from '../state/process-ref.ts';
import { writeWhole } from '../state/records.ts';
import { StateFailure } from '../state/state-failure.ts';
import type { Store } from '../state/store.ts';
import { RequestFailed } from './request-failed.ts';

/** Where a process was before it got groups of ours: from each of ours to the one it came from. */
type Moved = { readonly [group: string]: string };

type Write = { readonly file: string; readonly value: string };

/** What gives a process groups of its own: made, filled, limited by the caller, and then joined. */
export type ProcessMove = {
  readonly groups: readonly string[];
  readonly fills: readonly Write[];
  readonly joins: readonly Write[];
  readonly places: GroupPlaces;
  readonly from: Moved;
};

/**
 * Groups of its own for a process in no container, since its present ones are those of others too. Only in the
 * hierarchies that the limits are of. `now`: where it is. Nothing is done yet.
 */
export function planProcessMove(
  layout: CgroupLayout,
  process: ProcessRef,
  resources: Resources,
  now: GroupPlaces,
): ProcessMove {
  const planned = planCgroup({
    layout,
    id: groupName(process),
    parent: DEFAULT_PARENT,
    resources,
    devices: null,
    besides: [],
    isOurs: () => false,
    read: cgroupFiles.read,
  });
  if (planned.kind === 'missing') {
    throw new RequestFailed(
      `pid:${process.pid}`,
      `this kernel has no ${planned.controller} controller to limit it with`,
    );
  }
  const { cgroup, groups } = planned;
  const needed = neededControllers(resources);
  const v1 = Object.entries(groups.v1).filter(([controller]) => needed.has(controller));
  const places: GroupPlaces = {
    v1: Object.fromEntries(v1),
    v2: groups.unified ? groups.v2 : null,
    unified: groups.unified,
  };
  const leaves = [...new Set([...v1.map(([, group]) => group), ...(places.v2 === null ? [] : [places.v2])])];
  const within = (path: string) => leaves.some((leaf) => leaf === path || leaf.startsWith(`${path}/`));
  const tops = [...Object.values(layout.v1), ...(layout.v2 === null ? [] : [layout.v2])];
  const from = Object.fromEntries(
    leaves.map((leaf) => {
      const controller = v1.find(([, group]) => group === leaf)?.[0];
      const was = controller === undefined ? now.v2 : now.v1[controller];
      return [leaf, was ?? tops.find(({ mountPoint }) => leaf.startsWith(`${mountPoint}/`))?.mountPoint ?? leaf];
    }),
  );
  return {
    places,
    from,
    groups: cgroup.directories.filter(within),
    fills: cgroup.writes.filter(({ file }) => {
      const directory = file.slice(0, file.lastIndexOf('/'));
      return (
        /cgroup\.subtree_control$/.test(file) || (!groups.unified && within(directory) && file.includes('/cpuset.'))
      );
    }),
    joins: leaves.map((leaf) => ({ file: `${leaf}/cgroup.procs`, value: String(process.pid) })),
  };
}

/** Makes the groups, and remembers where the process is until it is moved there. */
export function makeProcessGroups(store: Store, process: ProcessRef, { groups, fills, from }: ProcessMove): void {
  try {
    mkdirSync(`${store.root}/processes`, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw StateFailure.of(store.root, error);
  }
  const file = recordOf(store, process);
  // Where it was first is where it goes back to, however often it is limited.
  writeWhole(file, `${JSON.stringify({ ...from, ...readMoved(file) })}\n`);
  for (const group of groups) {
    try {
      mkdirSync(group, { recursive: true });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new RequestFailed(group, `the group cannot be made (${code})`, 'Run it as root.');
    }
  }
  writeAll(fills);
}

/** Moves the process into its groups. */
export function joinProcessGroups({ joins }: ProcessMove): void {
  writeAll(joins);
}

function writeAll(writes: readonly Write[]): void {
  for (const { file, value } of writes) {
    const code = cgroupFiles.write(file, value);
    // What no limit was asked of may stay off; the limit itself would tell.
    if (code !== null && !file.endsWith('subtree_control')) {
      throw new RequestFailed(
        file,
        `${value} cannot be written (${code})`,
        code === 'EACCES' ? 'Run it as root.' : null,
      );
    }
  }
}

/** Moves the process back to where it was and removes the groups that it had of us: all, or these alone. */
export async function releaseProcess(
  store: Store,
  process: ProcessRef,
  only: readonly string[] | null = null,
): Promise<void> {
  const file = recordOf(store, process);
  const all = Object.entries(readMoved(file));
  const moved = all.filter(([group]) => only?.includes(group) !== false);
  if (moved.length === 0) {
    throw new RequestFailed(`pid:${process.pid}`, 'it is in no group that nsview made for it');
  }
  for (const [group, was] of moved) {
    const code = cgroupFiles.write(`${was}/cgroup.procs`, String(process.pid));
    if (code !== null && code !== 'ESRCH') {
      throw new RequestFailed(`${was}/cgroup.procs`, `${process.pid} cannot be written (${code})`);
    }
    await removeGroup(group);
  }
  const rest = all.filter((entry) => !moved.includes(entry));
  if (rest.length === 0) {
    rmSync(file, { force: true });
  } else {
    writeWhole(file, `${JSON.stringify(Object.fromEntries(rest))}\n`);
  }
}

function groupName({ pid, startTicks }: ProcessRef): string {
  return `pid-${pid}-${startTicks}`;
}

/** The process that a group of this name was made for; null: it is no such group. */
export function processOfGroup(name: string): ProcessRef | null {
  const [, pid, startTicks] = /^pid-(\d+)-(\d+)$/.exec(name) ?? [];
  return pid === undefined ? null : { pid: Number(pid), startTicks: Number(startTicks) };
}

/** Removes what was remembered of processes that have ended. */
export function sweepMoved(store: Store): void {
  const directory = `${store.root}/processes`;
  for (const file of namesIn(directory)) {
    const process = file.endsWith('.json') ? processOfGroup(file.slice(0, -'.json'.length)) : null;
    if (process !== null && !isRunning(process)) {
      rmSync(`${directory}/${file}`, { force: true });
    }
  }
}

function recordOf(store: Store, process: ProcessRef): string {
  return `${store.root}/processes/${groupName(process)}.json`;
}

function readMoved(file: string): Moved {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Moved;
  } catch {
    return {};
  }
}
