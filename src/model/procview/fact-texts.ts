import { countCpus } from './cpus.ts';

/** Figures out of the texts of /proc: null where there is none. */

const KIB = 1024;

/** A line of meminfo in bytes. A figure that wrapped below zero is no figure. */
export function memoryBytes(text: string | null, label: string): number | null {
  const line = text?.split('\n').find((each) => each.startsWith(`${label}:`));
  const digits = line === undefined ? undefined : /(\d+) kB/.exec(line)?.[1];
  const bytes = digits === undefined ? null : Number(digits) * KIB;
  return bytes !== null && bytes <= Number.MAX_SAFE_INTEGER ? bytes : null;
}

export function onlineCount(text: string | null): number | null {
  const count = text === null ? 0 : countCpus(text.trim());
  return count > 0 ? count : null;
}

export function cpuinfoCount(text: string | null): number | null {
  return text === null
    ? null
    : (text.match(/^processor\s*:/gm)?.length ?? text.match(/^processor \d+:/gm)?.length ?? 0);
}

export function statCpus(text: string | null): number | null {
  return text === null ? null : (text.match(/^cpu\d/gm)?.length ?? 0);
}

/** Seconds since the epoch. */
export function bootTimeOf(text: string | null): number | null {
  const seconds = /^btime (\d+)$/m.exec(text ?? '')?.[1];
  return seconds === undefined ? null : Number(seconds);
}

/** User, nice and system time of all CPUs together, in seconds. */
export function cpuSeconds(text: string | null): number | null {
  const [, user, nice, system] = /^cpu +(\d+) (\d+) (\d+)/.exec(text ?? '') ?? [];
  return system === undefined ? null : (Number(user) + Number(nice) + Number(system)) / 100;
}

/** A column of uptime or loadavg. */
export function columnOf(text: string | null, column: number): number | null {
  const word = text?.trim().split(/\s+/)[column];
  const value = word === undefined || word === '' ? Number.NaN : Number(word);
  return Number.isFinite(value) && value >= 0 ? value : null;
}
