import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ImagePlaces, imagePlaces, readImages, type StoredImage } from '../../../src/runtime/image/image-store.ts';
import type { LayerEntry } from '../../../src/runtime/image/layer-entry.ts';
import { makeImage } from '../../../src/runtime/image/make-image.ts';
import { sweepImages } from '../../../src/runtime/image/sweep-images.ts';

let root: string;
let places: ImagePlaces;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nsview-test-'));
  places = imagePlaces(root);
});
afterEach(() => rmSync(root, { recursive: true }));

const file = (path: string, text: string): LayerEntry => ({
  kind: 'file',
  path,
  mode: 0o644,
  content: Buffer.from(text),
});

/** An image of two layers, the lower one the same in all. */
const make = (text: string): StoredImage =>
  makeImage(places, {
    name: 'nsview/demo',
    steps: [
      { createdBy: 'COPY', entries: [file('base', 'base')] },
      { createdBy: 'COPY', entries: [file('top', text)] },
    ],
    env: [],
    command: ['/top'],
    files: [],
  });
const topOf = ({ layers }: StoredImage) => `${places.layers}/${(layers.at(-1) ?? '').replace('sha256:', '')}`;
const idsOf = () => readImages(places).map(({ id }) => id);

it('removes an image that was made anew, and keeps what the new one stands on', () => {
  const [old, current] = [make('old'), make('new')];
  expect(sweepImages(places, new Set())).toEqual([
    `${old.id.slice(7, 19)}: an image that was made anew`,
    '1 layer of no image',
  ]);
  expect(idsOf()).toEqual([current.id]);
  expect([existsSync(topOf(old)), readFileSync(`${topOf(current)}/top`, 'utf8')]).toEqual([false, 'new']);
  expect(readdirSync(places.blobs)).toEqual([current.id.slice('sha256:'.length)]);
  expect(readdirSync(places.layers)).toHaveLength(2);
  expect(sweepImages(places, new Set())).toEqual([]);
});

it('keeps an image while a container stands on it', () => {
  const [old, current] = [make('old'), make('new')];
  expect(sweepImages(places, new Set([topOf(old)]))).toEqual([]);
  expect(idsOf()).toEqual([old.id, current.id]);
});

it('removes layers that a crash left, unless a container stands on them, and nothing that it does not know', () => {
  make('only');
  const [left, used] = ['aa', 'bb'].map((digits) => `${places.layers}/${digits.repeat(32)}`);
  for (const directory of [left, used, `${places.layers}/mine`]) mkdirSync(directory ?? '');
  expect(sweepImages(places, new Set([used ?? '']))).toEqual(['1 layer of no image']);
  expect([left, used, `${places.layers}/mine`].map((path) => existsSync(path ?? ''))).toEqual([false, true, true]);
});

it('makes nothing where there is no store', () => {
  expect(sweepImages(places, new Set())).toEqual([]);
  expect(readdirSync(root)).toEqual([]);
});
