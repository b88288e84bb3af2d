import { twoDecimals, wholeUnsigned } from './c-text.ts';
import { groupFile, prunedPath, type ViewInput } from './input.ts';

/** USER_HZ: sysconf(_SC_CLK_TCK). */
const HERTZ = 100;
/** What lxcfs takes for a start time where it found none: -EINVAL as an unsigned number. */
const NO_START = 2n ** 64n - 22n;
/** The 22nd field of proc_pid_stat(5), read blank by blank: a blank in the name ends it. */
const START_TIME = /^\s*[+-]?\d+(?!\d)\s*\S+\s*\S(?:\s*[+-]?\d+(?!\d)){18}\s*([+-]?\d+)/;

/** lxcfs's /proc/uptime: the age of the init of the reader's pid namespace, and that without what its group used. */
export function uptimeView(input: ViewInput): string {
  const age = ageOf(input);
  const busy = busyOf(input);
  return `${twoDecimals(age)} ${twoDecimals(age >= busy ? age - busy : age)}\n`;
}

function ageOf({ init, bootTime: { seconds, nanoseconds } }: ViewInput): number {
  const field = START_TIME.exec(init?.stat ?? '')?.[1];
  const ticks = field === undefined ? NO_START : BigInt.asUintN(64, BigInt(field));
  if (ticks === 0n) {
    return 0;
  }
  const start = Number(ticks) / HERTZ;
  const nowMs = Math.trunc(seconds * 1000 + nanoseconds * 1e-6);
  return (nowMs - start * 1000) / 1000;
}

function busyOf(input: ViewInput): number {
  const path = input.init?.cpuacctPath ?? null;
  if (path === null) {
    return 0;
  }
  const usage = groupFile(input, 'cpuacct', prunedPath(path), 'cpuacct.usage');
  return Number(wholeUnsigned(usage ?? '') ?? 0n) / 1_000_000_000;
}
