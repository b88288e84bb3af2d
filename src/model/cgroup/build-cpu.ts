import type { Cgroup } from '../document/cgroup.ts';
import { mapReading } from '../reading.ts';
import { effectiveLimit } from './effective-limit.ts';
import type { Ledger } from './ledger.ts';
import { growth } from './rate.ts';
import type { CgroupSample, Chain, ChainLink, Quota, Throttling } from './sample.ts';

/** Rates are of the time between the two readings of the group, by the monotonic clock: 1 core is one CPU all the time. */
export function buildCpu(sample: CgroupSample, previous: CgroupSample | null, ledger: Ledger): Cgroup['cpu'] {
  const { cpu } = sample;
  const { limit: limitCores, limitedBy } = effectiveLimit(cpu.quotas, coresOf);
  ledger.chain('cpu.limitCores', cpu.quotas, limitedBy);
  const own = cpu.quotas?.[0] ?? null;
  const quota = own === null ? null : ledger.optional('cpu.quotaUs', own);
  if (own !== null && quota !== null) {
    ledger.file('cpu.periodUs', own.file.replace('cfs_quota_us', 'cfs_period_us'));
  }
  const usageCores = coresUsed(sample, previous);
  return {
    usageUs: ledger.value(['cpu.usageUs', 'cpu.usageCores'], cpu.usageUs),
    usageCores,
    limitCores,
    limitedBy,
    quotaUs: quota?.quotaUs ?? (limitCores === 'max' ? 'max' : null),
    periodUs: quota?.periodUs ?? null,
    burstUs: ledger.optional('cpu.burstUs', cpu.burstUs),
    shares: ledger.value('cpu.shares', cpu.shares),
    weight: ledger.value('cpu.weight', cpu.weight),
    cpus: ledger.optional('cpu.cpus', cpu.cpus),
    ofLimitPercent: usageCores === null || typeof limitCores !== 'number' ? null : (usageCores / limitCores) * 100,
    ...throttlingOf(sample, previous, limitedBy, ledger),
  };
}

function coresOf({ reading }: ChainLink<Quota>): number | 'max' | null {
  if (reading.status !== 'ok') {
    return null;
  }
  const { quotaUs, periodUs } = reading.value;
  return quotaUs === 'max' ? 'max' : quotaUs / periodUs;
}

function coresUsed(sample: CgroupSample, previous: CgroupSample | null): number | null {
  const used = growth(sample.cpu.usageUs, previous?.cpu.usageUs);
  const elapsedUs = previous === null ? 0 : sample.readAtUs - previous.readAtUs;
  return used === null || elapsedUs <= 0 ? null : used / elapsedUs;
}

type ThrottlingFigures = Pick<
  Cgroup['cpu'],
  'periods' | 'throttledPeriods' | 'throttledUs' | 'throttledPercent' | 'heldBackCores' | 'lostUsPerThrottledPeriod'
>;

export const NO_THROTTLING: ThrottlingFigures = {
  periods: null,
  throttledPeriods: null,
  throttledUs: null,
  throttledPercent: null,
  heldBackCores: null,
  lostUsPerThrottledPeriod: null,
};

/** All from cpu.stat. */
const THROTTLING = Object.keys(NO_THROTTLING).map((name) => `cpu.${name}`);

/** A group is throttled where its limit is: an ancestor's quota counts its periods in the ancestor's file alone. */
function throttlingOf(
  sample: CgroupSample,
  previous: CgroupSample | null,
  limitedBy: string | null,
  ledger: Ledger,
): ThrottlingFigures {
  const { throttling } = sample.cpu;
  const link = linkOf(throttling, limitedBy);
  if (link === null) {
    return NO_THROTTLING;
  }
  if (link !== throttling?.[0]) {
    ledger.warnings.push(`cpu: the throttling shown is that of ${link.path}, which imposes the limit`);
  }
  const now = ledger.value(THROTTLING, link);
  const elapsedUs = previous === null ? 0 : sample.readAtUs - previous.readAtUs;
  return {
    periods: now?.periods ?? null,
    throttledPeriods: now?.throttledPeriods ?? null,
    throttledUs: now?.throttledUs ?? null,
    ...growthOf(link, linkOf(previous?.cpu.throttling ?? null, link.path), elapsedUs),
  };
}

function linkOf(chain: Chain<ChainLink<Throttling>>, path: string | null): ChainLink<Throttling> | null {
  return chain?.find((link) => link.path === path) ?? chain?.[0] ?? null;
}

type Growth = Pick<ThrottlingFigures, 'throttledPercent' | 'heldBackCores' | 'lostUsPerThrottledPeriod'>;

/** Of the time between the samples. No period passes while nothing runs, and then none is throttled. */
function growthOf(now: ChainLink<Throttling>, before: ChainLink<Throttling> | null, elapsedUs: number): Growth {
  const counter = (link: ChainLink<Throttling>, key: keyof Throttling) => ({
    file: link.file,
    reading: mapReading(link.reading, (counters) => counters[key]),
  });
  const grown = (key: keyof Throttling) => growth(counter(now, key), before && counter(before, key));
  const [periods, throttled, lostUs] = [grown('periods'), grown('throttledPeriods'), grown('throttledUs')];
  return {
    throttledPercent:
      periods === null || throttled === null ? null : periods === 0 ? 0 : Math.min(100, (throttled / periods) * 100),
    heldBackCores: lostUs === null || elapsedUs <= 0 ? null : lostUs / elapsedUs,
    lostUsPerThrottledPeriod: lostUs === null || throttled === null || throttled === 0 ? null : lostUs / throttled,
  };
}
