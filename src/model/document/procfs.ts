import { z } from 'zod';
import { figure, limit, text } from './figure.ts';

/**
 * `unlimited`: nothing limits it, so the host's figure is the container's. `misleading`: what is seen inside is not
 * what it may use.
 */
const verdictSchema = z.enum(['right', 'misleading', 'unlimited']);
const unitSchema = z.enum(['bytes', 'cpus', 'seconds', 'epochSeconds', 'load', 'processes']);

const factSchema = z.object({
  name: z.string(),
  seen: figure.describe('as the container’s own processes read it'),
  limits: figure.describe('as lxcfs would show it'),
  host: figure,
  unit: unitSchema,
  verdict: verdictSchema.nullable(),
  limit: limit.describe('what the control group allows'),
  better: figure.describe('where lxcfs itself is known to be wrong, or shows no figure of the container’s'),
  why: text,
});

const lineSchema = z.object({ label: z.string(), seen: text, limits: text, host: text });

const fileSchema = z.object({
  path: z.string(),
  cover: z
    .enum(['kernel', 'lxcfs', 'masked'])
    .describe('what answers inside: the kernel, an lxcfs, or something else that is mounted over it'),
  differs: z.boolean().nullable().describe('whether lxcfs would show anything else than what is seen'),
  lines: z.array(lineSchema).describe('the lines that differ, aligned'),
  facts: z.array(factSchema),
  problem: text,
});

const programSchema = z.object({
  name: z.string(),
  concludes: z.string(),
  value: figure,
  unit: unitSchema,
  verdict: verdictSchema.nullable(),
  rule: z.string(),
  source: z.string(),
});

export const procfsSchema = z.object({
  lxcfs: z.enum(['mounted', 'absent']),
  daemon: z
    .object({
      state: z.enum(['active', 'stale']),
      release: z.string(),
      flags: z.array(z.string()).nullable(),
      pid: z.int().nullable(),
    })
    .nullable()
    .describe('of the lxcfs that is mounted'),
  release: z.string().describe('of lxcfs, whose answers are in `limits`'),
  flags: z.array(z.string()),
  files: z.array(fileSchema),
  programs: z.array(programSchema).describe('what programs conclude from what they read'),
});

/** Of the command: with the texts that the comparison was made from. */
export const procfsOutputSchema = z.object({
  schema: z.literal('nsview/1'),
  id: z.string(),
  name: text,
  ...procfsSchema.shape,
  files: z.array(
    z.object({
      ...fileSchema.shape,
      seen: text,
      limits: text.describe('null where that release of lxcfs has no such file'),
      host: text,
    }),
  ),
});

export type Procfs = z.infer<typeof procfsSchema>;
export type ProcfsFile = Procfs['files'][number];
export type ProcfsFact = ProcfsFile['facts'][number];
export type ProcfsLine = z.infer<typeof lineSchema>;
export type ProcfsProgram = Procfs['programs'][number];
export type Verdict = z.infer<typeof verdictSchema>;
