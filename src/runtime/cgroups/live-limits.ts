import type { Limit } from '../../model/limit.ts';
import { LEAST_SHARES, MOST_SHARES } from './check-resources.ts';
import { type GroupPlaces, parseLimit } from './live-change.ts';
import type { DeviceRate } from './resources.ts';
import { weightOfShares } from './values-v2.ts';

/** What the files of one group say now, in the terms of what is asked for. Null: the group has no such file. */
export type LiveLimits = {
  readonly quotaUs: Limit | null;
  readonly periodUs: number | null;
  /** On v2 the least shares that give the weight. */
  readonly shares: number | null;
  readonly cpus: string | null;
  readonly memoryBytes: Limit | null;
  readonly memorySwapBytes: Limit | null;
  readonly memoryReservationBytes: Limit | null;
  readonly pids: Limit | null;
  readonly readRates: readonly DeviceRate[];
  readonly writeRates: readonly DeviceRate[];
};

type Read = (path: string) => string | null;

/** Reads them. */
export function liveLimits(places: GroupPlaces, read: Read): LiveLimits {
  return places.unified ? unifiedLimits(places.v2, read) : legacyLimits(places.v1, read);
}

function legacyLimits(v1: GroupPlaces['v1'], read: Read): LiveLimits {
  const text = (controller: string, file: string) => {
    const directory = v1[controller];
    return directory === undefined ? null : read(`${directory}/${file}`);
  };
  const limit = (controller: string, file: string) => limitOf(text(controller, file));
  return {
    quotaUs: limit('cpu', 'cpu.cfs_quota_us'),
    periodUs: numberOf(text('cpu', 'cpu.cfs_period_us')),
    shares: numberOf(text('cpu', 'cpu.shares')),
    cpus: text('cpuset', 'cpuset.cpus')?.trim() ?? null,
    memoryBytes: limit('memory', 'memory.limit_in_bytes'),
    memorySwapBytes: limit('memory', 'memory.memsw.limit_in_bytes'),
    memoryReservationBytes: limit('memory', 'memory.soft_limit_in_bytes'),
    pids: limit('pids', 'pids.max'),
    readRates: legacyRates(text('blkio', 'blkio.throttle.read_bps_device')),
    writeRates: legacyRates(text('blkio', 'blkio.throttle.write_bps_device')),
  };
}

function unifiedLimits(group: string | null, read: Read): LiveLimits {
  const text = (file: string) => (group === null ? null : read(`${group}/${file}`));
  const [quota = null, period = null] = text('cpu.max')?.trim().split(' ') ?? [];
  const memoryBytes = limitOf(text('memory.max'));
  const swapBytes = limitOf(text('memory.swap.max'));
  const low = limitOf(text('memory.low'));
  return {
    quotaUs: limitOf(quota),
    periodUs: numberOf(period),
    shares: sharesOfWeight(numberOf(text('cpu.weight'))),
    cpus: text('cpuset.cpus')?.trim() ?? null,
    memoryBytes,
    memorySwapBytes:
      typeof memoryBytes === 'number' && typeof swapBytes === 'number' ? memoryBytes + swapBytes : swapBytes && 'max',
    memoryReservationBytes: low === 0 ? 'max' : low,
    pids: limitOf(text('pids.max')),
    readRates: unifiedRates(text('io.max'), 'rbps'),
    writeRates: unifiedRates(text('io.max'), 'wbps'),
  };
}

function limitOf(text: string | null): Limit | null {
  return text === null ? null : parseLimit(text);
}

function numberOf(text: string | null): number | null {
  const limit = limitOf(text);
  return limit === 'max' ? null : limit;
}

/** `8:0 1048576` a line: cgroup-v1/blkio-controller.rst. */
function legacyRates(text: string | null): readonly DeviceRate[] {
  return linesOf(text).flatMap((line) => {
    const match = /^(\d+):(\d+) (\d+)$/.exec(line);
    return match === null ? [] : [rateOf(match[1], match[2], Number(match[3]))];
  });
}

/** `8:0 rbps=max wbps=1048576 …` a line: cgroup-v2.rst. */
function unifiedRates(text: string | null, key: 'rbps' | 'wbps'): readonly DeviceRate[] {
  return linesOf(text).flatMap((line) => {
    const match = new RegExp(`^(\\d+):(\\d+) .*\\b${key}=(\\d+)`).exec(line);
    return match === null ? [] : [rateOf(match[1], match[2], Number(match[3]))];
  });
}

function rateOf(major: string | undefined, minor: string | undefined, bytesPerSecond: number): DeviceRate {
  return { major: Number(major), minor: Number(minor), bytesPerSecond };
}

function linesOf(text: string | null): readonly string[] {
  return text?.split('\n').filter((line) => line !== '') ?? [];
}

/** The least v1 shares that become this v2 weight. */
function sharesOfWeight(weight: number | null): number | null {
  if (weight === null) {
    return null;
  }
  let [low, high] = [LEAST_SHARES, MOST_SHARES];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (weightOfShares(middle) < weight) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
