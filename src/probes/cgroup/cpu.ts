import type { CgroupSample, ChainLink, Quota, Throttling } from '../../model/cgroup/sample.ts';
import type { Limit } from '../../model/limit.ts';
import { flatMapReading, garbled, mapReading, ok, type Reading } from '../../model/reading.ts';
import { decimal } from '../kernel-text.ts';
import type { FileSet } from './board.ts';
import { parseCpuList } from './cpuset.ts';
import { absent, chainOf, figureOf, type Live, liveFigure } from './figures.ts';
import { keyOf, limitOf, parseCount, parseFlatKeyed, parseLimit } from './file-formats.ts';
import type { Group, Places } from './places.ts';

/** v1 counts time in nanoseconds, v2 in microseconds. */
const NS_PER_US = 1000;

/** v1 `cpuacct.usage`, nanoseconds → microseconds. */
export function parseCpuacctUsage(text: string, path: string): Reading<number> {
  return mapReading(parseCount(text, path), (ns) => ns / NS_PER_US);
}

/** v2 `cpu.stat`: there also where the cpu controller is not enabled. Microseconds. */
export function parseCpuStatUsage(text: string, path: string): Reading<number> {
  return flatMapReading(parseFlatKeyed(text, path), (stat) => keyOf(stat, 'usage_usec', path));
}

/**
 * `cpu.stat` of both versions. v1 writes `throttled_time` in nanoseconds, v2 `throttled_usec`. Unsupported where v2's
 * cpu controller is not enabled for the group: the usage lines are alone then.
 */
export function parseThrottling(text: string, path: string): Reading<Throttling> {
  return flatMapReading(parseFlatKeyed(text, path), (stat) => {
    const periods = stat['nr_periods'];
    const throttledPeriods = stat['nr_throttled'];
    const ns = stat['throttled_time'];
    const throttledUs = stat['throttled_usec'] ?? (ns === undefined ? undefined : ns / NS_PER_US);
    if (periods === undefined || throttledPeriods === undefined || throttledUs === undefined) {
      return { status: 'unsupported', path, code: 'ENOENT' };
    }
    return ok({ periods, throttledPeriods, throttledUs });
  });
}

/** v2 `cpu.max`: `max 100000` or `50000 100000`, microseconds. */
export function parseCpuMax(text: string, path: string): Reading<Quota> {
  const [first, second] = text.trimEnd().split(' ');
  return quotaOf(limitOf(first), decimal(second)) ?? garbled(path, text);
}

/** v1 `cpu.cfs_quota_us` (-1: none) with `cpu.cfs_period_us`, which is never 0. */
export function joinCfs(quota: Reading<Limit>, period: Reading<number>, path: string): Reading<Quota> {
  return flatMapReading(quota, (quotaUs) => {
    return flatMapReading(period, (periodUs) => {
      return quotaOf(quotaUs, periodUs) ?? garbled(path, `${quotaUs} ${periodUs}`);
    });
  });
}

function quotaOf(quotaUs: Limit | null, periodUs: number | null): Reading<Quota> | null {
  return quotaUs === null || periodUs === null || periodUs === 0 ? null : ok({ quotaUs, periodUs });
}

type CpuFigures = CgroupSample['cpu'];

/** The cpu, cpuacct and cpuset files of one container. */
export function cpuFigures(files: FileSet, places: Places): Live<CpuFigures> {
  const cpu = places.controller('cpu', 'cpu');
  const usageUs = usageFigure(files, places);
  const cpus = cpusFigure(files, places);
  if (cpu === null || cpu === 'root') {
    const figures = {
      throttling: cpu && [],
      quotas: cpu && [],
      burstUs: absent<number>('cpu.max.burst')(),
      shares: absent<number>('cpu.shares')(),
      weight: absent<number>('cpu.weight')(),
    };
    return () => ({ ...figures, usageUs: usageUs(), cpus: cpus() });
  }
  const v1 = cpu.version === 1;
  const throttling = chainOf(files, cpu.groups, 'cpu.stat', parseThrottling, 'tick');
  const quotas = v1 ? cfsChain(files, cpu.groups) : chainOf(files, cpu.groups, 'cpu.max', parseCpuMax);
  const burstUs = figureOf(files, cpu, v1 ? 'cpu.cfs_burst_us' : 'cpu.max.burst', parseCount, 'setting');
  const shares = v1 ? figureOf(files, cpu, 'cpu.shares', parseCount, 'setting') : absent<number>('cpu.shares');
  const weight = v1 ? absent<number>('cpu.weight') : figureOf(files, cpu, 'cpu.weight', parseCount, 'setting');
  return () => ({
    usageUs: usageUs(),
    throttling: throttling(),
    quotas: quotas(),
    burstUs: burstUs(),
    shares: shares(),
    weight: weight(),
    cpus: cpus(),
  });
}

/** v2's cpu.stat counts for every group, whatever its controllers: it also serves where v1's cpuacct does not. */
function usageFigure(files: FileSet, places: Places): Live<CpuFigures['usageUs']> {
  const place = places.controller('cpuacct', 'cpu');
  if (place !== null && place !== 'root' && place.version === 1) {
    return figureOf(files, place, 'cpuacct.usage', parseCpuacctUsage);
  }
  return places.unified === null
    ? absent('cpuacct.usage')
    : liveFigure(files.slot(`${places.unified.own.dir}/cpu.stat`, parseCpuStatUsage));
}

/** Of the nearest group that has the file: the root has it too, and there it says what the host has. */
function cpusFigure(files: FileSet, places: Places): Live<CpuFigures['cpus']> {
  const place = places.controller('cpuset', 'cpuset');
  const own = place === null || place === 'root' ? undefined : place.groups[0];
  const root = places.root('cpuset');
  const dir = (own ?? root?.group)?.dir;
  const version = place === null || place === 'root' ? root?.version : place.version;
  if (place === null || dir === undefined) {
    return absent('cpuset.cpus.effective');
  }
  const name = version === 1 ? 'cpuset.effective_cpus' : 'cpuset.cpus.effective';
  return liveFigure(files.slot(`${dir}/${name}`, parseCpuList, 'setting'));
}

function cfsChain(files: FileSet, groups: readonly Group[]): Live<readonly ChainLink<Quota>[]> {
  const links = groups.map(({ path, dir }) => ({
    path,
    quota: files.slot(`${dir}/cpu.cfs_quota_us`, parseLimit, 'setting'),
    period: files.slot(`${dir}/cpu.cfs_period_us`, parseCount, 'setting'),
  }));
  return () =>
    links.map(({ path, quota, period }) => ({
      path,
      file: quota.file,
      reading: joinCfs(quota.read(), period.read(), quota.file),
    }));
}
