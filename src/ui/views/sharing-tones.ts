import type { Container } from '../../model/document/container.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { standing } from '../../present/namespace-letters.ts';
import type { Tone } from '../rows.ts';

const PAIRS: readonly Tone[] = ['pair1', 'pair2', 'pair3', 'pair4', 'pair5', 'pair6'];

const known = new WeakMap<object, ReadonlyMap<number, Tone>>();

/** A tone for each namespace inode that containers share: the same circle of containers has the same tone. */
export function sharingTones(snapshot: Snapshot): ReadonlyMap<number, Tone> {
  const before = known.get(snapshot.containers);
  if (before !== undefined) {
    return before;
  }
  const circles = new Map<number, string[]>();
  for (const container of snapshot.containers) {
    for (const inode of sharedInodes(container)) {
      circles.set(inode, [...(circles.get(inode) ?? []), container.id]);
    }
  }
  const names = Array.from(new Set(Array.from(circles.values(), (ids) => ids.sort().join(' ')))).sort();
  const tones = new Map<number, Tone>();
  for (const [inode, ids] of circles) {
    tones.set(inode, PAIRS[names.indexOf(ids.join(' ')) % PAIRS.length] ?? 'pair1');
  }
  known.set(snapshot.containers, tones);
  return tones;
}

function sharedInodes(container: Container): readonly number[] {
  return container.namespaces.flatMap((namespace) =>
    standing(namespace) === 'shared' && namespace.inode !== null ? [namespace.inode] : [],
  );
}
