import type { CgroupLayout } from '../model/cgroup/layout.ts';
import type { CgroupSample } from '../model/cgroup/sample.ts';
import type { HostGroupsSample, HostMachine } from '../model/host-groups/sample.ts';
import type { Steps } from '../model/steps.ts';
import { type FoundGroup, openGroupFinder } from './cgroup/find-groups.ts';
import type { Host } from './host.ts';
import { forgetHostLoad, readHostLoad, readHostMachine } from './host-load.ts';

/**
 * Every cgroup of the host and its load; `opened`: the group whose processes are looked at one by one. `load`: that alone,
 * which costs six files instead of some for each group.
 */
export type HostGroupsWant = { readonly opened: string | null } | 'load' | null;

export type HostGroups = {
  /** The groups there are now; none where nobody wants them, and what was kept open of the load is closed with that. */
  find(layout: CgroupLayout, wanted: HostGroupsWant): Steps<readonly FoundGroup[]>;
  /** What was read of these groups, in their order, beside the load of the host. */
  sample(
    found: readonly FoundGroup[],
    figures: readonly (CgroupSample | null)[],
    wanted: HostGroupsWant,
  ): HostGroupsSample | null;
};

export function openHostGroups(host: Host): HostGroups {
  const finder = openGroupFinder(host);
  let machine: HostMachine | null = null;
  let keeping = false;

  function* find(layout: CgroupLayout, wanted: HostGroupsWant): Steps<readonly FoundGroup[]> {
    if (wanted === null) {
      if (keeping) {
        forgetHostLoad(host);
      }
      keeping = false;
      return [];
    }
    keeping = true;
    return wanted === 'load' ? [] : yield* finder.find(layout);
  }

  function sample(
    found: readonly FoundGroup[],
    figures: readonly (CgroupSample | null)[],
    wanted: HostGroupsWant,
  ): HostGroupsSample | null {
    if (wanted === null) {
      return null;
    }
    machine ??= readHostMachine(host);
    return {
      groups: wanted === 'load' ? null : found.map(({ path }, index) => ({ path, cgroup: figures[index] ?? null })),
      opened: wanted === 'load' ? null : wanted.opened,
      load: readHostLoad(host),
      machine,
    };
  }

  return { find, sample };
}
