import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { StateFailure } from '../state/state-failure.ts';
import type { Recipe } from './built-in.ts';
import { type Digest, hexOf } from './digest.ts';
import type { ImageConfig } from './image-config.ts';
import {
  type ImagePlaces,
  makeImagePlaces,
  readImages,
  type StoredImage,
  writeDurably,
  writeImages,
} from './image-store.ts';
import { type LayerEntry, orderEntries } from './layer-entry.ts';
import { chainIds, sha256 } from './sha256.ts';
import { withImageLock } from './store-lock.ts';
import { tarOf } from './tar.ts';
import { syncToDisk, writeTree } from './write-tree.ts';

/** Drafts of layers; whoever has the lock may remove those that others left. */
const DRAFT = '.tmp-';

/** The same on every host: what was made when says nothing about what it is. */
const EPOCH = '1970-01-01T00:00:00Z';

/**
 * Puts a built-in image into the store and gives it its name. Layers and images that are there already are kept. Throws
 * StateFailure.
 */
export function makeImage(places: ImagePlaces, recipe: Recipe): StoredImage {
  const layers = recipe.steps.flatMap(({ entries }) => (entries === null ? [] : [orderEntries(entries)]));
  const diffIds = layers.map((entries) => sha256(tarOf(entries)));
  const chain = chainIds(diffIds);
  const config = JSON.stringify(configOf(recipe, diffIds));
  const image: StoredImage = {
    id: sha256(config),
    names: [`${recipe.name}:latest`],
    layers: chain,
    madeFrom: recipe.files,
  };
  try {
    makeImagePlaces(places);
    return withImageLock(places, () => {
      removeDrafts(places);
      for (const [index, entries] of layers.entries()) {
        storeLayer(places, chain[index] ?? image.id, entries);
      }
      writeDurably(`${places.blobs}/${hexOf(image.id)}`, config);
      syncToDisk(places.blobs);
      writeImages(places, withImage(readImages(places), image));
      return image;
    });
  } catch (error) {
    throw StateFailure.of(places.root, error);
  }
}

function configOf({ steps, env, command }: Recipe, diffIds: readonly Digest[]): ImageConfig {
  return {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    created: EPOCH,
    config: { Env: env, Cmd: command, WorkingDir: '/' },
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: steps.map(({ createdBy, entries }) => ({
      created: EPOCH,
      created_by: createdBy,
      ...(entries === null ? { empty_layer: true } : {}),
    })),
  };
}

/** A layer is there whole or not at all. */
function storeLayer({ layers }: ImagePlaces, chain: Digest, entries: readonly LayerEntry[]): void {
  const place = `${layers}/${hexOf(chain)}`;
  if (existsSync(place)) {
    return;
  }
  const draft = mkdtempSync(`${layers}/${DRAFT}`);
  try {
    const tree = `${draft}/tree`;
    mkdirSync(tree);
    writeTree(tree, entries);
    renameSync(tree, place);
    syncToDisk(layers);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function removeDrafts({ layers }: ImagePlaces): void {
  for (const name of readdirSync(layers).filter((one) => one.startsWith(DRAFT))) {
    rmSync(`${layers}/${name}`, { recursive: true, force: true });
  }
}

/** A name belongs to one image; the one that had it stays, for containers that run on its layers. */
function withImage(images: readonly StoredImage[], image: StoredImage): readonly StoredImage[] {
  const others = images.filter(({ id }) => id !== image.id);
  const same = images.find(({ id }) => id === image.id);
  const names = [...new Set([...(same?.names ?? []), ...image.names])];
  return [
    ...others.map((other) => ({ ...other, names: other.names.filter((name) => !names.includes(name)) })),
    { ...image, names },
  ];
}
