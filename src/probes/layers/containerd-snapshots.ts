import type { Problem } from '../../model/document/problem.ts';
import type { StoreLayers } from './store.ts';

/**
 * containerd numbers its snapshots; which layer a number is stands in the snapshotter's metadata.db alone, a database
 * that the running daemon holds locked.
 */
export function containerdLayers(snapshotter: string): StoreLayers {
  return { layers: new Map(), problems: [lockedDatabase(snapshotter, 'the digests of the layers are unknown')] };
}

/** Why something of containerd's snapshots is unknown: `what` says which thing. */
export function lockedDatabase(snapshotter: string, what: string): Problem {
  const path = `${snapshotter}/metadata.db`;
  return { path, code: 'EAGAIN', message: `${what}: containerd holds the database that has them`, remedy: null };
}
