import type { HostNamespace, NamespaceHolder, NamespaceType } from '../document/namespace.ts';
import type { NamespaceInput } from './container-namespaces.ts';
import { NAMESPACE_TYPES } from './types.ts';

type Found = {
  readonly type: NamespaceType;
  readonly inode: number;
  readonly processes: number[];
  readonly containers: Set<string>;
  readonly heldBy: NamespaceHolder[];
};

/**
 * Every namespace of the host, by type and inode, with the processes and containers in it. One that no process is in
 * names the descriptors and bind mounts that keep it alive. A process that only joined a container does not bring its
 * other namespaces with it. Empty where nobody asked: there are thousands.
 */
export function hostNamespaces({ sample, byPid, containerOf, refs }: NamespaceInput): readonly HostNamespace[] {
  if (sample.held === null) {
    return [];
  }
  const byType = new Map(NAMESPACE_TYPES.map((type) => [type, new Map<number, Found>()]));
  for (const [pid, { namespaces }] of byPid) {
    if (namespaces.status !== 'ok') {
      continue;
    }
    const container = containerOf.get(pid);
    for (const type of NAMESPACE_TYPES) {
      const inode = namespaces.value[type];
      if (inode !== undefined) {
        const found = entryOf(byType, type, inode);
        found.processes.push(pid);
        if (container !== undefined) {
          found.containers.add(container);
        }
      }
    }
  }
  for (const { type, inode, kind, where } of sample.held) {
    const found = entryOf(byType, type, inode);
    if (found.processes.length === 0) {
      found.heldBy.push({ kind, where });
    }
  }
  return NAMESPACE_TYPES.flatMap((type) => {
    const initial = sample.host.namespaces[type];
    const entries = [...(byType.get(type)?.values() ?? [])].sort((one, other) => one.inode - other.inode);
    return entries.map(({ inode, processes, containers, heldBy }): HostNamespace => {
      const facts = sample.namespaceFacts[`${type}:${inode}`];
      return {
        type,
        inode,
        initial: initial === undefined ? null : inode === initial,
        processes: processes.sort((one, other) => one - other),
        containers: [...containers].map((key) => refs.get(key) ?? key),
        heldBy,
        parent: facts?.parent ?? null,
        owner: facts?.owner ?? null,
        ownerUid: facts?.ownerUid ?? null,
      };
    });
  });
}

function entryOf(byType: ReadonlyMap<NamespaceType, Map<number, Found>>, type: NamespaceType, inode: number): Found {
  const known = byType.get(type)?.get(inode);
  if (known !== undefined) {
    return known;
  }
  const found: Found = { type, inode, processes: [], containers: new Set(), heldBy: [] };
  byType.get(type)?.set(inode, found);
  return found;
}
