import { buildCgroup } from './cgroup/build-cgroup.ts';
import { isBareProcess } from './discovery/bare-process.ts';
import type { Cgroup } from './document/cgroup.ts';
import type { Problem } from './document/problem.ts';
import type { GroupCensus } from './group-census.ts';
import type { CgroupMembership, ScannedProcess } from './process.ts';
import type { ContainerSample, Sample } from './sample.ts';
import type { Before } from './sampled-before.ts';
import { NOBODY_ELSE, sharedProblems, strangersIn, withoutSharedUse, withProcessTime } from './shared-group.ts';

type OwnGroup = {
  readonly cgroup: Cgroup | null;
  /** Where a process is below the container's group; null where it is elsewhere or untold. */
  readonly below: (process: ScannedProcess) => string | null;
  readonly problems: readonly Problem[];
};

/**
 * The container's cgroup figures. A container that no engine made may be in a group with others: the limits hold for it
 * all the same, but the use is not its own, and is null with the reason.
 */
export function ownGroup(
  container: ContainerSample,
  sample: Sample,
  before: Before | null,
  byPid: ReadonlyMap<number, ScannedProcess>,
  census: GroupCensus,
): OwnGroup {
  const { candidate } = container;
  const { kind } = sample.layout;
  if (container.cgroup === null || kind === 'none') {
    const problem = {
      path: '/proc/self/mountinfo',
      code: 'ENOENT',
      message: 'no cgroup hierarchy that this container is in can be seen from here',
      remedy: kind === 'none' ? 'mount the cgroup file systems, usually below /sys/fs/cgroup' : null,
    };
    return { cgroup: null, below: () => null, problems: [problem] };
  }
  const previous = before?.container(candidate.key)?.cgroup ?? null;
  const { cgroup, problems } = buildCgroup(container.cgroup, previous, kind);
  const path = mainPath(cgroup.paths);
  const below = (process: ScannedProcess) => belowPath(pathOf(process), path);
  const ownsIts = candidate.evidence.some((evidence) => evidence.startsWith('cgroup:'));
  const members = candidate.pids.map((pid) => byPid.get(pid)).filter((process) => process !== undefined);
  const strangers = ownsIts ? NOBODY_ELSE : strangersIn(cgroup.paths, members, census);
  const own = strangers.size === 0 ? cgroup : withoutSharedUse(cgroup, strangers);
  const [first] = members;
  return {
    cgroup:
      isBareProcess(candidate) && first !== undefined ? withProcessTime(own, first, before, sample.host.hertz) : own,
    below,
    problems: [...problems, ...sharedProblems(strangers, cgroup.paths)],
  };
}

/** The controllers that count what is limited first: v1's other hierarchies may be left at the root. */
const TELLING = ['memory', 'pids', 'cpu', 'cpuacct', 'unified', 'systemd'];

/** The path that a container is known by, of those in the trees of v1. */
export function mainPath(paths: Cgroup['paths']): string {
  const path = TELLING.map((controller) => paths[controller]).find((found) => found !== undefined && found !== '/');
  return path ?? '/';
}

function pathOf({ cgroups }: ScannedProcess): readonly string[] {
  return cgroups.status === 'ok' ? cgroups.value.map(({ path }: CgroupMembership) => path) : [];
}

function belowPath(paths: readonly string[], group: string): string | null {
  const prefix = group === '/' ? '/' : `${group}/`;
  if (paths.includes(group)) {
    return '';
  }
  const path = paths.find((candidate) => candidate.startsWith(prefix));
  return path === undefined ? null : path.slice(prefix.length);
}
