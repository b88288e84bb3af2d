import type { CgroupLayout } from '../../model/cgroup/layout.ts';

/** One hierarchy that a container of ours has a group in. `controllers`: those of v1 mounted there. */
export type Hierarchy = {
  readonly version: 1 | 2;
  readonly mountPoint: string;
  readonly controllers: readonly string[];
};

/** Where our groups are unless --cgroup-parent says otherwise. */
export const DEFAULT_PARENT = '/nsview';

/**
 * v1 controllers that every container gets a group of: what limits and counts it, what freezes it, which devices it may
 * use, and systemd's own, so that the end of a login does not end the container. Whatever can be limited later has one.
 */
const ALWAYS = ['cpu', 'cpuacct', 'cpuset', 'memory', 'pids', 'devices', 'freezer', 'blkio', 'name=systemd'];

/** Of v2 on a unified host. */
export const UNIFIED_CONTROLLERS = ['cpuset', 'cpu', 'io', 'memory', 'pids'];

/** The hierarchies that a container needs, v2 last; on a hybrid host too, for its pressure figures and cgroup.kill. */
export function hierarchiesFor(layout: CgroupLayout, needed: ReadonlySet<string>): readonly Hierarchy[] {
  const controllers = new Map<string, string[]>();
  for (const [controller, { mountPoint }] of Object.entries(layout.v1)) {
    if (ALWAYS.includes(controller) || needed.has(controller)) {
      controllers.set(mountPoint, [...(controllers.get(mountPoint) ?? []), controller]);
    }
  }
  const v1 = Array.from(controllers, ([mountPoint, names]): Hierarchy => {
    return { version: 1, mountPoint, controllers: names };
  });
  return layout.v2 === null ? v1 : [...v1, { version: 2, mountPoint: layout.v2.mountPoint, controllers: [] }];
}

/** `/a/b` as `/a`, `/a/b`: every group from the top down. */
export function groupsDownTo(path: string): readonly string[] {
  const names = path.split('/').filter((name) => name !== '');
  return names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`);
}
