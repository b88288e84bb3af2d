import { containerId } from '../model/container-id.ts';
import { bareProcesses } from '../model/discovery/bare-process.ts';
import type { Candidate } from '../model/discovery/candidate.ts';
import { containerMemberships } from '../model/discovery/container-memberships.ts';
import { discover } from '../model/discovery/discover.ts';
import type { Problem } from '../model/document/problem.ts';
import { processesIn } from '../model/group-census.ts';
import type { MountLine } from '../model/mountinfo.ts';
import type { ScannedProcess } from '../model/process.ts';
import { valueOr } from '../model/reading.ts';
import type { ContainerSample, HeldNamespace, NamespaceKinship, Observer, Sample } from '../model/sample.ts';
import type { Steps } from '../model/steps.ts';
import { cgroupLayout } from './cgroup/layout.ts';
import type { Figures } from './cgroup/plan.ts';
import { openCgroupReader } from './cgroup/read-cgroup.ts';
import type { Engines } from './engines/engines.ts';
import { readHeldNamespaces } from './held-namespaces.ts';
import type { Host } from './host.ts';
import { readHostFacts, readThreadTotal } from './host-facts.ts';
import { type HostGroupsWant, openHostGroups } from './host-groups.ts';
import { openMemberFacts } from './member-facts.ts';
import { openMemoryShares } from './memory-shares.ts';
import { readKinships } from './namespace-kinship.ts';
import { openNetworkCounters } from './network-counters.ts';
import { readNotices, readObserver } from './observer.ts';
import { openParts } from './parts.ts';
import { parseMountinfo } from './proc/mountinfo.ts';
import { openProcessScan } from './scan.ts';

/** What the next sample should hold beyond what every list shows. */
export type Want = {
  /** Containers whose layers, mounts and security are read: by candidate key or container id, or all of them. */
  readonly detail: 'all' | 'none' | { readonly only: readonly string[] };
  /** What those see in /proc, beside what their limits say. */
  readonly procfs: boolean;
  /** Of the cgroups: what a list shows, or every figure. None: nor what the processes are and may do. */
  readonly figures: Figures | 'none';
  /** Containers that engines know and that do not run. */
  readonly stopped: boolean;
  /** Counters of the network namespaces. */
  readonly network: boolean;
  /** Namespaces that no process is in, and the kinship of every namespace. */
  readonly namespaces: boolean;
  /**
   * Files, bytes and whiteouts of each branch, which walks whole directories, and who else uses it. The walk takes so many
   * microseconds of this sample at most, and goes on with the next; 0 for none of it.
   */
  readonly walkLayersUs: number;
  readonly hostGroups?: HostGroupsWant;
  /** Of those containers' largest processes, how much of their memory is theirs alone: costs the kernel a walk each. */
  readonly memoryShares?: boolean;
  /** Processes to be looked at as if each were a container, where they are in none. */
  readonly alsoPids?: readonly number[];
};

export type Sampler = {
  /** One sample, in steps: between two of them others may work. */
  sample(want: Want): Steps<Sample>;
  close(): void;
};

/** So many containers are joined between two steps. */
const CONTAINERS_PER_STEP = 100;

/** Notices change with rights and mounts, not by the second. */
const TICKS_BETWEEN_NOTICES = 30;

/**
 * Reads everything there is to know, tick by tick. Which part may fail how is decided here: a process without `stat` is
 * dropped; every other part keeps its Reading.
 */
