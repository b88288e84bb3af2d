import type { Problem } from '../../model/document/problem.ts';
import type { LayersSample } from '../../model/layers/sample.ts';
import { garbled, mapReading, ok, type Reading, valueOr } from '../../model/reading.ts';
import type { Steps } from '../../model/steps.ts';
import type { Host } from '../host.ts';
import { lockedDatabase } from './containerd-snapshots.ts';
import { objectOf, parseObject, parseObjects, readImageConfig, textOf } from './image-config.ts';
import { readLayerIndex } from './podman-storage.ts';
import { layerDirectory, recogniseStore, type Store } from './recognise-store.ts';
import { isAbsent, storeProblem } from './store-problem.ts';

/** How many images of the store have a layer, by the name of its directory; what is missing has none. */
export type ImageCounts = ReadonlyMap<string, number>;

const WHAT = 'it is unknown how many images have the layers';
const MAX_LAYERS = 1024;

/** The digests of an image's layers by the path of its configuration, which is called by the hash of what is in it. */
export type KnownImages = Map<string, readonly string[]>;

/**
 * Counts the images of the store that a container's layers are in, as the engine lists them: without those that are but
 * a step on the way to another. Or says why that is unknown. No
 * configuration in `known` is read again, and those are forgotten that are no more.
 */
export function* countImages(host: Host, layers: LayersSample, known: KnownImages): Steps<ImageCounts | Problem> {
  const top = layers.branches[0]?.path ?? '';
  const store = recogniseStore(top);
  switch (store?.kind) {
    case 'docker':
      return yield* countDockerImages(host, store, layers, known);
    case 'storage':
      return countStorageImages(host, store.root);
    case 'own':
      return countOwnImages(host, store.root);
    case 'containerd':
      return lockedDatabase(store.root, WHAT);
    case undefined:
      return { path: top, code: 'ENOENT', message: `${WHAT}: this is no directory of a store`, remedy: null };
  }
}

const DIGEST = /^sha256:([0-9a-f]{64})$/;

/**
 * Docker's `imagedb/content/sha256/<id>` has the digests of an image's layers, bottom first: what it has in common with
 * the container's, from the bottom on, are the same layers (the chain ids of layerdb). An image without a name that
 * another one names as its parent is a step on the way.
 */
function* countDockerImages(
  host: Host,
  { root, driver }: Extract<Store, { kind: 'docker' }>,
  { branches }: LayersSample,
  known: KnownImages,
): Steps<ImageCounts | Problem> {
  const chain = branches.filter(({ role }) => role === 'image').toReversed();
  const broken = chain.find(({ digest }) => digest === null);
  if (broken !== undefined) {
    return { path: broken.path, code: 'ENOENT', message: `${WHAT}: its digest is unknown`, remedy: null };
  }
  const images = `${root}/image/${driver}`;
  const content = `${images}/imagedb/content/sha256`;
  const ids = host.list(content, 'unsupported');
  if (ids.status !== 'ok') {
    return storeProblem(ids, content, WHAT);
  }
  const present = new Set(ids.value.map((id) => `${content}/${id}`));
  for (const path of [...known.keys()].filter((each) => !present.has(each))) {
    known.delete(path);
  }
  const names = `${images}/repositories.json`;
  const named = namedImages(host, names);
  if (named.status !== 'ok') {
    return storeProblem(named, names, WHAT);
  }
  const found: { readonly id: string; readonly depth: number }[] = [];
  const parents = new Set<string>();
  for (const id of ids.value) {
    const path = `${content}/${id}`;
    const config = diffIdsOf(host, path, known);
    // An image that was removed meanwhile is none.
    if (config.status !== 'ok' && !isAbsent(config)) {
      return storeProblem(config, path, WHAT);
    }
    const parentPath = `${images}/imagedb/metadata/sha256/${id}/parent`;
    const parent = host.readText(parentPath, 'unsupported');
    if (parent.status === 'ok') {
      parents.add(parent.value.trim());
    } else if (!isAbsent(parent)) {
      return storeProblem(parent, parentPath, WHAT);
    }
    const diffs = valueOr(config, []);
    const differs = chain.findIndex(({ digest }, at) => digest !== diffs[at]);
    found.push({ id: `sha256:${id}`, depth: differs < 0 ? chain.length : differs });
    yield;
  }
  const listed = found.filter(({ id }) => named.value.has(id) || !parents.has(id));
  return new Map(
    chain.map(({ path }, at) => [layerDirectory(path) ?? path, listed.filter(({ depth }) => depth > at).length]),
  );
}

