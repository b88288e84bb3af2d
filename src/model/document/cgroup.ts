import { z } from 'zod';
import { bytes, count, figure, limit, text } from './figure.ts';

const cpuSchema = z.object({
  usageUs: figure,
  usageCores: figure.describe('Δusage / Δmonotonic clock; null until two samples were taken'),
  limitCores: limit.describe('the tightest quota/period over the group and its ancestors'),
  limitedBy: text.describe('the cgroup path that imposes the effective limit; null when "max"'),
  quotaUs: limit,
  periodUs: figure,
  burstUs: figure,
  shares: count.describe('v1: cpu.shares'),
  weight: count.describe('v2: cpu.weight'),
  cpus: text.describe('the effective cpuset, as the kernel writes it'),
  ofLimitPercent: figure,
  periods: count,
  throttledPeriods: count,
  throttledUs: figure,
  throttledPercent: figure.describe('Δthrottled periods / Δperiods; null until two samples were taken'),
  heldBackCores: figure.describe(
    'Δthrottled time / Δmonotonic clock: cores that it would have used beyond what it got; null until two samples were taken',
  ),
  lostUsPerThrottledPeriod: figure.describe(
    'Δthrottled time / Δthrottled periods; null until two samples were taken, and where no period was throttled',
  ),
});

const memorySchema = z.object({
  usageBytes: bytes,
  workingSetBytes: bytes.describe('usage without inactive file pages: what docker stats and the kubelet show'),
  anonBytes: bytes,
  fileBytes: bytes,
  inactiveFileBytes: bytes,
  kernelBytes: bytes,
  limitBytes: limit,
  limitedBy: text,
  ofLimitPercent: figure.describe('working set of the effective limit'),
  highBytes: limit,
  lowBytes: limit,
  softLimitBytes: limit,
  swapUsageBytes: bytes,
  swapLimitBytes: limit,
  oomKills: count,
  failCount: count,
});

const pidsSchema = z.object({ current: count, limit, limitedBy: text });

const ioSchema = z.object({
  readBytes: bytes,
  writeBytes: bytes,
  readOps: count,
  writeOps: count,
  readBytesPerSecond: figure.describe('null until two samples were taken'),
  writeBytesPerSecond: figure.describe('null until two samples were taken'),
  devices: z.array(
    z.object({ device: z.string(), readBytes: bytes, writeBytes: bytes, readOps: count, writeOps: count }),
  ),
  limits: z.array(
    z.object({
      device: z.string(),
      readBytesPerSecond: limit,
      writeBytesPerSecond: limit,
      readOpsPerSecond: limit,
      writeOpsPerSecond: limit,
    }),
  ),
});

const pressureLineSchema = z.object({ avg10: figure, avg60: figure, avg300: figure, totalUs: figure });
const pressureSchema = z.object({ some: pressureLineSchema.nullable(), full: pressureLineSchema.nullable() });

export const cgroupSchema = z.object({
  layout: z.enum(['legacy', 'hybrid', 'unified']),
  version: z.union([z.literal(1), z.literal(2)]),
  paths: z
    .record(z.string(), z.string())
    .describe('one key per v1 controller, `unified` for v2, `systemd` for name=systemd'),
  cpu: cpuSchema,
  memory: memorySchema,
  pids: pidsSchema,
  io: ioSchema,
  pressure: z
    .object({ cpu: pressureSchema.nullable(), memory: pressureSchema.nullable(), io: pressureSchema.nullable() })
    .nullable(),
  frozen: z.boolean().nullable(),
  files: z.record(z.string(), z.string()).describe('the file behind each figure: "memory.usageBytes" → path'),
  warnings: z
    .array(z.string())
    .describe('what the figures alone do not say: an ancestor with less room left, a usage taken from an ancestor'),
});

export type Cgroup = z.infer<typeof cgroupSchema>;
export type Pressure = z.infer<typeof pressureSchema>;
