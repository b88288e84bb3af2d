import type { CgroupSample } from '../cgroup/sample.ts';
import type { Container } from '../document/container.ts';
import { mainPath } from '../own-group.ts';
import type { Sample } from '../sample.ts';
import type { Before } from '../sampled-before.ts';
import type { GroupMembers } from './group-members.ts';
import type { HostGroupSample } from './sample.ts';

/**
 * The groups that are a container's own: its path says so, or nobody else is in it. In v1's trees it may be in different
 * places under the same name.
 */
export function groupOwners(
  containers: readonly Container[],
  counts: ReadonlyMap<string, GroupMembers>,
): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const container of containers) {
    const { cgroup, evidence, id, processes } = container;
    const main = cgroup === null ? '/' : mainPath(cgroup.paths);
    const own = evidence.some((word) => word.startsWith('cgroup:')) || counts.get(main)?.processes === processes.length;
    if (cgroup !== null && main !== '/' && own) {
      const name = main.slice(main.lastIndexOf('/'));
      for (const path of Object.values(cgroup.paths).filter((each) => each.endsWith(name))) {
        owners.set(path, id);
      }
    }
  }
  return owners;
}

export type ToldGroups = {
  readonly groups: readonly HostGroupSample[];
  readonly earlier: ReadonlyMap<string, CgroupSample | null>;
};

/** Where groups were not read: those that processes are in, and of containers' own what was read of the container. */
export function groupsOfContainers(
  counts: ReadonlyMap<string, GroupMembers>,
  owners: ReadonlyMap<string, string>,
  around: {
    readonly containers: readonly Container[];
    readonly ids: ReadonlyMap<string, string>;
    readonly sample: Sample;
    readonly before: Before | null;
  },
): ToldGroups {
  const { containers, ids, sample, before } = around;
  const keys = new Map(Array.from(ids, ([key, id]) => [id, key]));
  const known = new Map<string, string>();
  for (const { id, cgroup } of containers) {
    const path = cgroup === null ? '/' : mainPath(cgroup.paths);
    const key = keys.get(id);
    if (owners.get(path) === id && key !== undefined) {
      known.set(path, key);
    }
  }
  const groupOf = (path: string, of: (key: string) => CgroupSample | null | undefined) => {
    const key = known.get(path);
    return key === undefined ? null : (of(key) ?? null);
  };
  const paths = [...counts.keys()];
  return {
    groups: paths.map((path) => ({ path, cgroup: groupOf(path, (key) => sample.containers[key]?.cgroup) })),
    earlier: new Map(paths.map((path) => [path, groupOf(path, (key) => before?.container(key)?.cgroup)])),
  };
}
