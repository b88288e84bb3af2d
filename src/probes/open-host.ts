import type { Host, HostRoots } from './host.ts';
import { keptDescriptors } from './host-kept.ts';
import { nodeHost } from './host-node.ts';
import { hostPaths } from './host-paths.ts';

/** This machine, or a captured tree below other roots. */
export function openHost(roots: Partial<HostRoots> = {}): Host {
  return nodeHost(hostPaths(roots), keptDescriptors());
}
