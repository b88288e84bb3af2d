import { existsSync } from 'node:fs';
import type { BuiltInName } from './built-in.ts';
import { type Digest, hexOf } from './digest.ts';
import { isUnchanged } from './host-file.ts';
import type { ImageConfig } from './image-config.ts';
import { ImageFailure } from './image-failure.ts';
import { type ImagePlaces, imagePlaces, readImageConfig, readImages, type StoredImage } from './image-store.ts';

/** An image that a container can stand on. */
export type ResolvedImage = {
  /** The digest of its configuration. */
  readonly id: Digest;
  /** As it was asked for. */
  readonly name: string;
  /** Directories of the host, top first. */
  readonly lowers: readonly string[];
  readonly config: ImageConfig;
};

const BUILT_IN: readonly BuiltInName[] = ['nsview/demo', 'nsview/union'];

/**
 * The image of this name (`nsview/demo`, with or without `:latest`) or id in the store below `root`. A built-in one is
 * made where it is missing, or where the host's tools are others by now. Throws ImageFailure where there is no such
 * image, StateFailure where the store cannot be used.
 */
export async function resolveImage(root: string, name: string): Promise<ResolvedImage> {
  const places = imagePlaces(root);
  const stored = find(readImages(places), name);
  const builtIn = BUILT_IN.find((one) => name === one || name === `${one}:latest`);
  if (builtIn === undefined) {
    if (stored === null) {
      throw new ImageFailure(name, 'there is no such image', `Built in are ${BUILT_IN.join(' and ')}.`);
    }
    return resolved(places, stored, name);
  }
  return resolved(places, stored !== null && isCurrent(places, stored) ? stored : await make(places, builtIn), name);
}

/** Whether `resolveImage` only has to look this image up. */
export function isImageMade(root: string, name: string): boolean {
  const places = imagePlaces(root);
  const stored = find(readImages(places), name);
  return stored !== null && isCurrent(places, stored);
}

/** What it is made with is loaded only then. */
async function make(places: ImagePlaces, name: BuiltInName): Promise<StoredImage> {
  const [{ makeImage }, { builtInRecipe }] = await Promise.all([import('./make-image.ts'), import('./built-in.ts')]);
  return makeImage(places, builtInRecipe(name, process.env['PATH']));
}

function isCurrent(places: ImagePlaces, { madeFrom, layers }: StoredImage): boolean {
  return (madeFrom ?? []).every(isUnchanged) && layers.every((chain) => existsSync(layerPlace(places, chain)));
}

function find(images: readonly StoredImage[], name: string): StoredImage | null {
  const tagged = /:[^/]*$/.test(name) ? name : `${name}:latest`;
  return images.find(({ id, names }) => names.includes(tagged) || id === name || hexOf(id) === name) ?? null;
}

function resolved(places: ImagePlaces, { id, layers }: StoredImage, name: string): ResolvedImage {
  return {
    id,
    name,
    lowers: layers.map((chain) => layerPlace(places, chain)).reverse(),
    config: readImageConfig(places, id),
  };
}

function layerPlace({ layers }: ImagePlaces, chain: Digest): string {
  return `${layers}/${hexOf(chain)}`;
}
