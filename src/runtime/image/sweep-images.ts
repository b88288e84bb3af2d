import { rmSync } from 'node:fs';
import { namesIn } from '../state/names-in.ts';
import { StateFailure } from '../state/state-failure.ts';
import { type Digest, hexOf } from './digest.ts';
import { type ImagePlaces, readImages, type StoredImage, writeImages } from './image-store.ts';
import { withImageLock } from './store-lock.ts';

/**
 * Removes built-in images that another of their name has replaced, and layers of no image, as long as no container stands
 * on them. `inUse`: directories of layers. What was swept, one line each; throws StateFailure.
 */
export function sweepImages(places: ImagePlaces, inUse: ReadonlySet<string>): readonly string[] {
  const first = leftIn(places, inUse);
  if (first.images.length === 0 && first.layers.length === 0) {
    return [];
  }
  try {
    return withImageLock(places, () => {
      const { images, layers, kept } = leftIn(places, inUse);
      // Nobody finds an image any more whose layers go.
      writeImages(places, kept);
      for (const { id } of images) {
        rmSync(`${places.blobs}/${hexOf(id)}`, { force: true });
      }
      for (const layer of layers) {
        rmSync(layer, { recursive: true, force: true });
      }
      return [
        ...images.map(({ id }) => `${hexOf(id).slice(0, 12)}: an image that was made anew`),
        ...(layers.length === 0
          ? []
          : [layers.length === 1 ? '1 layer of no image' : `${layers.length} layers of no image`]),
      ];
    });
  } catch (error) {
    throw StateFailure.of(places.root, error);
  }
}

type Left = {
  readonly images: readonly StoredImage[];
  /** Directories of layers that are none of the images kept. */
  readonly layers: readonly string[];
  readonly kept: readonly StoredImage[];
};

function leftIn(places: ImagePlaces, inUse: ReadonlySet<string>): Left {
  const placeOf = (hex: string) => `${places.layers}/${hex}`;
  const isLeft = ({ names, madeFrom, layers }: StoredImage) => {
    return names.length === 0 && madeFrom !== null && !isUsed(layers.at(-1));
  };
  const isUsed = (top: Digest | undefined) => top !== undefined && inUse.has(placeOf(hexOf(top)));
  const all = readImages(places);
  const images = all.filter(isLeft);
  const kept = all.filter((image) => !images.includes(image));
  const wanted = new Set(kept.flatMap(({ layers }) => layers.map((layer) => placeOf(hexOf(layer)))));
  const layers = namesIn(places.layers)
    .filter((name) => /^[0-9a-f]{64}$/.test(name))
    .map(placeOf)
    .filter((layer) => !wanted.has(layer) && !inUse.has(layer));
  return { images, layers, kept };
}
