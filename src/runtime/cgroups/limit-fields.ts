import type { Limit } from '../../model/limit.ts';
import type { LimitForm, LimitKey } from '../../model/limit-edit.ts';
import {
  type HostCapacity,
  LEAST_MEMORY,
  LEAST_PERIOD_US,
  LEAST_QUOTA_US,
  LEAST_SHARES,
  MOST_PERIOD_US,
  MOST_PIDS,
  MOST_SHARES,
} from './check-resources.ts';
import { parseCount, parseCpus, parseDeviceRate, parseSize, parseWhole, TAKES } from './limit-words.ts';
import type { GroupPlaces } from './live-change.ts';
import { type LiveLimits, liveLimits } from './live-limits.ts';
import { DEFAULT_PERIOD_US, type DeviceRate, type Resources } from './resources.ts';

/** One limit as a form has it. */
type LimitField = {
  readonly title: string;
  readonly takes: string;
  readonly allowed: (host: HostCapacity) => string;
  /** What is asked for; a text: why it is nothing of the kind. */
  readonly parse: (text: string) => Partial<Resources> | string;
  /** Of `nsview limit` and `docker update`. */
  readonly flags: (text: string) => readonly string[];
  readonly now: (live: LiveLimits) => string | null;
};

const MIB = 2 ** 20;
const sizes = ({ memoryBytes }: HostCapacity) =>
  `${sizeText(LEAST_MEMORY)} to ${Math.floor(memoryBytes / MIB)}m, or max`;
const flag = (name: string) => (text: string) => [name, text];

const FIELDS: { readonly [key in LimitKey]: LimitField } = {
  cpus: {
    title: 'CPUs',
    takes: TAKES.cpus,
    allowed: ({ cpus }) => `${LEAST_QUOTA_US / DEFAULT_PERIOD_US} to ${cpus}, or max`,
    parse: (text) => {
      const quota = parseCpus(text, DEFAULT_PERIOD_US);
      return quota === null || quota === 0
        ? `it takes ${TAKES.cpus}`
        : { cpuQuotaUs: quota, cpuPeriodUs: DEFAULT_PERIOD_US };
    },
    flags: flag('--cpus'),
    now: ({ quotaUs, periodUs }) =>
      typeof quotaUs === 'number' ? (periodUs === null ? null : String(quotaUs / periodUs)) : quotaUs,
  },
  cpuQuota: {
    title: 'CPU quota and period',
    takes: 'QUOTA or QUOTA PERIOD in microseconds, as 20000 100000, or max',
    allowed: ({ cpus }) =>
      `a quota from ${LEAST_QUOTA_US} to ${cpus} periods; a period from ${LEAST_PERIOD_US} to ${MOST_PERIOD_US}`,
    parse: (text) => {
      const [quotaWord = '', periodWord, ...more] = text.trim().split(/ +/);
      const quota = parseCount(quotaWord);
      const period = periodWord === undefined ? null : parseWhole(periodWord);
      const isWrong = quota === null || quota === 0 || more.length > 0 || (periodWord !== undefined && period === null);
      return isWrong
        ? 'it takes a quota and a period in microseconds, or max'
        : { cpuQuotaUs: quota, cpuPeriodUs: period };
    },
    flags: (text) => {
      const [quota = '', period] = text.trim().split(/ +/);
      return ['--cpu-quota', quota, ...(period === undefined ? [] : ['--cpu-period', period])];
    },
    now: ({ quotaUs, periodUs }) => (quotaUs === null || periodUs === null ? null : `${quotaUs} ${periodUs}`),
  },
  cpuShares: {
    title: 'CPU shares',
    takes: `${TAKES.number}: its part of the CPU against others, 1024 is the usual one`,
    allowed: () => `${LEAST_SHARES} to ${MOST_SHARES}`,
    parse: (text) => of(parseWhole(text), (cpuShares) => ({ cpuShares }), TAKES.number),
    flags: flag('--cpu-shares'),
    now: ({ shares }) => (shares === null ? null : String(shares)),
  },
  cpuset: {
    title: 'CPUs to run on',
    takes: 'a list of CPUs such as 0-1,3',
    allowed: ({ onlineCpus }) => `of ${onlineCpus?.trim() ?? 'those that are online'}`,
    parse: (text) => (text === '' ? 'it takes a list of CPUs such as 0-1,3' : { cpusetCpus: text }),
    flags: flag('--cpuset-cpus'),
    now: ({ cpus }) => cpus,
  },
  memory: {
    title: 'memory',
    takes: TAKES.size,
    allowed: sizes,
    parse: (text) => of(positive(parseSize(text)), (memoryBytes) => ({ memoryBytes }), TAKES.size),
    flags: flag('--memory'),
    now: ({ memoryBytes }) => limitText(memoryBytes),
  },
  memorySwap: {
    title: 'memory and swap together',
    takes: TAKES.size,
    allowed: () => 'the memory limit or more, or max',
    parse: (text) => of(positive(parseSize(text)), (memorySwapBytes) => ({ memorySwapBytes }), TAKES.size),
    flags: flag('--memory-swap'),
    now: ({ memorySwapBytes }) => limitText(memorySwapBytes),
  },
  memoryReservation: {
    title: 'memory reservation',
    takes: `${TAKES.size}: what is left to it when the host is short of memory`,
    allowed: sizes,
    parse: (text) =>
      of(positive(parseSize(text)), (memoryReservationBytes) => ({ memoryReservationBytes }), TAKES.size),
    flags: flag('--memory-reservation'),
    now: ({ memoryReservationBytes }) => limitText(memoryReservationBytes),
  },
  pids: {
    title: 'processes and threads',
    takes: TAKES.count,
    allowed: () => `1 to ${MOST_PIDS}, or max`,
    parse: (text) => of(positive(parseCount(text)), (pids) => ({ pids }), TAKES.count),
    flags: flag('--pids-limit'),
    now: ({ pids }) => (pids === null ? null : String(pids)),
  },
  readRate: rateField('bytes read per second', '--device-read-bps', 'readRates'),
  writeRate: rateField('bytes written per second', '--device-write-bps', 'writeRates'),
};

