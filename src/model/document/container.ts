import { z } from 'zod';
import { cgroupSchema } from './cgroup.ts';
import { text } from './figure.ts';
import { costSchema, lifeSchema, mountSchema, networkSchema, securitySchema, weakSchema } from './isolation.ts';
import { layersSchema } from './layers.ts';
import { containerNamespaceSchema } from './namespace.ts';
import { problemSchema } from './problem.ts';
import { containerProcessSchema, initSchema } from './process.ts';
import { procfsSchema } from './procfs.ts';

const engineSchema = z.enum([
  'docker',
  'podman',
  'containerd',
  'cri-o',
  'lxc',
  'nspawn',
  'kubernetes',
  'oci',
  'nsview',
  'unknown',
]);

const statusSchema = z.enum(['starting', 'running', 'paused', 'restarting', 'exited', 'created', 'dead']);

const exitSchema = z.object({
  code: z.int(),
  at: z.iso.datetime({ offset: true }).nullable(),
});

export const containerSchema = z.object({
  id: z.string().describe('full id of the engine, or "pid:PID@STARTTICKS" where no engine has one'),
  shortId: z.string(),
  name: text,
  image: text,
  engine: engineSchema,
  evidence: z.array(z.string()),
  status: statusSchema,
  startedAt: z.iso.datetime({ offset: true }).nullable(),
  init: initSchema.nullable(),
  processes: z.array(containerProcessSchema),
  namespaces: z.array(containerNamespaceSchema),
  cgroup: cgroupSchema.nullable(),
  layers: layersSchema.nullable(),
  mounts: z.array(mountSchema).nullable(),
  network: networkSchema.nullable(),
  security: securitySchema.nullable(),
  procfs: procfsSchema.nullable(),
  parent: text.describe('id of the container this one is nested in'),
  group: text.describe('pod, or compose project'),
  labels: z.record(z.string(), z.string()).nullable(),
  restartPolicy: text,
  exit: exitSchema.nullable(),
  life: lifeSchema,
  cost: costSchema,
  weak: z.array(weakSchema),
  problems: z.array(problemSchema),
});

export type Engine = z.infer<typeof engineSchema>;
export type Status = z.infer<typeof statusSchema>;
export type Container = z.infer<typeof containerSchema>;
