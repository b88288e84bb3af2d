import type { CgroupLayout, CgroupMount } from '../../model/cgroup/layout.ts';
import type { CgroupMembership } from '../../model/process.ts';
import { valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { cgroupDirectory } from './layout.ts';

/** One cgroup: its path as /proc/PID/cgroup has it, and its directory. */
export type Group = { readonly path: string; readonly dir: string };

/**
 * Where one controller's files of a container are. `groups`: those that have the controller, its own first, then its
 * ancestors; `own` is not among them where v2's controller is not enabled for it. The root group is never among them:
 * it has no limits, and its figures are the host's.
 */
export type Place = { readonly version: 1 | 2; readonly own: Group; readonly groups: readonly Group[] };

/** A container's groups in every hierarchy. */
export type Places = {
  /** Null: no such hierarchy, or outside our view. `root`: in the root group. */
  controller(v1Name: string, v2Name: string): Place | 'root' | null;
  /** The root group of that controller's hierarchy; null where it cannot be seen from here. */
  root(v1Name: string): { readonly version: 1 | 2; readonly group: Group } | null;
  /** The group on v2 whatever its controllers, with its ancestors; null in the root group or without v2. */
  readonly unified: { readonly own: Group; readonly chain: readonly Group[] } | null;
  /** Whether the topmost group we see is not the root of its hierarchy. */
  readonly ancestorsHidden: boolean;
};

/** The key of a membership in `Cgroup.paths`: `unified` for v2, `systemd` for name=systemd, else the controller. */
export function cgroupPaths(memberships: readonly CgroupMembership[]): { readonly [controller: string]: string } {
  const paths: { [controller: string]: string } = {};
  for (const { hierarchy, controllers, path } of memberships) {
    if (hierarchy === 0) {
      paths['unified'] = path;
    }
    for (const controller of controllers) {
      paths[controller === 'name=systemd' ? 'systemd' : controller] = path;
    }
  }
  return paths;
}

/** v1 controllers whose files are read. */
const V1_READ = ['cpu', 'cpuacct', 'cpuset', 'memory', 'pids', 'blkio', 'freezer'] as const;

/** Whether a directory is the root of its hierarchy. */
export type RootTest = (dir: string, version: 1 | 2) => boolean;

/** Only v1's root has `release_agent` (CFTYPE_ONLY_ON_ROOT); v2's root alone has no `cgroup.events`. */
export function openRootTest(host: Host): RootTest {
  const known = new Map<string, boolean>();
  const has = (path: string) => host.stat(path, 'unsupported').status === 'ok';
  return (dir, version) => {
    const isRoot = known.get(dir) ?? (version === 1 ? has(`${dir}/release_agent`) : !has(`${dir}/cgroup.events`));
    known.set(dir, isRoot);
    return isRoot;
  };
}

/** Resolves a container's paths. Null where nothing of it can be seen from here. */
export function placesOf(
  host: Host,
  layout: CgroupLayout,
  paths: { readonly [controller: string]: string },
  isRoot: RootTest,
): Places | null {
  let ancestorsHidden = false;

  function chainOf(mount: CgroupMount | null | undefined, path: string | undefined, version: 1 | 2): Chain {
    if (mount == null || path === undefined || cgroupDirectory(mount, path) === null) {
      return null;
    }
    const groups = groupsUpwards(mount, path);
    const root = groups.at(-1) ?? null;
    if (root === null || !isRoot(root.dir, version)) {
      ancestorsHidden = true;
      return { groups, root: null };
    }
    return { groups: groups.slice(0, -1), root };
  }

  const v2 = chainOf(layout.v2, paths['unified'], 2);
  let enabled: ReadonlyMap<string, ReadonlySet<string> | null> | null = null;
  /** Asked only where a controller is not on v1. */
  const isEnabled = (group: Group, name: string): boolean => {
    enabled ??= new Map(v2?.groups.map(({ path, dir }) => [path, enabledControllers(host, dir)]));
    // Where nothing tells, the files themselves do: a controller of which we know nothing is not one without a limit.
    return enabled.get(group.path)?.has(name) !== false;
  };
  const v1 = new Map<string, Chain>(
    V1_READ.filter((name) => name in layout.v1).map((name) => [name, chainOf(layout.v1[name], paths[name], 1)]),
  );

  function controller(v1Name: string, v2Name: string): Place | 'root' | null {
    const chain = v1.get(v1Name) ?? (v1.has(v1Name) ? null : v2);
    const own = chain?.groups[0];
    if (chain === null || own === undefined) {
      return chain && 'root';
    }
    return chain === v2
      ? { version: 2, own, groups: chain.groups.filter((group) => isEnabled(group, v2Name)) }
      : { version: 1, own, groups: chain.groups };
  }

  function root(v1Name: string): ReturnType<Places['root']> {
    const chain = v1.has(v1Name) ? v1.get(v1Name) : v2;
    return chain?.root == null ? null : { version: chain === v2 ? 2 : 1, group: chain.root };
  }

  const nothing = v2 === null && [...v1.values()].every((chain) => chain === null);
  const own = v2?.groups[0];
  return nothing
    ? null
    : {
        controller,
        root,
        unified: v2 === null || own === undefined ? null : { own, chain: v2.groups },
        ancestorsHidden,
      };
}

/** The group and its ancestors below the root of the hierarchy. None: it is in the root itself. */
type Chain = { readonly groups: readonly Group[]; readonly root: Group | null } | null;

/** The group and its ancestors, up to the mount's root. */
export function groupsUpwards(mount: CgroupMount, path: string): Group[] {
  const groups: Group[] = [];
  for (let at = path; ; ) {
    const dir = cgroupDirectory(mount, at);
    if (dir === null) {
      return groups;
    }
    groups.push({ path: at, dir });
    if (dir === mount.mountPoint) {
      return groups;
    }
    at = at.slice(0, at.lastIndexOf('/')) || '/';
  }
}

/** Null where the file cannot be read. */
function enabledControllers(host: Host, dir: string): ReadonlySet<string> | null {
  const text = valueOr(host.readText(`${dir}/cgroup.controllers`, 'unsupported'), null);
  return text === null ? null : new Set(text.trim().split(' '));
}
