import { z } from 'zod';
import { bytes, count, text } from './figure.ts';

export const mountSchema = z.object({
  target: z.string(),
  source: z.string(),
  fsType: z.string(),
  options: z.array(z.string()),
  propagation: z.string(),
  kind: z.enum(['bind', 'volume', 'tmpfs', 'rootfs', 'kernel', 'masked']),
});

const interfaceSchema = z.object({
  name: z.string(),
  addresses: z.array(z.string()),
  rxBytes: bytes,
  txBytes: bytes,
  rxPackets: count,
  txPackets: count,
  rxErrors: count,
  txErrors: count,
  rxDropped: count,
  txDropped: count,
});

const portSchema = z.object({ host: text, container: z.int(), protocol: z.string() });

export const networkSchema = z.object({
  interfaces: z.array(interfaceSchema),
  ports: z.array(portSchema),
});

const idMapSchema = z.object({ inside: z.int(), outside: z.int(), count: z.int() });

const riskSchema = z.object({
  id: z.string(),
  severity: z.enum(['high', 'medium', 'low']),
  what: z.string(),
  why: z.string(),
});

export const securitySchema = z.object({
  privileged: z.boolean().nullable(),
  capabilities: z.object({ effective: z.array(z.string()), bounding: z.array(z.string()) }).nullable(),
  seccomp: z.enum(['disabled', 'strict', 'filter']).nullable(),
  noNewPrivileges: z.boolean().nullable(),
  lsm: text,
  uidMap: z.array(idMapSchema),
  gidMap: z.array(idMapSchema),
  rootless: z.boolean().nullable(),
  risks: z.array(riskSchema),
});

/** Which process is PID 1 inside, and what it leaves undone. */
export const lifeSchema = z.object({
  role: z.enum(['application', 'shell', 'init', 'pause', 'none', 'unknown']),
  says: z.string().describe('in words: what ends the container, and what does not'),
  zombies: z.int().nonnegative(),
});

/** What the container costs the kernel. */
export const costSchema = z.object({
  processes: z.int(),
  threads: z.int(),
  memoryBytes: bytes,
  kernelBytes: bytes,
  namespaces: count.describe('namespaces that are its own; null where some could not be read'),
  mounts: count,
  cgroups: count,
});

/** What is not isolated, said in words. */
export const weakSchema = z.object({ id: z.string(), says: z.string() });

export type Mount = z.infer<typeof mountSchema>;
export type NetworkInterface = z.infer<typeof interfaceSchema>;
export type Port = z.infer<typeof portSchema>;
export type Network = z.infer<typeof networkSchema>;
export type IdMap = z.infer<typeof idMapSchema>;
export type Risk = z.infer<typeof riskSchema>;
export type Security = z.infer<typeof securitySchema>;
export type Life = z.infer<typeof lifeSchema>;
export type Cost = z.infer<typeof costSchema>;
export type Weakness = z.infer<typeof weakSchema>;
