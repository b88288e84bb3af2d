import type { CgroupSample } from './sample.ts';

const MICROSECONDS = 1e6;

type Direction = 'readBytes' | 'writeBytes';

/** Bytes per second of all devices together, between two readings of one group. */
export function ioRates(
  now: CgroupSample | null,
  before: CgroupSample | null,
): { readonly readBytes: number | null; readonly writeBytes: number | null } {
  const elapsedUs = now === null || before === null ? 0 : now.readAtUs - before.readAtUs;
  const rate = (key: Direction) => perSecond(total(now, key), total(before, key), elapsedUs);
  return { readBytes: rate('readBytes'), writeBytes: rate('writeBytes') };
}

/** A counter that went back was reset: no rate then, never a negative one. */
export function perSecond(now: number | null, then: number | null, elapsedUs: number): number | null {
  return now === null || then === null || elapsedUs <= 0 || now < then
    ? null
    : (now - then) / (elapsedUs / MICROSECONDS);
}

function total(group: CgroupSample | null, key: Direction): number | null {
  const reading = group?.io.devices.reading;
  return reading?.status === 'ok' ? reading.value.reduce((sum, device) => sum + device[key], 0) : null;
}
