import { shortId } from './container-id.ts';
import { containerProcesses, initOf } from './container-processes.ts';
import { costOf } from './cost.ts';
import { isBareProcess } from './discovery/bare-process.ts';
import type { Cgroup } from './document/cgroup.ts';
import type { Container, Status } from './document/container.ts';
import type { Life, Mount, Network, Security } from './document/isolation.ts';
import type { Layers } from './document/layers.ts';
import type { ContainerNamespace } from './document/namespace.ts';
import type { Problem } from './document/problem.ts';
import type { ContainerProcess } from './document/process.ts';
import type { GroupCensus } from './group-census.ts';
import { buildLayers } from './layers/build-layers.ts';
import { describeLife, isZombie } from './life.ts';
import { buildMounts } from './mounts.ts';
import { isKnownType } from './namespaces/types.ts';
import { buildNetwork } from './network.ts';
import { ownGroup } from './own-group.ts';
import { problemOf } from './problem.ts';
import type { ScannedProcess } from './process.ts';
import { buildProcfs, procfsProblems } from './procview/build-procfs.ts';
import { valueOr } from './reading.ts';
import type { ContainerSample, Sample } from './sample.ts';
import type { Before } from './sampled-before.ts';
import { buildSecurity } from './security.ts';
import { weaknessesOf } from './weakness.ts';

export type BuildInput = {
  readonly sample: Sample;
  readonly container: ContainerSample;
  readonly id: string;
  readonly parent: string | null;
  readonly namespaces: readonly ContainerNamespace[];
  readonly byPid: ReadonlyMap<number, ScannedProcess>;
  readonly before: Before | null;
  readonly census: GroupCensus;
};

const MILLISECONDS = 1000;

/** One container as the document has it. Parts that were not read are null; parts that failed say why in `problems`. */
export function buildContainer(input: BuildInput): Container {
  const { sample, container, byPid, before, namespaces } = input;
  const { candidate, facts } = container;
  const { cgroup, below, problems: groupProblems } = ownGroup(container, sample, before, byPid, input.census);
  const uidMap = container.security === null ? null : valueOr(container.security.uidMap, null);
  const members = sample.members;
  const processes = containerProcesses({
    candidate,
    byPid,
    members,
    shares: sample.memoryShares,
    uidMap,
    host: sample.host,
    before,
    below,
  });
  const init = initOf(candidate, byPid, members);
  const layers = layersOf(container);
  const mounts = mountsOf(container, sample);
  const network = networkOf(container);
  const security = securityOf(input, mounts.part, cgroup);
  const procfs = container.procfs === null ? null : buildProcfs(container.procfs, cgroup, null);
  const descendants = container.cgroup === null ? null : valueOr(container.cgroup.descendants, null);
  const groups = descendants === null ? null : descendants + 1;
  const unshared = shareProblems(candidate.pids, sample);
  return {
    id: input.id,
    shortId: shortId(input.id),
    name: facts?.name ?? candidate.name,
    image: facts?.image ?? null,
    engine: facts?.engine ?? candidate.engine,
    evidence: facts === null ? [...candidate.evidence] : [...candidate.evidence, facts.source],
    status: statusOf(container, cgroup, byPid),
    startedAt: startedAt(init?.startTicks ?? null, sample),
    init,
    processes: [...processes],
    namespaces: [...namespaces],
    cgroup: cgroup === null ? null : withShareWarning(cgroup, unshared),
    layers: layers.part,
    mounts: mounts.part,
    network: network.part,
    security: security.part,
    procfs: procfs?.procfs ?? null,
    parent: input.parent,
    group: facts?.group ?? candidate.pod,
    labels: facts === null || facts.labels === null ? null : { ...facts.labels },
    restartPolicy: facts?.restartPolicy ?? null,
    exit: null,
    life: isBareProcess(candidate) ? OF_NO_CONTAINER : describeLife({ init, processes: [...processes] }),
    cost: costOf(
      {
        processes: [...processes],
        cgroup,
        namespaces: namespaces.filter(({ type }) => isKnownType(type, sample.host.namespaces)),
      },
      { mounts: mounts.part?.length ?? null, groups },
    ),
    weak: [...weaknessesOf(namespaces, sample.host.kernel)],
    problems: [
      ...namespaceProblems(input),
      ...processProblems(candidate.init, sample, byPid),
      ...unshared,
      ...groupProblems,
      ...layers.problems,
      ...mounts.problems,
      ...network.problems,
      ...security.problems,
      ...(container.procfs === null ? [] : procfsProblems(container.procfs)),
    ],
  };
}

const OF_NO_CONTAINER: Life = { role: 'none', says: 'a process in no container', zombies: 0 };

/** A part and what is unknown of it. */
type Part<T> = { readonly part: T | null; readonly problems: readonly Problem[] };
const NOT_READ = { part: null, problems: [] };