export function openSampler(host: Host, engines: Engines): Sampler {
  const facts = readHostFacts(host);
  const scan = openProcessScan(host);
  const members = openMemberFacts(host);
  const cgroups = openCgroupReader(host);
  const hostGroups = openHostGroups(host);
  const parts = openParts(host);
  const network = openNetworkCounters(host);
  const shares = openMemoryShares(host);
  const mounts = openHostMounts(host);
  let notices: readonly Problem[] = [];
  let ticks = 0;

  function* sample(want: Want): Steps<Sample> {
    const processes = yield* scan.scan(want.figures === 'summary' && !want.namespaces, want.alsoPids);
    const at = { wallMs: host.wallMs(), monotonicUs: host.monotonicUs() };
    const observer = observe(processes);
    const supervisors = members.supervisorArguments(processes);
    yield;
    const { candidates: found } = discover(processes, facts.namespaces, supervisors);
    yield;
    const { hostMounts, layout } = mounts.read();
    const byPid = new Map(processes.map((process) => [process.stat.pid, process]));
    const candidates = [...found, ...bareProcesses(want.alsoPids ?? [], found, byPid)];
    const ofHost = yield* hostGroups.find(layout, want.hostGroups ?? null);
    const memberships = [
      ...candidates.map((candidate) => containerMemberships(candidate, byPid)),
      // Together with the containers': a file of both is read once.
      ...ofHost.map((group) => group.memberships),
    ];
    const known = candidates.map((candidate) =>
      engines.facts(candidate, candidate.supervisor === null ? null : (supervisors.get(candidate.supervisor) ?? null)),
    );
    const detailed = new Set(
      candidates
        .filter((each, index) => wanted(want.detail, each, known[index]?.id ?? containerId(each, byPid)))
        .map(({ key }) => key),
    );
    const fresh =
      typeof want.detail === 'string'
        ? []
        : [...candidates.keys()].filter((index) => detailed.has(candidates[index]?.key ?? ''));
    const groups =
      want.figures === 'none' ? [] : yield* cgroups.read(layout, memberships, want.figures, new Set(fresh));
    const counters = want.network ? yield* network.read(candidates, detailed) : null;
    const storageRoots = engines.storageRoots();
    const containers: { [key: string]: ContainerSample } = {};
    for (const [index, candidate] of candidates.entries()) {
      containers[candidate.key] = {
        ...parts.read(candidate, {
          detail: detailed.has(candidate.key),
          procfs: want.procfs && detailed.has(candidate.key),
          counters: counters?.get(candidate.key) ?? null,
          // Who is in which namespace is asked of thousands; a sandbox without its usual signs is called a container there.
          marks: want.figures !== 'none',
          hostMounts,
          storageRoots,
          devicesPath: groups[index]?.paths['devices'] ?? null,
          layout,
        }),
        candidate,
        facts: known[index] ?? null,
        cgroup: groups[index] ?? null,
      };
      if (index % CONTAINERS_PER_STEP === CONTAINERS_PER_STEP - 1) {
        yield;
      }
    }
    yield;
    if (want.walkLayersUs > 0) {
      for (const key of detailed) {
        const container = containers[key];
        if (container?.layers != null) {
          const counted = yield* parts.count(container.layers, want.walkLayersUs, hostMounts);
          const mountsApart = (pid: number) => otherMounts(byPid.get(pid), observer);
          const layers = yield* parts.countUsers(counted, found, { hostMounts, storageRoots, mountsApart });
          containers[key] = { ...container, layers };
        }
      }
    }
    parts.keepOnly(new Set(Object.keys(containers)));
    const measured = want.memoryShares === true ? candidates.filter(({ key }) => detailed.has(key)) : [];
    const opened = typeof want.hostGroups === 'object' ? (want.hostGroups?.opened ?? null) : null;
    const looked = opened === null ? [] : processesIn(processes, opened).map(({ stat }) => stat.pid);
    return {
      at,
      host: { ...facts, threads: readThreadTotal(host) },
      observer,
      layout,
      hostMounts,
      processes,
      members: want.figures === 'none' ? {} : members.read(candidates, byPid, looked),
      memoryShares: shares.read(measured, byPid),
      containers,
      hostGroups: hostGroups.sample(ofHost, groups.slice(candidates.length), want.hostGroups ?? null),
      ...namespacesOf(processes, want.namespaces),
      engines: engines.reports(),
      stopped: want.stopped ? engines.stopped() : [],
    };
  }

  function observe(processes: readonly ScannedProcess[]): Observer {
    const observer = readObserver(host, facts);
    if (ticks % TICKS_BETWEEN_NOTICES === 0) {
      notices = readNotices(host, { ...facts, threads: readThreadTotal(host) }, processes, observer);
    }
    ticks += 1;
    return { ...observer, notices };
  }

  function namespacesOf(
    processes: readonly ScannedProcess[],
    want: boolean,
  ): { held: readonly HeldNamespace[] | null; namespaceFacts: { readonly [key: string]: NamespaceKinship } } {
    if (!want) {
      return { held: null, namespaceFacts: {} };
    }
    const held = readHeldNamespaces(host, processes);
    return { held, namespaceFacts: readKinships(host, processes, held) };
  }

  return { sample, close: () => host.close() };
}

/** What we see mounted; the same objects as long as the text is the same. */
function openHostMounts(host: Host) {
  let text = '';
  let hostMounts: readonly MountLine[] = [];
  let layout = cgroupLayout(hostMounts);
  return {
    read() {
      const now = valueOr(host.readText('/proc/self/mountinfo', 'gone'), '');
      if (now !== text) {
        text = now;
        hostMounts = valueOr(parseMountinfo(now), []);
        layout = cgroupLayout(hostMounts);
      }
      return { hostMounts, layout };
    },
  };
}

function otherMounts(process: ScannedProcess | undefined, { namespaces }: Observer): number | null {
  const theirs = process?.namespaces.status === 'ok' ? process.namespaces.value.mnt : undefined;
  return theirs === undefined || theirs === namespaces.mnt ? null : theirs;
}

function wanted(detail: Want['detail'], candidate: Candidate, id: string): boolean {
  if (typeof detail === 'string') {
    return detail === 'all';
  }
  return detail.only.some((name) => name === candidate.key || name === id);
}
