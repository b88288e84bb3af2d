import type { Cgroup } from '../document/cgroup.ts';
import { tighter } from '../limit.ts';
import { ioRates } from './io-rates.ts';
import type { Ledger } from './ledger.ts';
import type { CgroupSample, IoCounters, IoLimits } from './sample.ts';

type CounterKey = 'readBytes' | 'writeBytes' | 'readOps' | 'writeOps';

const BYTES = [
  'io.readBytes',
  'io.writeBytes',
  'io.readBytesPerSecond',
  'io.writeBytesPerSecond',
  'io.devices',
] as const;
const OPERATIONS = ['io.readOps', 'io.writeOps'] as const;

/** Sums over the devices, and per device the tightest limit over the group and its ancestors. */
export function buildIo(sample: CgroupSample, previous: CgroupSample | null, ledger: Ledger): Cgroup['io'] {
  const { io } = sample;
  const devices = ledger.value(BYTES, io.devices);
  ledger.value(OPERATIONS, { reading: io.devices.reading, file: io.operationsFile });
  ledger.chain('io.limits', io.limits, null);
  const total = (key: CounterKey) => devices?.reduce((sum, device) => sum + device[key], 0) ?? null;
  const rates = ioRates(sample, previous);
  return {
    readBytes: total('readBytes'),
    writeBytes: total('writeBytes'),
    readOps: total('readOps'),
    writeOps: total('writeOps'),
    readBytesPerSecond: rates.readBytes,
    writeBytesPerSecond: rates.writeBytes,
    devices: devices?.map((device: IoCounters) => ({ ...device })) ?? [],
    limits: tightestByDevice(io.limits?.flatMap(({ reading }) => (reading.status === 'ok' ? reading.value : [])) ?? []),
  };
}

function tightestByDevice(limits: readonly IoLimits[]): IoLimits[] {
  const byDevice = new Map<string, IoLimits>();
  for (const limit of limits) {
    const known = byDevice.get(limit.device) ?? limit;
    byDevice.set(limit.device, {
      device: limit.device,
      readBytesPerSecond: tighter(known.readBytesPerSecond, limit.readBytesPerSecond),
      writeBytesPerSecond: tighter(known.writeBytesPerSecond, limit.writeBytesPerSecond),
      readOpsPerSecond: tighter(known.readOpsPerSecond, limit.readOpsPerSecond),
      writeOpsPerSecond: tighter(known.writeOpsPerSecond, limit.writeOpsPerSecond),
    });
  }
  return [...byDevice.values()];
}