function diffIdsOf(host: Host, path: string, known: KnownImages): Reading<readonly string[]> {
  const diffs = known.get(path);
  if (diffs !== undefined) {
    return ok(diffs);
  }
  const read = mapReading(readImageConfig(host, path), ({ diffIds }) => diffIds);
  if (read.status === 'ok') {
    known.set(path, read.value);
  }
  return read;
}

/** The ids behind all names: `{"Repositories": {NAME: {NAME:TAG: ID}}}`. Without the file there are none. */
function namedImages(host: Host, path: string): Reading<ReadonlySet<string>> {
  const text = host.readText(path, 'unsupported');
  if (text.status !== 'ok') {
    return isAbsent(text) ? ok(new Set()) : text;
  }
  const repositories = objectOf(parseObject(text.value)?.['Repositories']);
  if (repositories === null) {
    return garbled(path, text.value);
  }
  const names = Object.values(repositories).flatMap((those) => Object.values(objectOf(those) ?? {}));
  return ok(new Set(names.filter((id) => typeof id === 'string')));
}

/**
 * `overlay-images/images.json` of containers/storage names the top layer of each image, also where it was written once
 * more for other ids; the layers below it are its parents.
 */
function countStorageImages(host: Host, root: string): ImageCounts | Problem {
  const problems: Problem[] = [];
  const index = readLayerIndex(host, root, problems, WHAT);
  const path = `${root}/overlay-images/images.json`;
  const text = host.readText(path, 'unsupported');
  const entries = text.status === 'ok' ? parseObjects(text.value) : null;
  if (text.status !== 'ok') {
    return storeProblem(text, path, WHAT);
  }
  const [problem] = problems;
  if (entries === null || problem !== undefined) {
    return problem ?? { path, code: 'GARBLED', message: WHAT, remedy: null };
  }
  const images = entries.map((entry) => {
    const mapped = Array.isArray(entry['mapped-layers']) ? entry['mapped-layers'] : [];
    const tops = [entry['layer'], ...mapped].map(textOf).filter((top) => top !== null);
    const names = Array.isArray(entry['names']) ? entry['names'] : [];
    const layers = new Set(tops.flatMap((top) => [...chainOf(top, (id) => index.get(id)?.parent ?? null)]));
    return { top: tops[0] ?? null, isNamed: names.length > 0, layers };
  });
  const listed = images.filter(
    (image) =>
      image.isNamed ||
      !images.some(
        (other) =>
          other !== image &&
          image.top !== null &&
          other.layers.has(image.top) &&
          (other.isNamed || other.top !== image.top),
      ),
  );
  return countEach(listed.map(({ layers }) => layers));
}

function* chainOf(top: string, parentOf: (id: string) => string | null): Generator<string> {
  for (let [at, left]: [string | null, number] = [top, MAX_LAYERS]; at !== null && left > 0; left -= 1) {
    yield at;
    at = parentOf(at);
  }
}

/** `images.json` of our own store has each image with its chain ids, by which their directories are called. */
function countOwnImages(host: Host, root: string): ImageCounts | Problem {
  const path = `${root}/images.json`;
  const text = host.readText(path, 'unsupported');
  if (text.status !== 'ok') {
    return isAbsent(text) ? new Map() : storeProblem(text, path, WHAT);
  }
  const images = parseObject(text.value)?.['images'];
  if (!Array.isArray(images)) {
    return { path, code: 'GARBLED', message: WHAT, remedy: null };
  }
  return countEach(
    images.map((image: { readonly layers?: unknown } | null) => {
      const chain = Array.isArray(image?.layers) ? image.layers : [];
      return new Set(chain.map((one) => DIGEST.exec(textOf(one) ?? '')?.[1] ?? '').filter((one) => one !== ''));
    }),
  );
}

function countEach(images: readonly ReadonlySet<string>[]): ImageCounts {
  const counts = new Map<string, number>();
  for (const layers of images) {
    for (const layer of layers) {
      counts.set(layer, (counts.get(layer) ?? 0) + 1);
    }
  }
  return counts;
}
