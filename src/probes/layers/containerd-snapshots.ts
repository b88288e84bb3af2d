import type { StoreLayers } from './store.ts';

/**
 * containerd numbers its snapshots; which layer a number is stands in the snapshotter's metadata.db alone, a database
 * that the running daemon holds locked.
 */
export function containerdLayers(snapshotter: string): StoreLayers {
  return {
    layers: new Map(),
    problems: [
      {
        path: `${snapshotter}/metadata.db`,
        code: 'EAGAIN',
        message: 'the digests of the layers are unknown: containerd holds the database that has them',
        remedy: null,
      },
    ],
  };
}
