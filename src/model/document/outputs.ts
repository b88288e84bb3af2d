import { z } from 'zod';
import { cgroupSchema } from './cgroup.ts';
import { containerSchema } from './container.ts';
import { bytes, count, figure, limit, text } from './figure.ts';
import { costSchema } from './isolation.ts';
import { layersSchema } from './layers.ts';
import { hostNamespaceSchema } from './namespace.ts';
import { problemSchema } from './problem.ts';
import { containerProcessSchema } from './process.ts';

const schema = z.literal('nsview/1');

const hostSchema = z.object({
  name: z.string(),
  kernel: z.string(),
  layout: z.enum(['legacy', 'hybrid', 'unified', 'none']),
  cpus: z.int(),
  memoryBytes: bytes,
  processes: z.int(),
  threads: count,
  containers: z.int(),
  cost: costSchema.describe('of all running containers together'),
  bootedAt: text,
  self: z.object({ cpuCores: figure, rssBytes: bytes }),
  notices: z
    .array(problemSchema)
    .describe('what hides containers or figures from us: rights, hidepid, an own cgroup namespace, a silent engine'),
});

export const psSchema = z.object({ schema, host: hostSchema, containers: z.array(containerSchema) });
export const inspectSchema = z.object({ schema, ...containerSchema.shape });
export const nsSchema = z.object({ schema, namespaces: z.array(hostNamespaceSchema) });
export const cgroupOutputSchema = z.object({ schema, id: z.string(), name: text, cgroup: cgroupSchema.nullable() });
export const layersOutputSchema = z.object({ schema, id: z.string(), name: text, layers: layersSchema.nullable() });
export const topSchema = z.object({ schema, id: z.string(), processes: z.array(containerProcessSchema) });

export const statsSchema = z.object({
  schema,
  at: z.iso.datetime(),
  containers: z.array(
    z.object({
      id: z.string(),
      name: text,
      cpuCores: figure,
      cpuOfLimitPercent: figure,
      throttledPercent: figure,
      workingSetBytes: bytes,
      memoryOfLimitPercent: figure,
      pids: count,
      readBytesPerSecond: figure,
      writeBytesPerSecond: figure,
      rxBytesPerSecond: figure,
      txBytesPerSecond: figure,
      cpuLimitCores: limit,
      heldBackCores: figure.describe('cores that it would have used beyond what it got'),
      lostUsPerThrottledPeriod: figure,
      usageBytes: bytes,
      anonBytes: bytes,
      fileBytes: bytes,
      memoryLimitBytes: limit,
      pidsLimit: limit,
      cpuPressurePercent: figure.describe('of the last ten seconds: the share in which something in it waited'),
      memoryPressurePercent: figure,
      ioPressurePercent: figure,
    }),
  ),
});

export const doctorSchema = z.object({
  schema,
  checks: z.array(z.object({ id: z.string(), ok: z.boolean().nullable(), what: z.string(), remedy: text })),
});

export type HostSummary = z.infer<typeof hostSchema>;
export type StatsLine = z.infer<typeof statsSchema>;
export type DoctorCheck = z.infer<typeof doctorSchema>['checks'][number];
