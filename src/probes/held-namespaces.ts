import type { NamespaceType } from '../model/document/namespace.ts';
import { NAMESPACE_TYPES } from '../model/namespaces/types.ts';
import type { ScannedProcess } from '../model/process.ts';
import { isKernelThread } from '../model/process.ts';
import { valueOr } from '../model/reading.ts';
import type { HeldNamespace } from '../model/sample.ts';
import type { Host } from './host.ts';
import { readMountinfo } from './proc/mountinfo.ts';

const NAMED = /^([a-z]+):\[(\d+)\]$/;

/**
 * Namespaces kept alive by a bind mount (fs type nsfs, its root field names it) or an open descriptor. Mount tables are
 * read once per mount namespace; descriptors of every process that lets us.
 */
export function readHeldNamespaces(host: Host, processes: readonly ScannedProcess[]): readonly HeldNamespace[] {
  return [...boundNamespaces(host, processes), ...openNamespaces(host, processes)];
}

function boundNamespaces(host: Host, processes: readonly ScannedProcess[]): HeldNamespace[] {
  const witnesses = new Map<number | 'own', number | 'self'>([['own', 'self']]);
  for (const { stat, namespaces } of processes) {
    const inode = namespaces.status === 'ok' ? namespaces.value.mnt : undefined;
    if (inode !== undefined && !witnesses.has(inode)) {
      witnesses.set(inode, stat.pid);
    }
  }
  const seen = new Map<string, HeldNamespace>();
  for (const pid of witnesses.values()) {
    for (const mount of valueOr(readMountinfo(host, pid), [])) {
      const named = mount.fsType === 'nsfs' ? parseNamed(mount.root) : null;
      if (named !== null && !seen.has(`${mount.root} ${mount.target}`)) {
        seen.set(`${mount.root} ${mount.target}`, { ...named, kind: 'bind', where: mount.target });
      }
    }
  }
  return [...seen.values()];
}

function openNamespaces(host: Host, processes: readonly ScannedProcess[]): HeldNamespace[] {
  const users = processes.filter(({ stat }) => !isKernelThread(stat) && stat.state !== 'Z');
  const groups = users.map(({ stat }) => ({
    dir: `/proc/${stat.pid}/fd`,
    files: [],
    links: valueOr(host.list(`/proc/${stat.pid}/fd`, 'gone'), []),
  }));
  const held: HeldNamespace[] = [];
  for (const [index, answer] of host.readGroups(groups).entries()) {
    for (const [position, link] of answer.links.entries()) {
      const named = link.status === 'ok' ? parseNamed(link.value) : null;
      if (named !== null) {
        held.push({ ...named, kind: 'fd', where: `${groups[index]?.dir}/${groups[index]?.links[position]}` });
      }
    }
  }
  return held;
}

function parseNamed(text: string): { readonly type: NamespaceType; readonly inode: number } | null {
  const match = NAMED.exec(text);
  const type = NAMESPACE_TYPES.find((name) => name === match?.[1]);
  return type === undefined ? null : { type, inode: Number(match?.[2]) };
}
