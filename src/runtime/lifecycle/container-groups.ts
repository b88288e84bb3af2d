import { existsSync } from 'node:fs';
import type { CgroupSpec } from '../cgroup-spec.ts';
import { cgroupFiles } from '../cgroups/cgroup-files.ts';
import { DEFAULT_PARENT } from '../cgroups/group-places.ts';
import { planCgroup } from '../cgroups/plan-cgroup.ts';
import { neededControllers } from '../cgroups/resources.ts';
import type { DeviceRule } from '../security/device-rules.ts';
import type { Store } from '../state/store.ts';
import { lxcfsControllers } from './lxcfs.ts';
import { listContainers } from './own-container.ts';
import { RequestFailed } from './request-failed.ts';
import type { RunRequest } from './run-request.ts';

const NO_GROUPS = {
  cgroup: {
    directories: [],
    writes: [],
    devices: null,
    joins: [],
    finals: [],
    removes: [],
    parents: [],
  } satisfies CgroupSpec,
  groups: { v1: {}, v2: null, unified: false },
};

/** The groups of a new container: those that limit it, and what they are told. */
export function groupsFor(
  store: Store,
  request: RunRequest,
  id: string,
  devices: readonly DeviceRule[] | null,
  uid: number,
) {
  const { layout, resources, cgroupParent } = request;
  const asked = neededControllers(resources);
  // An ordinary user may make groups nowhere but below one that was given away.
  if (layout.kind === 'none' || (uid !== 0 && cgroupParent === DEFAULT_PARENT)) {
    if (asked.size > 0) {
      throw new RequestFailed(
        'run',
        `limits need a control group, and ${layout.kind === 'none' ? 'no cgroup file system is mounted' : 'an ordinary user may make none'}`,
        'Run it as root, or name a group of your own with --cgroup-parent.',
      );
    }
    return NO_GROUPS;
  }
  // Within its user namespace an ordinary user makes no device nodes, and may set no rules for them either.
  const rules = uid === 0 ? devices : null;
  const planned = planCgroup({
    layout,
    id,
    parent: cgroupParent,
    resources,
    devices: rules,
    besides: request.lxcfs === null ? [] : lxcfsControllers,
    isOurs: ourParents(store, cgroupParent),
    read: cgroupFiles.read,
  });
  if (planned.kind === 'missing') {
    throw new RequestFailed('run', `this kernel has no ${planned.controller} controller to limit it with`);
  }
  return planned;
}

/**
 * Which groups above a container's exist for containers of ours alone: those that are missing, and those that one of ours
 * made which still runs. Our usual parent stays until it is swept.
 */
function ourParents(store: Store, parent: string): (directory: string) => boolean {
  if (parent === DEFAULT_PARENT) {
    return () => false;
  }
  let made: ReadonlySet<string> | null = null;
  return (directory) => {
    made ??= new Set(
      listContainers(store)
        .filter(({ attended }) => attended)
        .flatMap(({ config }) => config.parents),
    );
    return !existsSync(directory) || made.has(directory);
  };
}
