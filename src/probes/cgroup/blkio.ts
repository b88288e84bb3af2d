import type { CgroupSample, IoCounters, IoLimits } from '../../model/cgroup/sample.ts';
import type { Limit } from '../../model/limit.ts';
import { flatMapReading, garbled, ok, type Reading } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { decimal, linesOf } from '../kernel-text.ts';
import type { FileSet } from './board.ts';
import type { Live } from './figures.ts';
import { limitOf } from './file-formats.ts';
import type { Place } from './places.ts';
import type { Figures } from './plan.ts';

const DEVICE = /^\d+:\d+$/;

type Direction = { readonly device: string; readonly read: number; readonly write: number };

/**
 * v1 `blkio.throttle.io_service_bytes` and `io_serviced`, with or without `_recursive`: `8:0 Read 4096` lines of
 * several kinds per device and a last `Total N`.
 */
export function parseBlkioCounters(text: string, path: string): Reading<readonly Direction[]> {
  const devices = new Map<string, { read: number; write: number }>();
  for (const line of linesOf(text)) {
    const [name = '', kind, count] = line.split(' ');
    if (name === 'Total' && decimal(kind) !== null) {
      continue;
    }
    const value = decimal(count);
    if (!DEVICE.test(name) || value === null) {
      return garbled(path, line);
    }
    const counters = devices.get(name) ?? { read: 0, write: 0 };
    devices.set(name, counters);
    if (kind === 'Read') {
      counters.read = value;
    } else if (kind === 'Write') {
      counters.write = value;
    }
  }
  return ok(Array.from(devices, ([device, { read, write }]) => ({ device, read, write })));
}

/** Bytes and operations of one group, by device. */
export function joinBlkio(
  bytes: Reading<readonly Direction[]>,
  operations: Reading<readonly Direction[]>,
): Reading<readonly IoCounters[]> {
  return flatMapReading(bytes, (byteCounts) => {
    return flatMapReading(operations, (counts) => {
      const byDevice = new Map(counts.map((count) => [count.device, count]));
      return ok(
        byteCounts.map(({ device, read, write }) => ({
          device,
          readBytes: read,
          writeBytes: write,
          readOps: byDevice.get(device)?.read ?? 0,
          writeOps: byDevice.get(device)?.write ?? 0,
        })),
      );
    });
  });
}

/** v1 `blkio.throttle.{read,write}_{bps,iops}_device`: `8:0 1048576` per device that has a limit. */
export function parseThrottleDevices(text: string, path: string): Reading<ReadonlyMap<string, Limit>> {
  const limits = new Map<string, Limit>();
  for (const line of linesOf(text)) {
    const [device = '', word] = line.trimEnd().split(' ');
    const limit = limitOf(word);
    if (!DEVICE.test(device) || limit === null) {
      return garbled(path, line);
    }
    limits.set(device, limit);
  }
  return ok(limits);
}

/** The four throttle files of one group, in the order read bytes, write bytes, read operations, write operations. */
export function joinThrottles(files: readonly Reading<ReadonlyMap<string, Limit>>[]): Reading<readonly IoLimits[]> {
  const maps: ReadonlyMap<string, Limit>[] = [];
  for (const file of files) {
    if (file.status !== 'ok') {
      return file;
    }
    maps.push(file.value);
  }
  const devices = [...new Set(maps.flatMap((map) => [...map.keys()]))];
  const limit = (index: number, device: string): Limit => maps[index]?.get(device) ?? 'max';
  return ok(
    devices.map((device) => ({
      device,
      readBytesPerSecond: limit(0, device),
      writeBytesPerSecond: limit(1, device),
      readOpsPerSecond: limit(2, device),
      writeOpsPerSecond: limit(3, device),
    })),
  );
}

/** In the order of `IoLimits`. */
const THROTTLES = ['read_bps_device', 'write_bps_device', 'read_iops_device', 'write_iops_device'] as const;

/** The blkio files of one container: cgroup-v1/blkio-controller.rst. `_recursive` (5.0) also counts groups below. */
export function blkioFigures(host: Host, files: FileSet, place: Place, wanted: Figures): Live<CgroupSample['io']> {
  const { path, dir } = place.own;
  // A summary reads none of them, whatever they are called.
  const recursive =
    wanted === 'all' && host.stat(`${dir}/blkio.throttle.io_serviced_recursive`, 'unsupported').status === 'ok';
  const suffix = recursive ? '_recursive' : '';
  const bytes = files.slot(`${dir}/blkio.throttle.io_service_bytes${suffix}`, parseBlkioCounters);
  const operations = files.slot(`${dir}/blkio.throttle.io_serviced${suffix}`, parseBlkioCounters);
  const throttles = THROTTLES.map((name) =>
    files.slot(`${dir}/blkio.throttle.${name}`, parseThrottleDevices, 'setting'),
  );
  const file = `${dir}/blkio.throttle.${THROTTLES[0]}`;
  return () => ({
    devices: { reading: joinBlkio(bytes.read(), operations.read()), file: bytes.file },
    operationsFile: operations.file,
    limits: [{ path, file, reading: joinThrottles(throttles.map((slot) => slot.read())) }],
  });
}
