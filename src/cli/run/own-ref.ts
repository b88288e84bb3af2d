import { shortId } from '../../model/container-id.ts';
import { type OwnContainer, readContainer } from '../../runtime/lifecycle/own-container.ts';
import { findOwn } from '../../runtime/state/find.ts';
import type { Store } from '../../runtime/state/store.ts';
import { requestFailed } from '../failure.ts';

/** A container of our own; null: this store has none that is called so. */
export function ownContainer(store: Store, ref: string): OwnContainer | null {
  const found = findOwn(store, ref);
  if (found.kind === 'many') {
    const ids = found.ids.map(shortId).join(', ');
    throw requestFailed(`container '${ref}'`, 'it can mean several', `Say which: ${ids}.`);
  }
  return found.kind === 'one' ? readContainer(store, found.id) : null;
}

export function requireOwn(store: Store, ref: string): OwnContainer {
  const container = ownContainer(store, ref);
  if (container === null) {
    throw requestFailed(
      `container '${ref}'`,
      'nsview made no such container',
      "Run 'nsview ps -a' to see all of them.",
    );
  }
  return container;
}
