import { buildCgroup } from '../cgroup/build-cgroup.ts';
import type { CgroupLayout } from '../cgroup/layout.ts';
import type { CgroupSample } from '../cgroup/sample.ts';
import { containerProcesses } from '../container-processes.ts';
import type { Container } from '../document/container.ts';
import { groupsAround, processesIn } from '../group-census.ts';
import { mainPath } from '../own-group.ts';
import { isKernelThread, type ScannedProcess } from '../process.ts';
import { valueOr } from '../reading.ts';
import type { Sample } from '../sample.ts';
import type { Before } from '../sampled-before.ts';
import type { Steps } from '../steps.ts';
import { buildHostNow } from './build-host-now.ts';
import type { GroupKind, HostGroup, HostGroups, HostNow } from './host-groups.ts';
import type { HostGroupSample } from './sample.ts';

/** So many groups are joined between two steps: some two milliseconds. */
const GROUPS_PER_STEP = 50;

/** Every group of the host with its rates since the sample before; null where nobody looked at them. */
export function* hostGroupsInSteps(
  sample: Sample,
  previous: Sample | null,
  before: Before | null,
  containers: readonly Container[],
): Steps<HostGroups | null> {
  const { hostGroups, layout } = sample;
  if (hostGroups === null) {
    return null;
  }
  const earlier = new Map(previous?.hostGroups?.groups.map(({ path, cgroup }) => [path, cgroup]));
  const now = buildHostNow(hostGroups, previous?.hostGroups ?? null, sample.host.hertz);
  const counts = countProcesses(sample.processes);
  const owners = ownersOf(containers, counts);
  const groups: HostGroup[] = [];
  for (const group of hostGroups.groups) {
    const count = counts.get(group.path) ?? NOBODY;
    const owner = owners.get(group.path) ?? null;
    groups.push({
      path: group.path,
      kind: owner === null ? kindOf(group.path) : 'container',
      container: owner,
      ...figuresOf(group, earlier.get(group.path) ?? null, layout, { count, now, sample }),
    });
    if (groups.length % GROUPS_PER_STEP === 0) {
      yield;
    }
  }
  return { now, groups, opened: openedOf(sample, before) };
}

type Count = { readonly processes: number; readonly threads: number };
const NOBODY: Count = { processes: 0, threads: 0 };

function countProcesses(processes: readonly ScannedProcess[]): ReadonlyMap<string, Count> {
  const counts = new Map<string, { processes: number; threads: number }>();
  for (const { stat, cgroups } of processes) {
    if (cgroups.status === 'ok' && !isKernelThread(stat)) {
      for (const path of groupsAround(cgroups.value)) {
        const count = counts.get(path) ?? { processes: 0, threads: 0 };
        counts.set(path, count);
        count.processes += 1;
        count.threads += stat.threads;
      }
    }
  }
  return counts;
}

/**
 * The groups that are a container's own: its path says so, or nobody else is in it. In v1's trees it may be in different
 * places under the same name.
 */
function ownersOf(containers: readonly Container[], counts: ReadonlyMap<string, Count>): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const container of containers) {
    const { cgroup, evidence, id, processes } = container;
    const main = cgroup === null ? '/' : mainPath(cgroup.paths);
    const own = evidence.some((word) => word.startsWith('cgroup:')) || counts.get(main)?.processes === processes.length;
    if (cgroup !== null && main !== '/' && own) {
      const name = main.slice(main.lastIndexOf('/'));
      for (const path of Object.values(cgroup.paths).filter((each) => each.endsWith(name))) {
        owners.set(path, id);
      }
    }
  }
  return owners;
}

function kindOf(path: string): GroupKind {
  const unit = /\.(slice|scope|service)$/.exec(path)?.[1];
  return path === '/' ? 'root' : unit === 'slice' || unit === 'scope' || unit === 'service' ? unit : 'group';
}

type Figures = Omit<HostGroup, 'path' | 'kind' | 'container'>;
type Around = { readonly count: Count; readonly now: HostNow; readonly sample: Sample };

function figuresOf(
  { cgroup: group }: HostGroupSample,
  earlier: CgroupSample | null,
  layout: CgroupLayout,
  around: Around,
): Figures {
  const { count } = around;
  const built = group === null || layout.kind === 'none' ? null : buildCgroup(group, earlier, layout.kind).cgroup;
  if (group === null || built === null) {
    return { ...UNKNOWN, processes: count.processes, tasks: count.threads };
  }
  if (group.inRoot.length > 0) {
    return ofRoot(around);
  }
  const { cpu, memory, pids, pressure } = built;
  // Of a group above that has the controller: the limit holds here, what is used is not its own.
  const borrowed = new Set(group.borrowed.map(({ controller }) => controller));
  const own = <T>(controller: string, value: T): T | null => (borrowed.has(controller) ? null : value);
  return {
    processes: count.processes,
    tasks: own('pids', pids.current) ?? count.threads,
    pidsLimit: pids.limit,
    cpuCores: cpu.usageCores,
    cpuLimitCores: cpu.limitCores,
    throttledPercent: cpu.throttledPercent,
    memoryBytes: own('memory', memory.workingSetBytes),
    memoryLimitBytes: memory.limitBytes,
    readBytesPerSecond: own('io', built.io.readBytesPerSecond),
    writeBytesPerSecond: own('io', built.io.writeBytesPerSecond),
    pressure: {
      cpu: pressure?.cpu?.some?.avg10 ?? null,
      memory: pressure?.memory?.some?.avg10 ?? null,
      io: pressure?.io?.some?.avg10 ?? null,
    },
    frozen: built.frozen,
    counted: { cpu: cpu.usageUs !== null, periods: cpu.periods !== null, io: built.io.readBytes !== null },
  };
}

const UNKNOWN: Omit<Figures, 'processes' | 'tasks'> = {
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
    processes: count.processes,
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
