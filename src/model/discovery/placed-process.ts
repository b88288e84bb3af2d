import type { CgroupMembership, NamespaceInodes, ScannedProcess } from '../process.ts';
import { isKernelThread } from '../process.ts';
import type { CgroupRecogniser, CgroupRecognition } from './recognise-cgroup.ts';

/** A process and where it is: what the three signals are read from. */
export type PlacedProcess = {
  readonly process: ScannedProcess;
  readonly pid: number;
  readonly ppid: number;
  readonly comm: string;
  readonly startTicks: number;
  /** In the order in which they are believed. */
  readonly memberships: readonly CgroupMembership[];
  readonly recognition: CgroupRecognition;
  /** The inode; below zero where links are denied: then it stands for the first process of the namespace. */
  readonly pidNamespace: number | null;
  readonly mntNamespace: number | null;
  readonly namespacesDenied: boolean;
  /** How many pid namespaces see it, from the host's inwards. */
  readonly depth: number;
  /** Its number in the innermost. */
  readonly insidePid: number | null;
};

export type Placement = {
  /** User processes, ascending by pid. */
  readonly processes: readonly PlacedProcess[];
  readonly byPid: ReadonlyMap<number, PlacedProcess>;
  readonly hostPid: number | null;
  readonly hostMnt: number | null;
};

const NOTHING: CgroupRecognition = { containers: [], supervisor: false, unit: null };

/** Kernel threads are left out: kdevtmpfs has a mount namespace of its own on every host. */
export function placeProcesses(
  scanned: readonly ScannedProcess[],
  host: NamespaceInodes,
  recognise: CgroupRecogniser,
): Placement {
  const users = scanned.filter(({ stat }) => !isKernelThread(stat)).sort((a, b) => a.stat.pid - b.stat.pid);
  const scannedByPid = new Map(users.map((process) => [process.stat.pid, process]));
  const hostPid = host.pid ?? null;
  const hostMnt = host.mnt ?? null;
  const initial = { hostPid, hostMnt, depths: depthsOf(users) };
  const processes = users.map((process) => place(process, initial, scannedByPid, recognise));
  return { processes, byPid: new Map(processes.map((placed) => [placed.pid, placed])), hostPid, hostMnt };
}

/** All processes of a pid namespace are equally deep: one whose pids were read speaks for the others. */
function depthsOf(processes: readonly ScannedProcess[]): ReadonlyMap<number, number> {
  const depths = new Map<number, number>();
  for (const { namespaces, nsPids } of processes) {
    if (nsPids !== null && namespaces.status === 'ok' && namespaces.value.pid !== undefined) {
      depths.set(namespaces.value.pid, nsPids.length);
    }
  }
  return depths;
}

type Initial = Pick<Placement, 'hostPid' | 'hostMnt'> & { readonly depths: ReadonlyMap<number, number> };

/** Where the host's own namespace is not known, nobody's is told apart from it. */
function place(
  process: ScannedProcess,
  { hostPid, hostMnt, depths }: Initial,
  scannedByPid: ReadonlyMap<number, ScannedProcess>,
  recognise: CgroupRecogniser,
): PlacedProcess {
  const { stat, cgroups, namespaces, nsPids } = process;
  const groups = cgroups.status === 'ok' ? groupsOf(cgroups.value, recognise) : NOWHERE;
  const inodes = namespaces.status === 'ok' ? namespaces.value : null;
  const pidNamespace = hostPid === null ? null : (inodes?.pid ?? deniedNamespace(process, hostPid, scannedByPid));
  return {
    process,
    pid: stat.pid,
    ppid: stat.ppid,
    comm: stat.comm,
    startTicks: stat.startTicks,
    ...groups,
    pidNamespace,
    mntNamespace: hostMnt === null ? null : (inodes?.mnt ?? null),
    namespacesDenied: namespaces.status === 'denied',
    depth: nsPids?.length ?? (pidNamespace === null || pidNamespace === hostPid ? 1 : (depths.get(pidNamespace) ?? 2)),
    insidePid: nsPids?.at(-1) ?? (pidNamespace === hostPid ? stat.pid : null),
  };
}

type PlacedGroups = Pick<PlacedProcess, 'memberships' | 'recognition'>;

const NOWHERE: PlacedGroups = { memberships: [], recognition: NOTHING };

/** Processes that are in one group share the list, and keep it from tick to tick. */
const placed = new WeakMap<readonly CgroupMembership[], PlacedGroups>();

function groupsOf(cgroups: readonly CgroupMembership[], recognise: CgroupRecogniser): PlacedGroups {
  const known = placed.get(cgroups);
  if (known !== undefined) {
    return known;
  }
  const memberships = believedFirst(cgroups);
  const groups = { memberships, recognition: recogniseMemberships(memberships, recognise) };
  placed.set(cgroups, groups);
  return groups;
}

/**
 * Hierarchies do not agree: Podman's conmon is at the root of v2, nspawn has a group in v2 and name=systemd only, and
 * runc's default path is relative to the caller's group in each.
 */
const BELIEVED = ['', 'name=systemd', 'pids', 'memory'];

function believedFirst(memberships: readonly CgroupMembership[]): readonly CgroupMembership[] {
  if (memberships.length < 2) {
    return memberships;
  }
  const first: CgroupMembership[] = [];
  for (const controller of BELIEVED) {
    const found = memberships.find((membership) =>
      controller === '' ? membership.hierarchy === 0 : membership.controllers.includes(controller),
    );
    if (found !== undefined) {
      first.push(found);
    }
  }
  return [...first, ...memberships.filter((membership) => !first.includes(membership))];
}

/** The first path that proves a container, else that may be one, else that is a supervisor's. */
function recogniseMemberships(
  memberships: readonly CgroupMembership[],
  recognise: CgroupRecogniser,
): CgroupRecognition {
  let best: CgroupRecognition | null = null;
  let bestRank = -1;
  let previous: string | null = null;
  for (const { path } of memberships) {
    if (path === previous) {
      continue;
    }
    previous = path;
    const recognition = recognise(path);
    const rank = rankOf(recognition);
    if (rank > bestRank) {
      best = recognition;
      bestRank = rank;
    }
    if (rank === SURE) {
      break;
    }
  }
  return best ?? NOTHING;
}

const SURE = 4;

function rankOf({ containers, supervisor, unit }: CgroupRecognition): number {
  const [inner] = containers;
  if (inner !== undefined) {
    return inner.sure ? SURE : SURE - 1;
  }
  return supervisor ? 2 : Number(unit !== null);
}

/**
 * Without the right to read links, `NSpid` still tells that a process is in another pid namespace: which one, its
 * ancestors tell, up to the one that is number 1 in it.
 */
function deniedNamespace(
  process: ScannedProcess,
  hostPid: number,
  byPid: ReadonlyMap<number, ScannedProcess>,
): number | null {
  const depth = process.nsPids?.length ?? 0;
  if (depth < 2) {
    return depth === 0 ? null : hostPid;
  }
  let ancestor: ScannedProcess | undefined = process;
  for (let steps = byPid.size; ancestor !== undefined && steps > 0; steps -= 1) {
    const { nsPids, stat }: ScannedProcess = ancestor;
    if (nsPids === null || nsPids.length < depth) {
      return null;
    }
    if (nsPids.length === depth && nsPids.at(-1) === 1) {
      return -stat.pid;
    }
    ancestor = byPid.get(stat.ppid);
  }
  return null;
}
