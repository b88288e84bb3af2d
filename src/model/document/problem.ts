import { z } from 'zod';

/** Why something is unknown: which path, which errno, what to do about it. */
export const problemSchema = z.object({
  path: z.string(),
  code: z.string().describe('EACCES, EPERM, ENOENT, … or GARBLED for a line that could not be understood'),
  message: z.string(),
  remedy: z.string().nullable(),
});

export type Problem = z.infer<typeof problemSchema>;
