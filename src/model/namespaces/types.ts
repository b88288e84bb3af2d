import type { NamespaceType } from '../document/namespace.ts';
import type { NamespaceInodes } from '../process.ts';

/** In the order of namespaces(7). */
export const NAMESPACE_TYPES: readonly NamespaceType[] = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'];

/** Whether the kernel knows a type: then the host has one of it. A type that is unknown to an old kernel isolates nobody. */
export function isKnownType(type: NamespaceType, host: NamespaceInodes): boolean {
  return host[type] !== undefined || Object.keys(host).length === 0;
}
