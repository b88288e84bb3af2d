import type { NamespaceType } from '../document/namespace.ts';

/** In the order of namespaces(7). */
export const NAMESPACE_TYPES: readonly NamespaceType[] = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'];
