import type { NamespaceInodes, ScannedProcess } from '../process.ts';
import { buildGroups, type Groups } from './build-groups.ts';
import type { Candidate } from './candidate.ts';
import { type ContainerGroup, findEntered, isStarting } from './container-group.ts';
import { type Placement, placeProcesses } from './placed-process.ts';
import { openCgroupRecogniser } from './recognise-cgroup.ts';
import { openWatcher, type Watcher } from './supervised.ts';
import { isSupervisorComm } from './supervisor.ts';

/** What the processes and their cgroup paths tell, before any engine is asked. */
export type Discovery = {
  /** Ascending by their lowest pid. */
  readonly candidates: readonly Candidate[];
  /** The innermost container of each process that is in one, by pid: the candidate's key. */
  readonly containerOf: ReadonlyMap<number, string>;
};

type Asked = {
  readonly processes: readonly ScannedProcess[];
  readonly host: NamespaceInodes;
  readonly supervisors: ReadonlyMap<number, readonly string[]>;
  readonly discovery: Discovery;
};

const recognise = openCgroupRecogniser();
let last: Asked | null = null;

/**
 * Finds the containers among the processes of one scan from three signals: cgroup paths, pid namespaces, mount
 * namespaces. `host` are the initial namespaces; `supervisors` the command lines of the processes that
 * `isSupervisorComm` names, by pid. Asked again about processes that are where they were, it gives the same answer.
 */
export function discover(
  processes: readonly ScannedProcess[],
  host: NamespaceInodes,
  supervisors: ReadonlyMap<number, readonly string[]>,
): Discovery {
  if (last !== null && last.host === host && isSamePlace(last, processes, supervisors)) {
    return last.discovery;
  }
  const placement = placeProcesses(processes, host, recognise);
  const watcher = openWatcher(placement, supervisors);
  const described = describe(placement, watcher, buildGroups(placement, watcher));
  const discovery = last === null ? described : withSameObjects(described, last.discovery);
  last = { processes, host, supervisors, discovery };
  return discovery;
}

/** Containers that are as they were stay the same objects, so that nobody works them out again. */
function withSameObjects(discovery: Discovery, before: Discovery): Discovery {
  const earlier = new Map(before.candidates.map((candidate) => [candidate.key, candidate]));
  const candidates = discovery.candidates.map((candidate) => {
    const same = earlier.get(candidate.key);
    return same !== undefined && isAlike(candidate, same) ? same : candidate;
  });
  return { ...discovery, candidates };
}

const CANDIDATE_LISTS = ['pids', 'joined', 'execs', 'evidence'] as const;
const CANDIDATE_WORDS = ['engine', 'id', 'name', 'pod', 'init', 'starting', 'parent', 'supervisor'] as const;

function isAlike(some: Candidate, other: Candidate): boolean {
  return (
    CANDIDATE_WORDS.every((word) => some[word] === other[word]) &&
    CANDIDATE_LISTS.every(
      (list) =>
        some[list].length === other[list].length && some[list].every((each, index) => each === other[list][index]),
    )
  );
}

/** Whether nothing changed that a discovery is made from: most ticks see other counters only. */
function isSamePlace(
  before: Asked,
  processes: readonly ScannedProcess[],
  supervisors: ReadonlyMap<number, readonly string[]>,
): boolean {
  if (processes.length !== before.processes.length || supervisors.size !== before.supervisors.size) {
    return false;
  }
  for (const [pid, argv] of supervisors) {
    if (before.supervisors.get(pid) !== argv) {
      return false;
    }
  }
  return processes.every((process, index) => {
    const earlier = before.processes[index];
    return process === earlier || (earlier !== undefined && isPlacedAlike(process, earlier));
  });
}

function isPlacedAlike(process: ScannedProcess, earlier: ScannedProcess): boolean {
  const { stat, cgroups, namespaces, nsPids } = process;
  return (
    cgroups === earlier.cgroups &&
    namespaces === earlier.namespaces &&
    nsPids === earlier.nsPids &&
    stat.pid === earlier.stat.pid &&
    stat.ppid === earlier.stat.ppid &&
    stat.comm === earlier.stat.comm &&
    stat.startTicks === earlier.stat.startTicks &&
    stat.flags === earlier.stat.flags
  );
}

