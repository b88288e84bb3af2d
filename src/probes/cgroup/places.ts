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

/** Resolves a container's paths. Null where nothing of it can be seen from here. */
export function placesOf(
  host: Host,
  layout: CgroupLayout,
  paths: { readonly [controller: string]: string },
): Places | null {
  let ancestorsHidden = false;

  function chainOf(mount: CgroupMount | null | undefined, path: string | undefined, isRoot: RootTest): Chain {
    if (mount == null || path === undefined || cgroupDirectory(mount, path) === null) {
      return null;
    }
    const groups = groupsUpwards(mount, path);
    const top = groups.at(-1);
    if (top !== undefined && isRoot(host, top.dir)) {
      groups.pop();
    } else {
      ancestorsHidden = true;
    }
    const [own] = groups;
    return own === undefined ? 'root' : { own, chain: groups };
  }

  const v2 = chainOf(layout.v2, paths['unified'], isV2Root);
  const enabled = new Map(
    isChain(v2) ? v2.chain.map((group) => [group.path, new Set(enabledControllers(host, group))]) : [],
  );
  const v1 = new Map(
    Object.entries(layout.v1).map(([name, mount]) => [name, chainOf(mount, paths[name], isV1Root)] as const),
  );

  function controller(v1Name: string, v2Name: string): Place | 'root' | null {
    const found = v1.get(v1Name);
    if (found !== undefined) {
      return isChain(found) ? { version: 1, own: found.own, groups: found.chain } : found;
    }
    if (!isChain(v2)) {
      return v2;
    }
    const groups = v2.chain.filter((group) => enabled.get(group.path)?.has(v2Name));
    return { version: 2, own: v2.own, groups };
  }

  const nothing = v2 === null && [...v1.values()].every((chain) => chain === null);
  return nothing ? null : { controller, unified: isChain(v2) ? v2 : null, ancestorsHidden };
}

type Chain = { readonly own: Group; readonly chain: readonly Group[] } | 'root' | null;
type RootTest = (host: Host, dir: string) => boolean;

function isChain(chain: Chain): chain is Exclude<Chain, 'root' | null> {
  return chain !== null && chain !== 'root';
}

/** The group and its ancestors, up to the mount's root. */
function groupsUpwards(mount: CgroupMount, path: string): Group[] {
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

/** Only v1's root has `release_agent` (CFTYPE_ONLY_ON_ROOT). */
function isV1Root(host: Host, dir: string): boolean {
  return host.stat(`${dir}/release_agent`, 'unsupported').status === 'ok';
}

/** v2's root alone has no `cgroup.events` (CFTYPE_NOT_ON_ROOT). */
function isV2Root(host: Host, dir: string): boolean {
  return host.stat(`${dir}/cgroup.events`, 'unsupported').status === 'unsupported';
}

function enabledControllers(host: Host, group: Group): readonly string[] {
  return valueOr(host.readText(`${group.dir}/cgroup.controllers`, 'unsupported'), '')
    .trim()
    .split(' ');
}
