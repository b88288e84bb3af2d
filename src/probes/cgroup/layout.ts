import type { CgroupLayout, CgroupMount } from '../../model/cgroup/layout.ts';
import type { MountLine } from '../../model/mountinfo.ts';
import { valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { readMountinfo } from '../proc/mountinfo.ts';

/** Where systemd, and everyone after it, mounts cgroups: file-hierarchy(7). */
const USUAL_PLACE = '/sys/fs/cgroup';

/** Super options of a v1 mount that are not controllers: cgroup_show_options in kernel/cgroup/cgroup-v1.c. */
const NOT_CONTROLLERS = new Set([
  'rw',
  'ro',
  'noprefix',
  'clone_children',
  'xattr',
  'cpuset_v2_mode',
  'none',
  'seclabel',
]);

/**
 * Where the hierarchies are, from mountinfo: cgroups(7). Unified where cgroup2 is mounted at the usual place, also when
 * somebody has a v1 hierarchy elsewhere besides; hybrid where cgroup2 stands beside v1. Mounts that others cover are
 * left out. Where one hierarchy is mounted more than once, the mount that shows most of it is taken.
 */
export function cgroupLayout(mounts: readonly MountLine[]): CgroupLayout {
  const v1: { [controller: string]: CgroupMount } = {};
  let v2: CgroupMount | null = null;
  for (const line of visibleMounts(mounts)) {
    const mount = { mountPoint: line.target, root: line.root };
    if (line.fsType === 'cgroup2') {
      v2 = wider(v2, mount);
    } else if (line.fsType === 'cgroup') {
      for (const controller of controllersOf(line)) {
        v1[controller] = wider(v1[controller] ?? null, mount);
      }
    }
  }
  return { kind: kindOf(Object.keys(v1).length > 0, v2), v1, v2 };
}

function kindOf(hasV1: boolean, v2: CgroupMount | null): CgroupLayout['kind'] {
  if (v2 === null) {
    return hasV1 ? 'legacy' : 'none';
  }
  return hasV1 && v2.mountPoint !== USUAL_PLACE ? 'hybrid' : 'unified';
}

function controllersOf(line: MountLine): readonly string[] {
  return line.superOptions.filter((option) => {
    return !NOT_CONTROLLERS.has(option) && (!option.includes('=') || option.startsWith('name='));
  });
}

/** A mount is covered by one on the same mount point, by one above it on the same parent, or with its parent. */
function visibleMounts(mounts: readonly MountLine[]): readonly MountLine[] {
  const byId = new Map(mounts.map((mount) => [mount.id, mount]));
  const last = new Map(mounts.map((mount) => [mount.target, mount]));
  const covered = (mount: MountLine): boolean => {
    if (last.get(mount.target) !== mount) {
      return true;
    }
    return mounts.some((other) => {
      return other.parent === mount.parent && other !== mount && mount.target.startsWith(`${other.target}/`);
    });
  };
  const hidden = (mount: MountLine, depth: number): boolean => {
    const parent = byId.get(mount.parent);
    const stacked = parent?.target === mount.target;
    return covered(mount) || (parent !== undefined && !stacked && depth > 0 && hidden(parent, depth - 1));
  };
  return mounts.filter((mount) => mount.fsType.startsWith('cgroup') && !hidden(mount, mounts.length));
}

/** The mount that shows more of the hierarchy; of equals the one at the usual place, then the first. */
function wider(known: CgroupMount | null, next: CgroupMount): CgroupMount {
  if (known === null) {
    return next;
  }
  const [a, b] = [splitPath(known.root), splitPath(next.root)];
  const difference = b.ups - a.ups || a.names.length - b.names.length;
  if (difference !== 0) {
    return difference > 0 ? next : known;
  }
  const usual = (mount: CgroupMount) => mount.mountPoint.startsWith(USUAL_PLACE);
  return usual(next) && !usual(known) ? next : known;
}

/** The hierarchies that are mounted where we are. */
export function readCgroupLayout(host: Host): CgroupLayout {
  return cgroupLayout(valueOr(readMountinfo(host, 'self'), []));
}

/**
 * The directory of a path of /proc/PID/cgroup, or null where this mount does not show it. Both the path and the mount's
 * root are relative to the reader's cgroup namespace, cgroup_namespaces(7): `/..` is the parent of that namespace's
 * root, and the names between it and that root are not told.
 */
export function cgroupDirectory(mount: CgroupMount, path: string): string | null {
  const root = splitPath(mount.root);
  const place = splitPath(path);
  const below = root.ups === place.ups && root.names.every((name, index) => place.names[index] === name);
  if (!below || place.names.includes('..')) {
    return null;
  }
  const names = place.names.slice(root.names.length);
  return names.length === 0 ? mount.mountPoint : `${mount.mountPoint}/${names.join('/')}`;
}

function splitPath(path: string): { readonly ups: number; readonly names: readonly string[] } {
  const names = path.split('/').filter((name) => name !== '');
  const down = names.findIndex((name) => name !== '..');
  const ups = down === -1 ? names.length : down;
  return { ups, names: names.slice(ups) };
}