function rateField(title: string, name: string, key: 'readRates' | 'writeRates'): LimitField {
  return {
    title,
    takes: `${TAKES.rate}, or 8:0:1m by its number; max lifts it`,
    allowed: () => 'any rate from 1, or max, of a block device',
    parse: (text) => {
      const rate = parseDeviceRate(text);
      if (typeof rate === 'string') {
        return `it ${rate.replace(/^: /, 'names a device: ').replace(/^is /, 'takes ')}`;
      }
      return positive(rate.bytesPerSecond) === null ? `it takes ${TAKES.rate}` : { [key]: [rate] };
    },
    flags: flag(name),
    now: (live) => live[key].map(rateText).join(', ') || 'max',
  };
}

function rateText({ major, minor, bytesPerSecond }: DeviceRate): string {
  return `${major}:${minor}:${limitText(bytesPerSecond)}`;
}

function of<T>(
  value: T | null,
  resources: (value: T) => Partial<Resources>,
  takes: string,
): Partial<Resources> | string {
  return value === null ? `it takes ${takes}` : resources(value);
}

/** None of these can be 0. */
function positive(limit: Limit | null): Limit | null {
  return limit === 0 ? null : limit;
}

function limitText(limit: Limit | null): string | null {
  return typeof limit === 'number' ? sizeText(limit) : limit;
}

/** Bytes as they are typed: `300m`, or all of them where no unit divides them. */
function sizeText(bytes: number): string {
  const unit = (['g', 'm', 'k'] as const).find((_, index) => bytes > 0 && bytes % 1024 ** (3 - index) === 0);
  return unit === undefined ? String(bytes) : `${bytes / 1024 ** { k: 1, m: 2, g: 3 }[unit]}${unit}`;
}

/** The limit that a flag asks for, as `--memory` does; null: none of its own, as `--cpu-period`, or it is no such flag. */
export function keyOfFlag(name: string): LimitKey | null {
  const keys = Object.keys(FIELDS) as LimitKey[];
  return keys.find((key) => FIELDS[key].flags('')[0] === name) ?? null;
}

/** What a form for this limit says before anything is typed. */
export function limitForm(
  key: LimitKey,
  places: GroupPlaces,
  host: HostCapacity,
  read: (path: string) => string | null,
): LimitForm {
  const { title, takes, allowed, now } = FIELDS[key];
  return { title, takes, allowed: allowed(host), now: now(liveLimits(places, read)) };
}

/** What a typed text asks for, and the flags that ask the same on a command line. A text: why it asks for nothing. */
export function parseLimitText(
  key: LimitKey,
  text: string,
): { readonly asked: Partial<Resources>; readonly flags: readonly string[] } | string {
  const { parse, flags } = FIELDS[key];
  const asked = parse(text.trim());
  return typeof asked === 'string' ? asked : { asked, flags: flags(text.trim()) };
}
