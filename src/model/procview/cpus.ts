import { groupFile, type LxcfsRelease, pathsAbove, type ViewInput } from './input.ts';

type Range = readonly [first: number, last: number];

/** The ranges of a list as lxcfs reads it: what is no number counts for nothing. */
function rangesOf(list: string): readonly Range[] {
  const ranges: Range[] = [];
  for (let at = 0; at < list.length; ) {
    const found = /^\s*([+-]?\d+)(?:-\s*([+-]?\d+))?/.exec(list.slice(at));
    if (found !== null) {
      ranges.push([Number(found[1]), Number(found[2] ?? found[1])]);
    }
    const comma = list.indexOf(',', at + 1);
    at = comma === -1 ? list.length : comma + 1;
  }
  return ranges;
}

export function countCpus(list: string): number {
  return rangesOf(list).reduce((total, [first, last]) => total + Math.abs(last - first) + 1, 0);
}

/** Whether a CPU is in a list; the list is read once. */
export function cpuTest(list: string): (cpu: number) => boolean {
  const ranges = rangesOf(list);
  return (cpu) => ranges.some(([first, last]) => cpu >= first && cpu <= last);
}

/** The CPUs of a group: its own list, else the effective one, else those of the group above. Null: none tells. */
export function cpusetText(input: ViewInput, path: string): string | null {
  for (const at of [path, ...pathsAbove(path)]) {
    for (const file of ['cpuset.cpus', 'cpuset.cpus.effective']) {
      const text = groupFile(input, 'cpuset', at, file);
      if (text !== null && text !== '') {
        return text;
      }
    }
  }
  return null;
}

/** How many CPUs are online; where no file tells, as many as the host's stat has lines for. */
export function onlineCpus(input: ViewInput): number {
  const online = countCpus(input.host['cpu/online'] ?? '');
  return online > 0 ? online : (input.host.stat?.match(/^cpu\d/gm)?.length ?? 0);
}

/** How many CPUs there could be. */
export function possibleCpus(input: ViewInput): number {
  const possible = countCpus(input.host['cpu/possible'] ?? '');
  return possible > 0 ? possible : onlineCpus(input);
}

/** Quota and period in µs as scanf(3) reads them; null where there is none to read. */
export type Quota = { readonly quota: bigint | null; readonly period: bigint | null };

export function quotaAt(input: ViewInput, path: string): Quota {
  const signed = (text: string | undefined) => (text === undefined ? null : saturated(BigInt(text)));
  if (input.version === 2) {
    const text = groupFile(input, 'cpu', path, 'cpu.max') ?? '';
    const [, quota, period] = /^\s*\+?(-?\d+)(?:\s*\+?(-?\d+))?/.exec(text) ?? [];
    return { quota: signed(quota), period: signed(period) };
  }
  const read = (file: string) => {
    const text = groupFile(input, 'cpu', path, file);
    return text === null ? undefined : /^\s*\+?(-?\d+)/.exec(text)?.[1];
  };
  return { quota: signed(read('cpu.cfs_quota_us')), period: signed(read('cpu.cfs_period_us')) };
}

/** As strtol(3) does. */
function saturated(value: bigint): bigint {
  const most = 2n ** 63n - 1n;
  return value > most ? most : value < -most - 1n ? -most - 1n : value;
}

/**
 * How many CPUs lxcfs shows with `--enable-cfs`: as many as the quota fills, but no more than are online or in the set.
 * 5.0.3 looks the quota up at the path of the cpuset group, and at that alone. 0: not known; less: more than an int
 * holds.
 */
export function visibleCpus(input: ViewInput, release: LxcfsRelease, cpusetPath: string, cpuPath: string): number {
  const set = cpusetText(input, cpusetPath);
  const inSet = set === null ? 0 : countCpus(set);
  const byQuota = release === '5.0.3' ? ownQuotaCpus(input, cpusetPath) : leastQuotaCpus(input, cpuPath);
  if (byQuota === 0) {
    return inSet > 0 ? inSet : byQuota;
  }
  const capped = Math.min(byQuota, onlineCpus(input));
  return inSet > 0 ? Math.min(capped, inSet) : capped;
}

function ownQuotaCpus(input: ViewInput, path: string): number {
  const { quota, period } = quotaAt(input, path);
  if (quota === null || period === null || quota <= 0n || period <= 0n) {
    return 0;
  }
  return Number(BigInt.asIntN(32, quota / period + (quota % period > 0n ? 1n : 0n)));
}

/** Of a group and those above it; the root has none. */
function leastQuotaCpus(input: ViewInput, path: string): number {
  let least = 0;
  for (const at of [path, ...pathsAbove(path).filter((above) => above !== '/')]) {
    const { quota, period } = quotaAt(input, at);
    if (quota === null || period === null || quota < 0n || period < 0n) {
      continue;
    }
    const cpus = Number(quota) / Number(period);
    if (least <= 1e-6 || cpus < least) {
      least = cpus;
    }
  }
  return Math.ceil(least);
}
