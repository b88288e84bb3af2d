import { z } from 'zod';
import { bytes, count, figure, text } from './figure.ts';

/** The process that the container lives and dies with. `nsPids`: from the host's pid namespace inwards. */
export const initSchema = z.object({
  pid: z.int(),
  startTicks: z.int(),
  nsPids: z.array(z.int()),
  comm: z.string(),
  argv: z.array(z.string()).nullable(),
  uid: count,
});

export const containerProcessSchema = z.object({
  pid: z.int(),
  ppid: z.int(),
  nsPids: z.array(z.int()),
  comm: z.string(),
  argv: z.array(z.string()).nullable(),
  state: z.string().describe('one letter, as proc(5) has it'),
  threads: z.int(),
  rssBytes: bytes,
  pssBytes: bytes.describe('of pages shared with other processes its part alone; null unless it was asked for'),
  cpuSeconds: figure,
  cpuCores: figure.describe('of the last interval; null until two samples were taken'),
  uid: count.describe('as the host sees it'),
  insideUid: count.describe('as its user namespace sees it'),
  cgroup: text.describe('where it is below the container’s own group; "" for the group itself'),
  joined: z.boolean().describe('entered from outside by hand (nsenter): in its namespaces, not in its groups'),
});

export type Init = z.infer<typeof initSchema>;
export type ContainerProcess = z.infer<typeof containerProcessSchema>;
