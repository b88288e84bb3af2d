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

/**
 * Whose store a container's top branch is in, told by its path, which holds wherever the engine's state directory was
 * put; and what that store knows. Null for directories that no engine keeps.
 */
export function storeOf(host: Host, topBranch: string, containerId: string | null): StoreLayers | null {
  const [, overlayRoot, overlayId] = DOCKER_OVERLAY.exec(topBranch) ?? [];
  if (overlayRoot !== undefined && overlayId !== undefined) {
    return readDockerLayers(host, overlayRoot, 'overlay2', overlayId, containerId);
  }
  const [, aufsRoot, aufsId] = DOCKER_AUFS.exec(topBranch) ?? [];
  if (aufsRoot !== undefined && aufsId !== undefined) {
    return readDockerLayers(host, aufsRoot, 'aufs', aufsId, containerId);
  }
  const [, storageRoot, layerId] = STORAGE.exec(topBranch) ?? [];
  if (storageRoot !== undefined && layerId !== undefined) {
    return readStorageLayers(host, storageRoot, layerId);
  }
  const root = ownRoot(topBranch);
  if (root !== null) {
    return readOwnLayers(host, root);
  }
  const [, snapshotter] = CONTAINERD.exec(topBranch) ?? [];
  return snapshotter === undefined ? null : containerdLayers(snapshotter);
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
