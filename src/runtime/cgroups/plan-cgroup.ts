import type { CgroupLayout } from '../../model/cgroup/layout.ts';
import type { CgroupSpec, CgroupWrite, DeviceProgram } from '../cgroup-spec.ts';
import { deviceProgram } from '../security/device-program.ts';
import { type DeviceRule, deviceRuleText } from '../security/device-rules.ts';
import { groupsDownTo, type Hierarchy, hierarchiesFor, UNIFIED_CONTROLLERS } from './group-places.ts';
import type { GroupPlaces } from './live-change.ts';
import { neededControllers, type Resources, unifiedName, withDefaultSwap } from './resources.ts';
import { valuesV1 } from './values-v1.ts';
import { valuesV2 } from './values-v2.ts';

export type CgroupRequest = {
  readonly layout: CgroupLayout;
  readonly id: string;
  /** Our groups' parent, from the top of each hierarchy: `/nsview`. */
  readonly parent: string;
  readonly resources: Resources;
  /** What the container may do with devices. Null: anything. */
  readonly devices: readonly DeviceRule[] | null;
  /** v1 controllers to have a group of too, where they are mounted. */
  readonly besides: readonly string[];
  /** Whether a group above the container's would be there for containers of ours alone, and goes with the last. */
  readonly isOurs: (directory: string) => boolean;
  /** Reads a file of the cgroup tree; null where there is none. */
  readonly read: (path: string) => string | null;
};

export type CgroupPlan =
  | { readonly kind: 'planned'; readonly cgroup: CgroupSpec; readonly groups: GroupPlaces }
  /** This host has no controller for what was asked. */
  | { readonly kind: 'missing'; readonly controller: string };

/** What tells, after the end, whether the memory ran out and how long the CPU was withheld. */
const FINALS_V1 = [
  ['memory', 'memory.oom_control'],
  ['memory', 'memory.max_usage_in_bytes'],
  ['cpu', 'cpu.stat'],
  ['cpuacct', 'cpuacct.usage'],
  ['pids', 'pids.events'],
] as const;
const FINALS_V2 = ['memory.events', 'memory.peak', 'cpu.stat', 'pids.events'];

/** The groups of one container: what is made, written, joined, read at the end and removed. */
export function planCgroup(request: CgroupRequest): CgroupPlan {
  const { layout } = request;
  const resources = withDefaultSwap(request.resources);
  const needed = neededControllers(resources);
  const missing = [...needed].find((controller) => !hasController(request, controller));
  if (missing !== undefined) {
    return { kind: 'missing', controller: missing };
  }
  const hierarchies = hierarchiesFor(layout, needed.union(new Set(request.besides)));
  const own = `${trimSlashes(request.parent)}/${request.id}`;
  const leaf = ({ mountPoint }: Hierarchy) => mountPoint + own;
  const unified = layout.kind === 'unified' ? layout.v2 : null;
  return {
    kind: 'planned',
    cgroup: {
      directories: hierarchies.flatMap(({ mountPoint }) => groupsDownTo(own).map((group) => mountPoint + group)),
      writes: [
        ...hierarchies.flatMap((hierarchy) => cpusetWrites(hierarchy, own, request)),
        ...(unified === null ? [] : controllerWrites(unified.mountPoint, own, needed, request)),
        ...deviceWrites(hierarchies, leaf, request.devices),
        ...limitWrites(hierarchies, leaf, resources, unified !== null),
      ],
      devices: programFor(hierarchies, leaf, request.devices),
      joins: hierarchies.map((hierarchy) => ({ version: hierarchy.version, directory: leaf(hierarchy) })),
      finals: hierarchies.flatMap((hierarchy) => finals(hierarchy, leaf(hierarchy), unified !== null)),
      removes: hierarchies.map(leaf),
      parents: hierarchies.flatMap(({ mountPoint }) =>
        groupsDownTo(own)
          .slice(0, -1)
          .map((group) => mountPoint + group)
          .filter(request.isOurs)
          .toReversed(),
      ),
    },
    groups: {
      v1: Object.fromEntries(
        hierarchies.flatMap((hierarchy) => hierarchy.controllers.map((controller) => [controller, leaf(hierarchy)])),
      ),
      v2: hierarchies.filter(({ version }) => version === 2).map(leaf)[0] ?? null,
      unified: unified !== null,
    },
  };
}

function trimSlashes(path: string): string {
  const names = path.split('/').filter((name) => name !== '');
  return names.length === 0 ? '' : `/${names.join('/')}`;
}

