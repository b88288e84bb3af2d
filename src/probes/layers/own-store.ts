import type { Problem } from '../../model/document/problem.ts';
import type { Host } from '../host.ts';
import { parseObject, readImageConfig, textOf } from './image-config.ts';
import type { StoreLayer, StoreLayers } from './store.ts';
import { isAbsent, storeProblem } from './store-problem.ts';

/** What a container of our own writes, and the layer below it with what we provide ourselves. */
const WRITABLE = /^(.*)\/containers\/[0-9a-f]{64}\/upper$/;
const OWN_LAYER = '/init';

export const ownLayer = /^(.*)\/layers\/([0-9a-f]{64})$/;

/** The state folder whose container has this writable branch. Null: it is not one of ours. */
export function ownRoot(topBranch: string): string | null {
  return WRITABLE.exec(topBranch)?.[1] ?? null;
}

export function isOwnInitLayer(topBranch: string, branch: string): boolean {
  return ownRoot(topBranch) !== null && branch === topBranch.replace(/\/upper$/, OWN_LAYER);
}

/**
 * The directories below the writable branch, top first. Seen through the ids of a user namespace (mount_setattr(2),
 * MOUNT_ATTR_IDMAP) a layer is a mount of its own that stands nowhere, and the overlay names each `/`: what they are says
 * the container's own record alone.
 */
export function ownLowers(host: Host, topBranch: string): readonly string[] | null {
  const directory = ownRoot(topBranch) === null ? null : topBranch.replace(/\/upper$/, '');
  const text = directory === null ? null : host.readText(`${directory}/config.json`, 'unsupported');
  const layers = text?.status === 'ok' ? parseObject(text.value)?.['layers'] : null;
  return Array.isArray(layers) && layers.every((layer) => typeof layer === 'string')
    ? [`${directory}${OWN_LAYER}`, ...layers]
    : null;
}

/**
 * What our own store tells of its layers, by their chain ids. `images.json` names the images with their chain ids, bottom
 * first; `blobs/sha256/<id>` is the configuration of each, with digests and history.
 */
export function readOwnLayers(host: Host, root: string): StoreLayers {
  const path = `${root}/images.json`;
  const what = 'the digests of the layers are unknown';
  const text = host.readText(path, 'unsupported');
  if (text.status !== 'ok') {
    // Without an image there is nothing to be known of: the container stands on a directory of somebody's own.
    const problems = isAbsent(text) ? [] : [storeProblem(text, path, what)];
    return { layers: new Map(), problems };
  }
  const images = parseObject(text.value)?.['images'];
  if (!Array.isArray(images)) {
    return { layers: new Map(), problems: [{ path, code: 'GARBLED', message: what, remedy: null }] };
  }
  const problems: Problem[] = [];
  const layers = new Map<string, StoreLayer>();
  for (const image of images) {
    addImage(host, root, image, layers, problems);
  }
  return { layers, problems };
}

const DIGEST = /^sha256:([0-9a-f]{64})$/;

function addImage(
  host: Host,
  root: string,
  image: { readonly id?: unknown; readonly layers?: unknown } | null,
  layers: Map<string, StoreLayer>,
  problems: Problem[],
): void {
  const hex = DIGEST.exec(textOf(image?.id) ?? '')?.[1];
  const chain = Array.isArray(image?.layers)
    ? image.layers.map((one) => DIGEST.exec(textOf(one) ?? '')?.[1] ?? '')
    : [];
  if (hex === undefined || chain.every((one) => layers.has(one))) {
    return;
  }
  const path = `${root}/blobs/sha256/${hex}`;
  const config = readImageConfig(host, path);
  if (config.status !== 'ok') {
    problems.push(storeProblem(config, path, 'the digests of layers and the instructions that made them are unknown'));
    return;
  }
  for (const [index, one] of chain.entries()) {
    layers.set(one, {
      digest: config.value.diffIds[index] ?? null,
      createdBy: config.value.createdBy[index] ?? null,
    });
  }
}
