import type { CgroupLayout } from '../model/cgroup/layout.ts';
import type { CgroupSample } from '../model/cgroup/sample.ts';
import type { HostGroupsSample, HostMachine } from '../model/host-groups/sample.ts';
import type { Steps } from '../model/steps.ts';
import { type FoundGroup, openGroupFinder } from './cgroup/find-groups.ts';
import type { Host } from './host.ts';
import { forgetHostLoad, readHostLoad, readHostMachine } from './host-load.ts';

export type HostGroups = {
  /** The groups there are now; none where nobody wants them, and what was kept open for them is closed. */
  find(layout: CgroupLayout, wanted: boolean): Steps<readonly FoundGroup[]>;
  /** What was read of these groups, in their order, beside the load of the host. `opened`: whose processes are shown. */
  sample(
    found: readonly FoundGroup[],
    figures: readonly (CgroupSample | null)[],
    opened: string | null,
  ): HostGroupsSample | null;
};

export function openHostGroups(host: Host): HostGroups {
  const finder = openGroupFinder(host);
  let machine: HostMachine | null = null;
  let keeping = false;

  function* find(layout: CgroupLayout, wanted: boolean): Steps<readonly FoundGroup[]> {
    if (!wanted) {
      if (keeping) {
        forgetHostLoad(host);
      }
      keeping = false;
      return [];
    }
    keeping = true;
    return yield* finder.find(layout);
  }

  function sample(
    found: readonly FoundGroup[],
    figures: readonly (CgroupSample | null)[],
    opened: string | null,
  ): HostGroupsSample | null {
    if (!keeping) {
      return null;
    }
    machine ??= readHostMachine(host);
    return {
      groups: found.map(({ path }, index) => ({ path, cgroup: figures[index] ?? null })),
      opened,
      load: readHostLoad(host),
      machine,
    };
  }

  return { find, sample };
}
