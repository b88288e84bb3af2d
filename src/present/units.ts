import type { Limit } from '../model/limit.ts';

/** What stands for a figure nobody could read. */
export const UNKNOWN = '–';
/** What stands for a figure that needs a second sample. */
export const PENDING = '…';

/** What stands for a rate that is null: it comes with the next sample where its counter was read. */
export function pendingIf(counter: number | null | undefined): string {
  return counter === null || counter === undefined ? UNKNOWN : PENDING;
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
const STEP = 1024;

/** Bytes for people, IEC: `300 MiB`, `23.5 GiB`, `0 B`. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) {
    return UNKNOWN;
  }
  const { figure, unit } = scaleBytes(bytes);
  return `${figure} ${BYTE_UNITS[unit]}`;
}

/** Bytes for narrow columns: `300M`, `23.5G`, `512`. At most five characters below 1000 EiB. */
export function formatBytesShort(bytes: number | null): string {
  if (bytes === null) {
    return UNKNOWN;
  }
  const { figure, unit } = scaleBytes(bytes);
  return unit === 0 ? figure : `${figure}${BYTE_UNITS[unit]?.[0]}`;
}

function scaleBytes(bytes: number): { figure: string; unit: number } {
  let value = bytes;
  let unit = 0;
  while (Math.round(value) >= STEP && unit < BYTE_UNITS.length - 1) {
    value /= STEP;
    unit += 1;
  }
  return { figure: value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1), unit };
}

/** A share of CPU cores: `0.20`, `12.5`, `128`. */
export function formatCores(cores: number | null): string {
  if (cores === null) {
    return UNKNOWN;
  }
  return cores.toFixed(cores < 10 ? 2 : cores < 100 ? 1 : 0);
}

/** `0%`, `0.8%`, `96%`. */
export function formatPercent(percent: number | null): string {
  if (percent === null) {
    return UNKNOWN;
  }
  return `${percent === 0 || percent >= 9.95 ? Math.round(percent) : percent.toFixed(1)}%`;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** A time span in at most five characters: `45s`, `12m`, `3h05m`, `17h`, `9d`, `2y`. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null) {
    return UNKNOWN;
  }
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) {
    return `${whole}s`;
  }
  if (whole < HOUR) {
    return `${Math.floor(whole / MINUTE)}m`;
  }
  if (whole < 10 * HOUR) {
    return `${Math.floor(whole / HOUR)}h${String(Math.floor((whole % HOUR) / MINUTE)).padStart(2, '0')}m`;
  }
  if (whole < 2 * DAY) {
    return `${Math.floor(whole / HOUR)}h`;
  }
  return whole < 2 * YEAR ? `${Math.floor(whole / DAY)}d` : `${Math.floor(whole / YEAR)}y`;
}

/** A limit in the words of its figure; `max` where there is none. */
export function formatLimit(limit: Limit | null, format: (figure: number) => string): string {
  return limit === null ? UNKNOWN : limit === 'max' ? 'max' : format(limit);
}

/** A whole number, or `–`. */
export function formatCount(count: number | null): string {
  return count === null ? UNKNOWN : String(count);
}

/** `1 process`, `3 processes`. */
export function formatMany(count: number | null, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
