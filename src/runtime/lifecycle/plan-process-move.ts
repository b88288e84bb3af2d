import path from 'node:path';
import type { CgroupLayout, CgroupMount } from '../../model/cgroup/layout.ts';
import { processGroupName } from '../../model/process-group.ts';
import { DEFAULT_PARENT } from '../cgroups/group-places.ts';
import type { GroupPlaces } from '../cgroups/live-change.ts';
import { neededControllers, type Resources, unifiedName } from '../cgroups/resources.ts';
import type { ProcessRef } from '../spec.ts';
import { RequestFailed } from './request-failed.ts';

type Write = { readonly file: string; readonly value: string };

/** What gives a process groups of its own: made, filled, limited by the caller, and then joined. */
export type ProcessMove = {
  /** What is not there yet, from the top down. */
  readonly groups: readonly string[];
  readonly fills: readonly Write[];
  readonly joins: readonly Write[];
  readonly places: GroupPlaces;
  /** From each group of ours that it is not in yet to the one it comes from. */
  readonly from: { readonly [group: string]: string };
};

type Input = {
  readonly layout: CgroupLayout;
  readonly process: ProcessRef;
  readonly resources: Resources;
  /** Where it is, the root of a hierarchy too. */
  readonly now: GroupPlaces;
  /** Reads a file of the cgroup tree; null where there is none. */
  readonly read: (path: string) => string | null;
};

/**
 * Groups of its own for a process in no container, since its present ones are those of others too. Only in the
 * hierarchies that the limits are of, and so that the limits above stay: in v1 below the group it is in; in v2, where a
 * group has either processes or controllers for those below, beside it. Nothing is done yet. The first process of all is
 * left where it is: what holds it up holds the whole host up.
 */
export function planProcessMove(input: Input): ProcessMove {
  if (input.process.pid === 1) {
    throw new RequestFailed('pid:1', 'it is the first process of this host, and limiting it would hold everything up');
  }
  return input.layout.kind === 'unified' ? unifiedMove(input) : legacyMove(input);
}

function legacyMove({ layout, process, resources, now, read }: Input): ProcessMove {
  const groups = Array.from(neededControllers(resources), (controller) => {
    const mount = layout.v1[controller];
    if (mount === undefined) {
      throw noController(process, controller);
    }
    const was = now.v1[controller];
    if (was === undefined) {
      throw notSeen(process, controller);
    }
    return { controller, mount, was, leaf: leafBelow(was, mount, process) };
  });
  const leaves = [...new Map(groups.map((group) => [group.leaf, group])).values()];
  return {
    groups: leaves.flatMap(({ leaf, mount }) => missingGroups(leaf, mount, read)),
    fills: leaves
      .filter(({ mount }) => layout.v1['cpuset']?.mountPoint === mount.mountPoint)
      .flatMap(({ leaf, mount }) => cpusetFills(leaf, mount, read)),
    joins: leaves.map(({ leaf }) => joinOf(leaf, process)),
    places: {
      v1: Object.fromEntries(groups.map(({ controller, leaf }) => [controller, leaf])),
      v2: null,
      unified: false,
    },
    from: Object.fromEntries(leaves.filter(({ leaf, was }) => leaf !== was).map(({ leaf, was }) => [leaf, was])),
  };
}

function unifiedMove({ layout, process, resources, now, read }: Input): ProcessMove {
  const needed = Array.from(neededControllers(resources), unifiedName);
  const { v2: mount } = layout;
  const there = mount === null ? [] : wordsOf(read(`${mount.mountPoint}/cgroup.controllers`));
  const missing = needed.find((controller) => !there.includes(controller));
  if (mount === null || missing !== undefined) {
    throw noController(process, missing ?? 'cgroup');
  }
  const was = now.v2;
  if (was === null) {
    throw notSeen(process, 'version 2');
  }
  const leaf = leafBeside(was, mount, process);
  const above = groupsBetween(mount.mountPoint, path.dirname(leaf));
  return {
    groups: missingGroups(leaf, mount, read),
    fills: [
      ...above.flatMap((group) => controllerFills(group, needed, process, read)),
      ...(leaf === was ? [] : carriedLimits(was, leaf, read)),
    ],
    joins: [joinOf(leaf, process)],
    places: { v1: {}, v2: leaf, unified: true },
    from: leaf === was ? {} : { [leaf]: was },
  };
}

