import type { Container } from '../model/document/container.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { requestFailed } from './failure.ts';

/** The container that a REF means: its exact id, or whatever the rules of REF find. */
export function findContainer({ containers }: Snapshot, ref: string): Container {
  const exact = containers.find(({ id }) => id === ref);
  if (exact === undefined) {
    throw requestFailed(`container '${ref}'`, 'no such container', "Run 'nsview ps -a' to see them.");
  }
  return exact;
}