function statusOf({ candidate }: ContainerSample, cgroup: Cgroup | null, byPid: BuildInput['byPid']): Status {
  const stats = candidate.pids.flatMap((pid) => byPid.get(pid)?.stat ?? []);
  if (stats.length > 0 && stats.every(isZombie)) {
    return 'dead';
  }
  if (candidate.starting) {
    return 'starting';
  }
  return cgroup?.frozen === true ? 'paused' : 'running';
}

function startedAt(startTicks: number | null, { host }: Sample): string | null {
  if (startTicks === null || host.bootedAtMs === null) {
    return null;
  }
  return new Date(host.bootedAtMs + (startTicks / host.hertz) * MILLISECONDS).toISOString();
}

function layersOf({ layers, mountinfo }: ContainerSample): Part<Layers> {
  if (layers === null) {
    return mountinfo === null ? NOT_READ : { part: null, problems: failures(mountinfo, '/proc/PID/mountinfo') };
  }
  const built = buildLayers(layers);
  return { part: built.layers, problems: built.problems };
}

function mountsOf({ mountinfo, facts }: ContainerSample, { hostMounts }: Sample): Part<Mount[]> {
  if (mountinfo?.status !== 'ok') {
    return NOT_READ;
  }
  return { part: [...buildMounts(mountinfo.value, { hostMounts, volumes: facts?.volumes ?? {} })], problems: [] };
}

/** Only with its addresses is it whole: counters alone are for rates. */
function networkOf({ network, facts }: ContainerSample): Part<Network> {
  if (network === null || network.addresses === null) {
    return NOT_READ;
  }
  const built = buildNetwork(network, facts?.ports ?? []);
  return { part: built.network, problems: built.problems };
}

function securityOf(
  { sample, container, namespaces }: BuildInput,
  mounts: readonly Mount[] | null,
  cgroup: Cgroup | null,
): Part<Security> {
  const { security, candidate, facts } = container;
  const pid = candidate.init ?? candidate.pids[0];
  const member = pid === undefined ? undefined : sample.members[pid];
  if (security === null || member === undefined) {
    return NOT_READ;
  }
  const built = buildSecurity({
    sample: security,
    status: member.status,
    privileged: facts?.privileged ?? null,
    hostNamespaces: namespaces.filter(({ isolated }) => isolated === false).map(({ type }) => type),
    mounts,
    memoryLimit: cgroup?.memory.limitBytes ?? null,
    pidsLimit: cgroup?.pids.limit ?? null,
  });
  return { part: built.security, problems: built.problems };
}

/** One entry for all of its namespaces that could not be read, though the kernel has them. */
function namespaceProblems({ sample, container: { candidate }, namespaces, byPid }: BuildInput): readonly Problem[] {
  const unknown = namespaces
    .filter(({ type, inode }) => inode === null && isKnownType(type, sample.host.namespaces))
    .map(({ type }) => type);
  const pid = candidate.init ?? candidate.pids[0];
  const reading = pid === undefined ? undefined : byPid.get(pid)?.namespaces;
  if (unknown.length === 0 || pid === undefined || reading === undefined || reading.status === 'gone') {
    return [];
  }
  const path = `/proc/${pid}/ns`;
  const problem = reading.status === 'ok' ? null : problemOf(reading, path);
  const types = `unknown are ${unknown.join(', ')}`;
  return [
    problem === null
      ? { path, code: 'ENOENT', message: `not all of its links are there: ${types}`, remedy: null }
      : { ...problem, path, message: `${problem.message}: ${types}` },
  ];
}

/** What is unknown of its init: the other processes' nulls have the same reasons. */
function processProblems(
  init: ContainerProcess['pid'] | null,
  { members }: Sample,
  byPid: ReadonlyMap<number, ScannedProcess>,
): readonly Problem[] {
  const process = init === null ? undefined : byPid.get(init);
  const member = init === null ? undefined : members[init];
  return [
    ...failures(process?.cgroups, `/proc/${init}/cgroup`),
    ...failures(member?.argv, `/proc/${init}/cmdline`),
    ...failures(member?.status, `/proc/${init}/status`),
  ];
}

/** Who looks at its memory must not take a missing figure for none. */
function withShareWarning(cgroup: Cgroup, [problem]: readonly Problem[]): Cgroup {
  const remedy = problem?.remedy == null ? '' : `: ${problem.remedy}`;
  return problem === undefined
    ? cgroup
    : { ...cgroup, warnings: [...cgroup.warnings, `memory: no PSS: ${problem.path}: ${problem.message}${remedy}`] };
}

/** One for all processes whose memory was asked for in vain: the reason is the same. */
function shareProblems(pids: readonly number[], { memoryShares }: Sample): readonly Problem[] {
  return pids.flatMap((pid) => failures(memoryShares[pid], `/proc/${pid}/smaps_rollup`)).slice(0, 1);
}

function failures(reading: Parameters<typeof problemOf>[0] | { status: 'ok' } | undefined, path: string): Problem[] {
  const problem = reading === undefined || reading.status === 'ok' ? null : problemOf(reading, path);
  return problem === null ? [] : [problem];
}
