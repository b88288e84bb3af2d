import type { NamespaceType } from '../model/document/namespace.ts';
import type { ScannedProcess } from '../model/process.ts';
import { valueOr } from '../model/reading.ts';
import type { HeldNamespace, NamespaceKinship } from '../model/sample.ts';
import type { Host } from './host.ts';

const UNKNOWN: NamespaceKinship = { parent: null, owner: null, ownerUid: null, uniqueId: null };

/** Parent, owner and unique id of every namespace there is, asked once each through any way that leads to it. */
export function readKinships(
  host: Host,
  processes: readonly ScannedProcess[],
  held: readonly HeldNamespace[],
): { readonly [typeAndInode: string]: NamespaceKinship } {
  const ways = new Map<string, string>();
  for (const { stat, namespaces } of processes) {
    for (const [type, inode] of Object.entries(valueOr(namespaces, {})) as [NamespaceType, number][]) {
      const key = `${type}:${inode}`;
      if (!ways.has(key)) {
        ways.set(key, `/proc/${stat.pid}/ns/${type}`);
      }
    }
  }
  for (const { type, inode, where } of held) {
    const key = `${type}:${inode}`;
    if (!ways.has(key)) {
      ways.set(key, where);
    }
  }
  const facts = host.namespaceFactsMany([...ways.values()]);
  return Object.fromEntries(
    [...ways.keys()].map((key, index) => [key, valueOr(facts[index] ?? { status: 'gone' }, UNKNOWN)]),
  );
}