function describe(placement: Placement, watcher: Watcher, groups: Groups): Discovery {
  const pidsOf = membersOf(groups);
  const candidates = groups.map((group) => describeGroup(group, pidsOf.get(group) ?? [], placement, watcher));
  candidates.sort((one, other) => (one.pids[0] ?? 0) - (other.pids[0] ?? 0) || (one.key < other.key ? -1 : 1));
  const containerOf = new Map<number, string>();
  for (const { key, own, joined } of groups) {
    for (const { pid } of own) {
      containerOf.set(pid, key);
    }
    for (const { pid } of joined) {
      containerOf.set(pid, key);
    }
  }
  return { candidates, containerOf };
}

/** Its own processes and those of every container in it. */
function membersOf(groups: Groups): ReadonlyMap<ContainerGroup, readonly number[]> {
  const members = new Map<ContainerGroup, number[]>(groups.map((group) => [group, []]));
  for (const group of groups) {
    for (let around: ContainerGroup | null = group; around !== null; around = around.parent) {
      const pids = members.get(around);
      for (const { pid } of group.own) {
        pids?.push(pid);
      }
      for (const { pid } of group.joined) {
        pids?.push(pid);
      }
    }
  }
  for (const pids of members.values()) {
    pids.sort((one, other) => one - other);
  }
  return members;
}

function describeGroup(
  group: ContainerGroup,
  pids: readonly number[],
  placement: Placement,
  watcher: Watcher,
): Candidate {
  const { key, init, parent } = group;
  const watched = group.told ?? (init === null ? null : watcher(init));
  return {
    key,
    ...identityOf(group, watched),
    evidence: evidenceOf(group, placement, watched?.evidence ?? null),
    pids,
    init: init?.pid ?? null,
    ...findEntered(group, placement),
    starting: isStarting(group),
    parent: parent?.key ?? null,
    supervisor: init === null ? null : supervisorOf(group, init.ppid, placement),
  };
}

/** The path says which engine, unless its pattern is more than one's. */
function identityOf(
  { match, told }: ContainerGroup,
  watched: ReturnType<Watcher>,
): Pick<Candidate, 'engine' | 'id' | 'name' | 'pod'> {
  if (match === null) {
    return {
      engine: watched?.engine ?? 'unknown',
      id: told?.id ?? null,
      name: told?.name ?? told?.id ?? null,
      pod: watched?.namespace ?? null,
    };
  }
  const isShared = match.engine === 'unknown' || match.engine === 'kubernetes';
  // LXC numbers a group whose name is still taken; its monitor knows the name.
  const named = watched !== null && watched.engine === match.engine ? watched.name : null;
  return {
    engine: isShared ? (watched?.engine ?? match.engine) : match.engine,
    id: match.name !== null && named !== null ? named : match.id,
    name: named ?? match.name,
    pod: match.pod ?? watched?.namespace ?? null,
  };
}

function evidenceOf({ match, init }: ContainerGroup, { hostPid, hostMnt }: Placement, word: string | null): string[] {
  const evidence = match === null ? [] : [`cgroup:${match.path}`];
  if (init !== null && (init.depth > 1 || (init.pidNamespace ?? hostPid) !== hostPid)) {
    evidence.push('pidns');
  }
  if (init !== null && (init.mntNamespace ?? hostMnt) !== hostMnt) {
    evidence.push('mntns');
  }
  return word === null ? evidence : [...evidence, word];
}

/** `unshare` waits for a container that no engine made. */
function supervisorOf({ match }: ContainerGroup, parent: number, { byPid }: Placement): number | null {
  const comm = byPid.get(parent)?.comm ?? '';
  return isSupervisorComm(comm) || (match === null && comm === 'unshare') ? parent : null;
}
