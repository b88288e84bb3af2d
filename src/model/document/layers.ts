import { z } from 'zod';
import { bytes, count, text } from './figure.ts';

const branchSchema = z.object({
  index: z.int().nonnegative(),
  role: z.enum(['rw', 'init', 'image', 'data']),
  access: z.enum(['rw', 'ro', 'ro+wh']),
  path: z.string(),
  digest: text,
  createdBy: text,
  files: count,
  bytes: bytes,
  whiteouts: count,
  containers: count.describe('running containers whose root file system it is a branch of'),
  images: count.describe('images of its engine’s store that have it as a layer, as the engine lists them'),
});

/** The branches of a root file system, top first. */
export const layersSchema = z.object({
  driver: z.enum(['overlay', 'aufs', 'fuse-overlayfs', 'none']),
  mountPoint: z.string(),
  source: text,
  options: z.record(z.string(), z.union([z.string(), z.literal(true)])),
  branches: z.array(branchSchema),
});

export type Branch = z.infer<typeof branchSchema>;
export type Layers = z.infer<typeof layersSchema>;
