import type { Limit } from '../../model/limit.ts';
import { findHostDevices } from '../security/host-devices.ts';
import type { DeviceRate } from './resources.ts';

/** What is typed for each kind of limit, in the words of a sentence. */
export const TAKES = {
  size: 'a size such as 300m or 1.5g, or max',
  count: 'a whole number or max',
  number: 'a whole number',
  cpus: 'a number of CPUs such as 0.5, at least 0.01, or max',
  rate: 'DEVICE:RATE such as /dev/sda:1m',
} as const;

const UNITS: { readonly [unit: string]: number } = { b: 0, k: 1, m: 2, g: 3, t: 4, p: 5 };
const SIZE = /^(\d+(?:\.\d+)?) ?(?:([bkmgtp])(?:i?b)?)?$/i;

/** Bytes as Docker reads them: `512`, `300m`, `1.5GiB`, `64 kb`, all in steps of 1024; `max` and -1: no limit. Null: no such text. */
export function parseSize(text: string): Limit | null {
  if (isMax(text)) {
    return 'max';
  }
  const match = SIZE.exec(text.trim());
  const bytes = Number(match?.[1]) * 1024 ** (UNITS[match?.[2]?.toLowerCase() ?? 'b'] ?? 0);
  return match === null || bytes > Number.MAX_SAFE_INTEGER ? null : Math.floor(bytes);
}

/** A whole number, or `max` and -1 for none. */
export function parseCount(text: string): Limit | null {
  return isMax(text) ? 'max' : parseWhole(text);
}

export function parseWhole(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** The least quota of the kernel, 1 ms, in a period of 100 ms. */
const LEAST_CPUS = 0.01;

/** CPUs as microseconds of a period; 0 as it is typed, which Docker takes for none given. */
export function parseCpus(text: string, periodUs: number): Limit | null {
  if (isMax(text)) {
    return 'max';
  }
  const cpus = /^\d{1,6}(?:\.\d{1,9})?$|^\.\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return cpus === 0 || cpus >= LEAST_CPUS ? Math.round(cpus * periodUs) : null;
}

/** `/dev/sda:1m`, or `8:0:1m` by its number. A text: why it is none. */
export function parseDeviceRate(text: string): DeviceRate | string {
  const colon = text.lastIndexOf(':');
  const name = text.slice(0, colon);
  if (colon <= 0) {
    return `is ${TAKES.rate}, not '${text}'`;
  }
  const device = blockDevice(name);
  if (device === null) {
    return `: ${name} is no block device`;
  }
  const bytesPerSecond = parseSize(text.slice(colon + 1));
  return bytesPerSecond === null ? `is ${TAKES.size}, not '${text.slice(colon + 1)}'` : { ...device, bytesPerSecond };
}

function blockDevice(name: string): { readonly major: number; readonly minor: number } | null {
  const number = /^(\d{1,4}):(\d{1,7})$/.exec(name);
  if (number !== null) {
    return { major: Number(number[1]), minor: Number(number[2]) };
  }
  const [device] = findHostDevices(name);
  return device?.type === 'b' ? { major: device.major, minor: device.minor } : null;
}

function isMax(text: string): boolean {
  return text === 'max' || text === '-1';
}