/** What the root group is limited by is nothing: there ours are together, as those of containers. */
function leafBelow(was: string, { mountPoint }: CgroupMount, process: ProcessRef): string {
  const name = processGroupName(process);
  if (path.basename(was) === name) {
    return was;
  }
  return was === mountPoint ? `${mountPoint}${DEFAULT_PARENT}/${name}` : `${was}/${name}`;
}

function leafBeside(was: string, mount: CgroupMount, process: ProcessRef): string {
  return path.basename(was) === processGroupName(process) || was === mount.mountPoint
    ? leafBelow(was, mount, process)
    : leafBelow(path.dirname(was), mount, process);
}

function missingGroups(leaf: string, { mountPoint }: CgroupMount, read: Input['read']): readonly string[] {
  return groupsBetween(mountPoint, leaf).filter((group) => read(`${group}/cgroup.procs`) === null);
}

/** From the first to the last, both included. */
function groupsBetween(top: string, last: string): readonly string[] {
  if (last === top) {
    return [top];
  }
  const parent = path.dirname(last);
  if (parent === last) {
    throw new Error(`no group below ${top}`);
  }
  return [...groupsBetween(top, parent), last];
}

/** A v1 cpuset takes no process before it has CPUs and memory nodes; a new one has none: cgroup-v1/cpusets.rst. */
function cpusetFills(leaf: string, { mountPoint }: CgroupMount, read: Input['read']): readonly Write[] {
  return ['cpuset.cpus', 'cpuset.mems'].flatMap((file) => {
    let value = '';
    return groupsBetween(mountPoint, leaf).flatMap((group): Write[] => {
      const there = read(`${group}/${file}`)?.trim() ?? '';
      value = there === '' ? value : there;
      return there === '' ? [{ file: `${group}/${file}`, value }] : [];
    });
  });
}

/** A group passes controllers on only while it has no processes itself and no threads apart: cgroup-v2.rst. */
function controllerFills(
  group: string,
  needed: readonly string[],
  process: ProcessRef,
  read: Input['read'],
): readonly Write[] {
  const file = `${group}/cgroup.subtree_control`;
  const passed = wordsOf(read(file));
  const missing = needed.filter((controller) => !passed.includes(controller));
  const type = read(`${group}/cgroup.type`)?.trim() ?? null;
  if (missing.length > 0 && type !== null) {
    const why =
      type !== 'domain'
        ? `its threads are in groups of their own (cgroup.type is ${type})`
        : (read(`${group}/cgroup.procs`) ?? '') !== ''
          ? 'it has processes itself'
          : null;
    if (why !== null) {
      throw new RequestFailed(`pid:${process.pid}`, `${group} cannot pass on ${missing.join(' and ')}: ${why}`);
    }
  }
  return missing.map((controller) => ({ file, value: `+${controller}` }));
}

/** Files that limit a whole group, each a line for each device or one, and what they say where nothing is limited. */
const CARRIED: readonly (readonly [file: string, unlimited: RegExp])[] = [
  ['cpu.max', /^max /],
  ['cpu.weight', /^100$/],
  ['memory.high', /^max$/],
  ['memory.max', /^max$/],
  ['memory.swap.max', /^max$/],
  ['pids.max', /^max$/],
  ['io.max', /^$/],
  ['cpuset.cpus', /^$/],
  ['cpuset.mems', /^$/],
];

/** It leaves its group and takes the limits of that with it. */
function carriedLimits(was: string, leaf: string, read: Input['read']): readonly Write[] {
  return CARRIED.flatMap(([file, unlimited]) => {
    const lines = (read(`${was}/${file}`) ?? '').trim().split('\n');
    return lines
      .filter((line) => line !== '' && !unlimited.test(line))
      .map((value) => ({ file: `${leaf}/${file}`, value }));
  });
}

function joinOf(leaf: string, { pid }: ProcessRef): Write {
  return { file: `${leaf}/cgroup.procs`, value: String(pid) };
}

function wordsOf(text: string | null): readonly string[] {
  return text?.trim().split(' ') ?? [];
}

function noController({ pid }: ProcessRef, controller: string): RequestFailed {
  return new RequestFailed(`pid:${pid}`, `this kernel has no ${controller} controller to limit it with`);
}

function notSeen({ pid }: ProcessRef, what: string): RequestFailed {
  return new RequestFailed(`pid:${pid}`, `its group of ${what} cannot be seen from here`);
}
