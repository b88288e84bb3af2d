import { z } from 'zod';
import { count } from './figure.ts';

const namespaceTypeSchema = z.enum(['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts']);

/** One of the eight views of a container. */
export const containerNamespaceSchema = z.object({
  type: namespaceTypeSchema,
  inode: count,
  isolated: z.boolean().nullable().describe('differs from that of the host’s PID 1'),
  sharedWith: z.array(z.string()).describe('REFs of the others that are in it; "host" where it is the host’s'),
  parent: count,
  owner: count.describe('inode of the owning user namespace'),
});

const namespaceHolderSchema = z.object({
  kind: z.enum(['process', 'fd', 'bind']),
  where: z.string(),
});

/** One namespace of the host, as `ns` lists it. */
export const hostNamespaceSchema = z.object({
  type: namespaceTypeSchema,
  inode: z.int(),
  initial: z.boolean().nullable(),
  processes: z.array(z.int()),
  containers: z.array(z.string()),
  heldBy: z.array(namespaceHolderSchema),
  parent: count,
  owner: count,
  ownerUid: count,
});

export type NamespaceType = z.infer<typeof namespaceTypeSchema>;
export type ContainerNamespace = z.infer<typeof containerNamespaceSchema>;
export type NamespaceHolder = z.infer<typeof namespaceHolderSchema>;
export type HostNamespace = z.infer<typeof hostNamespaceSchema>;
