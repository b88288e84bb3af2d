import { buildCgroup } from '../cgroup/build-cgroup.ts';
import type { CgroupLayout } from '../cgroup/layout.ts';
import type { CgroupSample } from '../cgroup/sample.ts';
import { containerProcesses } from '../container-processes.ts';
import type { Container } from '../document/container.ts';
import { processesIn } from '../group-census.ts';
import { isKernelThread, type ScannedProcess } from '../process.ts';
import { valueOr } from '../reading.ts';
import type { Sample } from '../sample.ts';
import type { Before } from '../sampled-before.ts';
import type { Steps } from '../steps.ts';
import { buildHostNow } from './build-host-now.ts';
import { type GroupMembers, membersOfGroups, NOBODY } from './group-members.ts';
import { groupOwners, groupsOfContainers } from './groups-of-containers.ts';
import type { GroupKind, HostGroup, HostGroups, HostNow } from './host-groups.ts';
import type { HostGroupSample } from './sample.ts';

/** So many groups are joined between two steps: some two milliseconds. */
const GROUPS_PER_STEP = 50;

/**
 * Every group of the host with its rates since the sample before; null where nobody looked at them. `ids`: of the
 * containers, by the keys of their candidates.
 */
export function* hostGroupsInSteps(
  sample: Sample,
  previous: Sample | null,
  before: Before | null,
  containers: readonly Container[],
  ids: ReadonlyMap<string, string>,
): Steps<HostGroups | null> {
  const { hostGroups, layout } = sample;
  if (hostGroups === null) {
    return null;
  }
  const now = buildHostNow(hostGroups, previous?.hostGroups ?? null, sample.host.hertz);
  const counts = membersOfGroups(sample.processes);
  const owners = groupOwners(containers, counts);
  const told =
    hostGroups.groups === null
      ? groupsOfContainers(counts, owners, { containers, ids, sample, before })
      : {
          groups: hostGroups.groups,
          earlier: new Map(previous?.hostGroups?.groups?.map(({ path, cgroup }) => [path, cgroup])),
        };
  const groups: HostGroup[] = [];
  for (const group of told.groups) {
    const count = counts.get(group.path) ?? NOBODY;
    const owner = owners.get(group.path) ?? null;
    groups.push({
      path: group.path,
      kind: owner === null ? kindOf(group.path) : 'container',
      container: owner,
      ...figuresOf(group, told.earlier.get(group.path) ?? null, layout, { count, now, sample }),
    });
    if (groups.length % GROUPS_PER_STEP === 0) {
      yield;
    }
  }
  return { now, ofContainersOnly: hostGroups.groups === null, groups, opened: openedOf(sample, before) };
}

function kindOf(path: string): GroupKind {
  const unit = /\.(slice|scope|service)$/.exec(path)?.[1];
  return path === '/' ? 'root' : unit === 'slice' || unit === 'scope' || unit === 'service' ? unit : 'group';
}

type Figures = Omit<HostGroup, 'path' | 'kind' | 'container'>;
type Around = { readonly count: GroupMembers; readonly now: HostNow; readonly sample: Sample };

