import type { CgroupLayout } from '../../model/cgroup/layout.ts';
import type { ChainController, ChainGroup, LookedChain, LookQuestion } from '../../model/cgroup/look.ts';
import { valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { decimal } from '../kernel-text.ts';
import { limitOf } from './file-formats.ts';
import { type Group, groupsUpwards } from './places.ts';

type Read = (file: string) => string | null;

/** What one controller of one version tells of a group. */
type ChainFiles = {
  readonly limitFile: string;
  readonly limit: (read: Read, directory: string) => Pick<ChainGroup, 'limit' | 'says'>;
  readonly use: (read: Read, directory: string) => number | null;
};

const figureIn =
  (file: string): ChainFiles['limit'] =>
  (read, directory) => ({
    limit: limitOf(read(`${directory}/${file}`)?.trim()),
    says: null,
  });
const textIn =
  (file: string): ChainFiles['limit'] =>
  (read, directory) => ({
    limit: null,
    says: read(`${directory}/${file}`)?.trim().replaceAll('\n', ', ') ?? null,
  });
const countIn =
  (file: string): ChainFiles['use'] =>
  (read, directory) =>
    decimal(read(`${directory}/${file}`)?.trim());
const nothing = () => null;

/** Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst. */
const V1: { readonly [controller in ChainController]: ChainFiles } = {
  cpu: {
    limitFile: 'cpu.cfs_quota_us',
    limit: (read, directory) => ({
      limit: coresOf(read(`${directory}/cpu.cfs_quota_us`)?.trim(), read(`${directory}/cpu.cfs_period_us`)?.trim()),
      says: null,
    }),
    use: nothing,
  },
  cpuset: { limitFile: 'cpuset.cpus', limit: textIn('cpuset.cpus'), use: nothing },
  memory: {
    limitFile: 'memory.limit_in_bytes',
    limit: figureIn('memory.limit_in_bytes'),
    use: countIn('memory.usage_in_bytes'),
  },
  pids: { limitFile: 'pids.max', limit: figureIn('pids.max'), use: countIn('pids.current') },
  io: {
    limitFile: 'blkio.throttle.write_bps_device',
    limit: (read, directory) => {
      const [reads, writes] = ['read', 'write'].map((way) => {
        const text = read(`${directory}/blkio.throttle.${way}_bps_device`);
        return text === null ? null : `${way} ${text.trim().replaceAll('\n', ', ') || 'max'}`;
      });
      return {
        limit: null,
        says: reads == null || writes == null ? null : `${reads}; ${writes} (binds this group alone)`,
      };
    },
    use: nothing,
  },
};

const V2: { readonly [controller in ChainController]: ChainFiles } = {
  cpu: {
    limitFile: 'cpu.max',
    limit: (read, directory) => {
      const [quota, period] = read(`${directory}/cpu.max`)?.trim().split(' ') ?? [];
      return { limit: coresOf(quota, period), says: null };
    },
    use: (read, directory) => decimal(/^usage_usec (\d+)$/m.exec(read(`${directory}/cpu.stat`) ?? '')?.[1]),
  },
  cpuset: { limitFile: 'cpuset.cpus.effective', limit: textIn('cpuset.cpus.effective'), use: nothing },
  memory: { limitFile: 'memory.max', limit: figureIn('memory.max'), use: countIn('memory.current') },
  pids: { limitFile: 'pids.max', limit: figureIn('pids.max'), use: countIn('pids.current') },
  io: { limitFile: 'io.max', limit: textIn('io.max'), use: nothing },
};

const V1_NAMES: { readonly [controller in ChainController]: string } = {
  cpu: 'cpu',
  cpuset: 'cpuset',
  memory: 'memory',
  pids: 'pids',
  io: 'blkio',
};

/** A container's group and those above it, each with what it allows and uses. Null where the controller is not seen from here. */
export function readChain(
  host: Host,
  layout: CgroupLayout,
  paths: LookQuestion['paths'],
  controller: ChainController,
): LookedChain | null {
  const legacy = layout.v1[V1_NAMES[controller]];
  const mount = legacy ?? layout.v2;
  const path = paths[legacy === undefined ? 'unified' : V1_NAMES[controller]];
  if (mount === null || path === undefined) {
    return null;
  }
  const read: Read = (file) => valueOr(host.readText(file, 'gone'), null);
  const files = (legacy === undefined ? V2 : V1)[controller];
  const before = host.monotonicUs();
  const groups = groupsUpwards(mount, path)
    .filter((group) => group.path !== '/')
    .map((group): ChainGroup => {
      const use =
        controller === 'cpu' && legacy !== undefined
          ? accountedUs(layout, paths, group, read)
          : files.use(read, group.dir);
      return { path: group.path, file: `${group.dir}/${files.limitFile}`, ...files.limit(read, group.dir), use };
    });
  return { controller, groups, atUs: (before + host.monotonicUs()) / 2 };
}

/** v1 counts CPU time in a hierarchy that may be another than that of the quota: cgroup-v1/cpuacct.rst. */
function accountedUs({ v1 }: CgroupLayout, paths: LookQuestion['paths'], { path }: Group, read: Read): number | null {
  const mount = v1['cpuacct'];
  const own = paths['cpuacct'];
  const group = mount === undefined || own === undefined ? [] : groupsUpwards(mount, own);
  const directory = group.find((candidate) => candidate.path === path)?.dir;
  const nanoseconds = directory === undefined ? null : decimal(read(`${directory}/cpuacct.usage`)?.trim());
  return nanoseconds === null ? null : nanoseconds / 1000;
}

function coresOf(quotaWord: string | undefined, periodWord: string | undefined): ChainGroup['limit'] {
  const quota = limitOf(quotaWord);
  const period = decimal(periodWord);
  return typeof quota === 'number' ? (period === null || period === 0 ? null : quota / period) : quota;
}
