import { z } from 'zod';
import { bytes, count, text } from './figure.ts';

const schema = z.literal('nsview/1');
const kind = z.enum(['file', 'dir', 'symlink', 'char', 'block', 'fifo', 'socket']);
const versionKind = z.enum([...kind.options, 'whiteout', 'opaque']);

const versionSchema = z.object({
  index: z.int().nonnegative(),
  kind: versionKind,
  path: z
    .string()
    .describe('in the branch: after a rename not the same as in the union; of a whiteout what it stands at'),
  mode: text.describe('octal; null of what hides the path from a directory above it'),
  uid: count,
  gid: count,
  bytes: bytes,
  modifiedAt: text,
  merged: z.boolean().describe('a directory whose entries are seen together with those of the providing one'),
});

/** What the union of one container has at one path, whatever is mounted over it. */
export const layersPathSchema = z.object({
  schema,
  id: z.string(),
  name: text,
  path: z.string(),
  kind: z.enum([...kind.options, 'deleted']),
  providedBy: count.describe('index of the branch; null of a deleted path'),
  dataFrom: count.describe('index of the branch that has the contents, where the providing one has only the metadata'),
  state: z.enum(['added', 'changed', 'deleted', 'within']).nullable().describe('what the writable branch did'),
  provided: versionSchema.nullable(),
  shadows: z.array(versionSchema),
  mountedOver: z.object({ source: z.string(), kind: z.string(), target: z.string() }).nullable(),
});

export const diffSchema = z.object({
  schema,
  id: z.string(),
  changes: z.array(z.object({ kind: z.enum(['A', 'C', 'D']), path: z.string() })),
});

export type LayersPath = z.infer<typeof layersPathSchema>;
export type PathVersion = z.infer<typeof versionSchema>;