function figuresOf(
  { path, cgroup: group }: HostGroupSample,
  earlier: CgroupSample | null,
  layout: CgroupLayout,
  around: Around,
): Figures {
  const { count } = around;
  const built = group === null || layout.kind === 'none' ? null : buildCgroup(group, earlier, layout.kind).cgroup;
  if (group === null || built === null) {
    return { ...UNKNOWN, ...people(count), tasks: count.threads };
  }
  // What was read of a container may be of other groups for some of v1's controllers.
  const here = (controller: string) => {
    const name = group.version === 1 && controller === 'io' ? 'blkio' : controller;
    return (group.paths[name] ?? group.paths['unified'] ?? path) === path;
  };
  if (group.inRoot.some(here)) {
    return ofRoot(around);
  }
  const { cpu, memory, pids, pressure } = built;
  // Of a group above that has the controller: the limit holds here, what is used is not its own.
  const borrowed = new Set(group.borrowed.map(({ controller }) => controller));
  const held = <T>(controller: string, value: T): T | null => (here(controller) ? value : null);
  const own = <T>(controller: string, value: T): T | null =>
    borrowed.has(controller) ? null : held(controller, value);
  return {
    ...people(count),
    tasks: own('pids', pids.current) ?? count.threads,
    pidsLimit: held('pids', pids.limit),
    cpuCores: held('cpuacct', cpu.usageCores),
    cpuLimitCores: held('cpu', cpu.limitCores),
    throttledPercent: held('cpu', cpu.throttledPercent),
    memoryBytes: own('memory', memory.workingSetBytes),
    memoryLimitBytes: held('memory', memory.limitBytes),
    readBytesPerSecond: own('io', built.io.readBytesPerSecond),
    writeBytesPerSecond: own('io', built.io.writeBytesPerSecond),
    pressure: {
      cpu: held('unified', pressure?.cpu?.some?.avg10 ?? null),
      memory: held('unified', pressure?.memory?.some?.avg10 ?? null),
      io: held('unified', pressure?.io?.some?.avg10 ?? null),
    },
    frozen: held('freezer', built.frozen),
    counted: {
      cpu: held('cpuacct', cpu.usageUs) !== null,
      periods: held('cpu', cpu.periods) !== null,
      io: held('io', built.io.readBytes) !== null,
    },
  };
}

function people({ processes, names }: GroupMembers): Pick<HostGroup, 'processes' | 'names'> {
  return { processes, names: [...names] };
}

const UNKNOWN: Omit<Figures, 'processes' | 'names' | 'tasks'> = {
  pidsLimit: null,
  cpuCores: null,
  cpuLimitCores: null,
  throttledPercent: null,
  memoryBytes: null,
  memoryLimitBytes: null,
  readBytesPerSecond: null,
  writeBytesPerSecond: null,
  pressure: { cpu: null, memory: null, io: null },
  frozen: null,
  counted: { cpu: false, periods: false, io: false },
};

/** The root group is the host: its own files tell more, and the group's are not there on v2. */
function ofRoot({ count, now, sample: { host, processes } }: Around): Figures {
  const threads = processes.reduce((sum, { stat }) => sum + (isKernelThread(stat) ? 0 : stat.threads), 0);
  return {
    ...UNKNOWN,
    ...people(count),
    tasks: threads,
    cpuCores: now.cpuCores,
    cpuLimitCores: host.cpus,
    memoryBytes: now.usedBytes,
    memoryLimitBytes: now.totalBytes,
    pressure: {
      cpu: now.pressure.cpu?.some?.avg10 ?? null,
      memory: now.pressure.memory?.some?.avg10 ?? null,
      io: now.pressure.io?.some?.avg10 ?? null,
    },
    counted: { cpu: true, periods: false, io: false },
  };
}

function openedOf(sample: Sample, before: Before | null): HostGroups['opened'] {
  const path = sample.hostGroups?.opened ?? null;
  if (path === null) {
    return null;
  }
  const found = processesIn(sample.processes, path).filter(({ stat }) => !isKernelThread(stat));
  const processes = containerProcesses({
    candidate: { pids: found.map(({ stat }) => stat.pid), joined: [] },
    byPid: new Map(found.map((process) => [process.stat.pid, process])),
    members: sample.members,
    shares: {},
    uidMap: null,
    host: sample.host,
    before,
    below: (process) => belowOf(process, path),
  });
  return { path, processes };
}

/** The longest of its paths below the group. */
function belowOf({ cgroups }: ScannedProcess, group: string): string | null {
  const prefix = group === '/' ? '/' : `${group}/`;
  const below = valueOr(cgroups, [])
    .filter(({ path }) => path.startsWith(prefix))
    .map(({ path }) => path.slice(prefix.length));
  return below.reduce<string | null>((a, b) => (a === null || b.length > a.length ? b : a), null) || null;
}
