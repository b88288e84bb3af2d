import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { makeDirectories } from '../state/make-directories.ts';
import { StateFailure } from '../state/state-failure.ts';
import { type Digest, hexOf } from './digest.ts';
import type { HostFile } from './host-file.ts';
import type { ImageConfig } from './image-config.ts';
import { syncToDisk } from './write-tree.ts';

/** One image of the store's `images.json`. */
export type StoredImage = {
  /** The digest of its configuration, which is `blobs/sha256/<hex>`. */
  readonly id: Digest;
  /** `repository:tag`; an image whose names all went to another one has none. */
  readonly names: readonly string[];
  /** Chain ids, bottom first: each is unpacked in `layers/<hex>`. */
  readonly layers: readonly Digest[];
  /** Files of the host that a built-in image was made from; null for any other. */
  readonly madeFrom: readonly HostFile[] | null;
};

/** Paths of the image store below the state folder. */
export type ImagePlaces = {
  readonly root: string;
  readonly index: string;
  readonly lock: string;
  readonly blobs: string;
  readonly layers: string;
};

export function imagePlaces(root: string): ImagePlaces {
  return {
    root,
    index: `${root}/images.json`,
    lock: `${root}/images-lock`,
    blobs: `${root}/blobs/sha256`,
    layers: `${root}/layers`,
  };
}

export function makeImagePlaces({ blobs, layers }: ImagePlaces): void {
  for (const directory of [blobs, layers]) {
    makeDirectories(directory, 0o700);
  }
}

/** Empty where there is no store yet. Throws StateFailure where it may not be read or is not ours. */
export function readImages({ index }: ImagePlaces): readonly StoredImage[] {
  const spoilt = () =>
    new StateFailure(index, 'it is not as it was written', 'Remove it: images are made again, or loaded.');
  try {
    const { images } = JSON.parse(readFileSync(index, 'utf8')) as { readonly images?: readonly StoredImage[] };
    if (!Array.isArray(images) || !images.every(isImage)) {
      throw spoilt();
    }
    return images;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) {
      throw spoilt();
    }
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return [];
    }
    throw StateFailure.of(index, error);
  }
}

function isImage(value: StoredImage | null): boolean {
  return typeof value?.id === 'string' && [value.names, value.layers, value.madeFrom ?? []].every(Array.isArray);
}

export function writeImages({ index, root }: ImagePlaces, images: readonly StoredImage[]): void {
  writeDurably(index, `${JSON.stringify({ images }, null, 1)}\n`);
  syncToDisk(root);
}

export function readImageConfig({ blobs }: ImagePlaces, id: Digest): ImageConfig {
  const path = `${blobs}/${hexOf(id)}`;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ImageConfig;
  } catch (error) {
    throw error instanceof SyntaxError
      ? new StateFailure(path, 'it is not as it was written', null)
      : StateFailure.of(path, error);
  }
}

/** The old content or the new one, never a part, whenever the power goes. */
export function writeDurably(path: string, text: string): void {
  const draft = `${path}.${process.pid}.new`;
  try {
    const fd = openSync(draft, 'w', 0o600);
    try {
      writeSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
