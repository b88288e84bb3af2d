import type { CgroupSample, IoCounters, IoLimits } from '../../model/cgroup/sample.ts';
import { garbled, ok, type Reading } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { decimal, linesOf } from '../kernel-text.ts';
import { blkioFigures } from './blkio.ts';
import type { FileSet } from './board.ts';
import { absent, chainOf, figureOf, type Live } from './figures.ts';
import { limitOf, nestedKeyed } from './file-formats.ts';
import type { Places } from './places.ts';
import type { Figures } from './plan.ts';

const DEVICE = /^\d+:\d+$/;

/**
 * v2 `io.stat`: `8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0`. A device without counters is written as its
 * number alone, and some kernels put several such numbers on one line before the counters.
 */
export function parseIoStat(text: string, path: string): Reading<readonly IoCounters[]> {
  const devices: IoCounters[] = [];
  for (const line of linesOf(text)) {
    const fields = nestedKeyed(line.replace(/^(?:\d+:\d+ +)+(?=\d+:\d+ )/, ''));
    if (fields === null || !DEVICE.test(fields.name)) {
      return garbled(path, line);
    }
    const [readBytes, writeBytes, readOps, writeOps] = ['rbytes', 'wbytes', 'rios', 'wios'].map((key) => {
      return decimal(fields.values.get(key) ?? '0');
    });
    if (readBytes == null || writeBytes == null || readOps == null || writeOps == null) {
      return garbled(path, line);
    }
    devices.push({ device: fields.name, readBytes, writeBytes, readOps, writeOps });
  }
  return ok(devices);
}

/** v2 `io.max`: `8:0 rbps=max wbps=1048576 riops=max wiops=max`, per second. */
export function parseIoMax(text: string, path: string): Reading<readonly IoLimits[]> {
  const limits: IoLimits[] = [];
  for (const line of linesOf(text)) {
    const fields = nestedKeyed(line);
    if (fields === null || !DEVICE.test(fields.name)) {
      return garbled(path, line);
    }
    const [readBps, writeBps, readIops, writeIops] = ['rbps', 'wbps', 'riops', 'wiops'].map((key) => {
      return limitOf(fields.values.get(key) ?? 'max');
    });
    if (readBps == null || writeBps == null || readIops == null || writeIops == null) {
      return garbled(path, line);
    }
    limits.push({
      device: fields.name,
      readBytesPerSecond: readBps,
      writeBytesPerSecond: writeBps,
      readOpsPerSecond: readIops,
      writeOpsPerSecond: writeIops,
    });
  }
  return ok(limits);
}

/** The io (v1: blkio) files of one container. */
export function ioFigures(host: Host, files: FileSet, places: Places, wanted: Figures): Live<CgroupSample['io']> {
  const place = places.controller('blkio', 'io');
  if (place === null || place === 'root') {
    const figures = { devices: absent<never>('io.stat')(), operationsFile: null, limits: place && [] };
    return () => figures;
  }
  if (place.version === 1) {
    return blkioFigures(host, files, place, wanted);
  }
  const devices = figureOf(files, place, 'io.stat', parseIoStat);
  const limits = chainOf(files, place.groups, 'io.max', parseIoMax);
  return () => {
    const counters = devices();
    return { devices: counters, operationsFile: counters.file, limits: limits() };
  };
}
