import type { Host } from '../host.ts';
import { containerdLayers } from './containerd-snapshots.ts';
import { readDockerLayers } from './docker-layerdb.ts';
import { isOwnInitLayer, ownLayer, ownRoot, readOwnLayers } from './own-store.ts';
import { readStorageLayers } from './podman-storage.ts';
import type { StoreLayers } from './store.ts';

const DOCKER_OVERLAY = /^(.*)\/overlay2\/([^/]+)\/diff$/;
const DOCKER_AUFS = /^(.*)\/aufs\/diff\/([^/]+)$/;
const STORAGE = /^(.*)\/overlay\/([^/]+)\/diff$/;
const CONTAINERD = /^(.*\/io\.containerd\.snapshotter\.v1\.[^/]+)\/snapshots\/([^/]+)\/fs$/;

/** Where an engine keeps its layers, told by the path of one of them. `layer`: the name of its directory. */
export type Store =
  | { readonly kind: 'docker'; readonly driver: 'overlay2' | 'aufs'; readonly root: string; readonly layer: string }
  | { readonly kind: 'storage'; readonly root: string; readonly layer: string }
  | { readonly kind: 'containerd'; readonly root: string }
  | { readonly kind: 'own'; readonly root: string };

/**
 * Whose store a container's top branch is in, which holds wherever the engine's state directory was put. Null for
 * directories that no engine keeps.
 */
export function recogniseStore(topBranch: string): Store | null {
  for (const [driver, form] of [
    ['overlay2', DOCKER_OVERLAY],
    ['aufs', DOCKER_AUFS],
  ] as const) {
    const [, root, layer] = form.exec(topBranch) ?? [];
    if (root !== undefined && layer !== undefined) {
      return { kind: 'docker', driver, root, layer };
    }
  }
  const [, root, layer] = STORAGE.exec(topBranch) ?? [];
  if (root !== undefined && layer !== undefined) {
    return { kind: 'storage', root, layer };
  }
  const own = ownRoot(topBranch);
  if (own !== null) {
    return { kind: 'own', root: own };
  }
  const [, snapshotter] = CONTAINERD.exec(topBranch) ?? [];
  return snapshotter === undefined ? null : { kind: 'containerd', root: snapshotter };
}

/** What the store of a container's top branch knows of its layers; null where it is in none. */
export function storeOf(host: Host, topBranch: string, containerId: string | null): StoreLayers | null {
  const store = recogniseStore(topBranch);
  switch (store?.kind) {
    case 'docker':
      return readDockerLayers(host, store.root, store.driver, store.layer, containerId);
    case 'storage':
      return readStorageLayers(host, store.root, store.layer);
    case 'own':
      return readOwnLayers(host, store.root);
    case 'containerd':
      return containerdLayers(store.root);
    case undefined:
      return null;
  }
}

/** A short name of Docker's that could not be followed to its directory. */
const DOCKER_LINK = /\/overlay2\/l\/[A-Z0-9]{26}$/;

/**
 * Whether a branch is the layer in which Docker puts what it provides itself (/etc/hosts, /etc/resolv.conf): it is
 * right below the writable one and called `<writable>-init`. Containers of our own have such a layer too.
 */
export function isInitLayer(topBranch: string, branch: string, index: number): boolean {
  const top = layerDirectory(topBranch);
  if (index === 1 && isOwnInitLayer(topBranch, branch)) {
    return true;
  }
  return index === 1 && top !== null && (layerDirectory(branch) === `${top}-init` || DOCKER_LINK.test(branch));
}

/** The name of the directory that a store keeps a layer in. */
export function layerDirectory(branch: string): string | null {
  for (const form of [DOCKER_OVERLAY, DOCKER_AUFS, STORAGE, ownLayer]) {
    const name = form.exec(branch)?.[2];
    if (name !== undefined) {
      return name;
    }
  }
  return null;
}