function hasController({ layout, read }: CgroupRequest, controller: string): boolean {
  if (layout.kind !== 'unified') {
    return layout.v1[controller] !== undefined;
  }
  const there = read(`${layout.v2?.mountPoint}/cgroup.controllers`)?.trim().split(' ') ?? [];
  return there.includes(unifiedName(controller));
}

/**
 * A v1 cpuset takes no process before it has CPUs and memory nodes; a new one has none: cgroup-v1/cpusets.rst. Those above
 * are told what they have already, for one that is taken away meanwhile is made anew.
 */
function cpusetWrites(hierarchy: Hierarchy, own: string, { read }: CgroupRequest): readonly CgroupWrite[] {
  const { controllers, mountPoint } = hierarchy;
  if (!controllers.includes('cpuset')) {
    return [];
  }
  return ['cpuset.cpus', 'cpuset.mems'].flatMap((file) => {
    let value = read(`${mountPoint}/${file}`)?.trim() ?? '';
    return groupsDownTo(own).flatMap((group): CgroupWrite[] => {
      const path = `${mountPoint}${group}/${file}`;
      const there = read(path)?.trim() ?? '';
      value = there === '' ? value : there;
      return [{ file: path, value, optional: there !== '' }];
    });
  });
}

/** In v2 every group above must pass a controller on; those that nothing was asked of are passed on where they can be. */
function controllerWrites(
  mountPoint: string,
  own: string,
  needed: ReadonlySet<string>,
  { read }: CgroupRequest,
): readonly CgroupWrite[] {
  const asked = new Set(Array.from(needed, unifiedName));
  const above = ['', ...groupsDownTo(own).slice(0, -1)];
  return above.flatMap((group) => {
    const file = `${mountPoint}${group}/cgroup.subtree_control`;
    const there = read(file)?.trim().split(' ') ?? [];
    // Of ours also those that it passes on already: one that is taken away meanwhile is made anew.
    const controllers = UNIFIED_CONTROLLERS.filter((controller) => group !== '' || !there.includes(controller));
    return controllers.map((controller): CgroupWrite => {
      return { file, value: `+${controller}`, optional: there.includes(controller) || !asked.has(controller) };
    });
  });
}

const withDevices = ({ controllers }: Hierarchy): boolean => controllers.includes('devices');

/** Version 2 has no files for devices; where version 1 has them they do. */
function programFor(
  hierarchies: readonly Hierarchy[],
  leaf: (hierarchy: Hierarchy) => string,
  devices: readonly DeviceRule[] | null,
): DeviceProgram | null {
  const hierarchy = hierarchies.find(({ version }) => version === 2);
  if (devices === null || hierarchy === undefined || hierarchies.some(withDevices)) {
    return null;
  }
  return { directory: leaf(hierarchy), program: deviceProgram(devices) };
}

function deviceWrites(
  hierarchies: readonly Hierarchy[],
  leaf: (hierarchy: Hierarchy) => string,
  devices: readonly DeviceRule[] | null,
): readonly CgroupWrite[] {
  const hierarchy = hierarchies.find(withDevices);
  if (hierarchy === undefined || devices === null) {
    return [];
  }
  const directory = leaf(hierarchy);
  return [
    { file: `${directory}/devices.deny`, value: 'a', optional: false },
    ...devices.map((rule): CgroupWrite => {
      return { file: `${directory}/devices.allow`, value: deviceRuleText(rule), optional: false };
    }),
  ];
}

function limitWrites(
  hierarchies: readonly Hierarchy[],
  leaf: (hierarchy: Hierarchy) => string,
  resources: Resources,
  unified: boolean,
): readonly CgroupWrite[] {
  const [last] = hierarchies.slice(-1);
  if (unified && last !== undefined) {
    return valuesV2(resources, { cpuMax: null }).map(({ file, value, optional }) => {
      return { file: `${leaf(last)}/${file}`, value, optional };
    });
  }
  return valuesV1(resources).flatMap(({ controller, file, value, optional }): CgroupWrite[] => {
    const hierarchy = hierarchies.find(({ controllers }) => controllers.includes(controller));
    return hierarchy === undefined ? [] : [{ file: `${leaf(hierarchy)}/${file}`, value, optional }];
  });
}

function finals(hierarchy: Hierarchy, directory: string, unified: boolean): readonly string[] {
  if (hierarchy.version === 2) {
    return unified ? FINALS_V2.map((file) => `${directory}/${file}`) : [];
  }
  return FINALS_V1.filter(([controller]) => hierarchy.controllers.includes(controller)).map(
    ([, file]) => `${directory}/${file}`,
  );
}
