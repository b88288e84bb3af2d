import type { Problem } from '../../model/document/problem.ts';
import type { Host } from '../host.ts';
import { parseObjects, readImageConfig, textOf } from './image-config.ts';
import type { StoreLayer, StoreLayers } from './store.ts';
import { storeProblem } from './store-problem.ts';

const MAX_LAYERS = 1024;

/**
 * What containers/storage (Podman, CRI-O, Buildah) tells of the layers below a container's own one. `overlay-layers/`
 * has `layers.json` and, for containers that do not outlive a boot, `volatile-layers.json`: id, parent, diff-digest.
 * The image is the one whose top layer is among them; its configuration is kept as big data under its digest.
 */
export function readStorageLayers(host: Host, root: string, layerId: string): StoreLayers {
  const problems: Problem[] = [];
  const known = readLayerIndex(host, root, problems);
  const chain: { readonly id: string; readonly digest: string | null }[] = [];
  for (let at = known.get(layerId)?.parent ?? null; at !== null && chain.length < MAX_LAYERS; ) {
    const layer = known.get(at);
    chain.unshift({ id: at, digest: layer?.digest ?? null });
    at = layer?.parent ?? null;
  }
  const instructions = chain.length === 0 ? [] : readInstructions(host, root, chain, problems);
  const layers = new Map<string, StoreLayer>();
  for (const [index, { id, digest }] of chain.entries()) {
    layers.set(id, { digest, createdBy: instructions[index] ?? null });
  }
  return { layers, problems };
}

export type IndexedLayer = { readonly parent: string | null; readonly digest: string | null };

export function readLayerIndex(
  host: Host,
  root: string,
  problems: Problem[],
  what = 'the digests of the layers are unknown',
): Map<string, IndexedLayer> {
  const index = new Map<string, IndexedLayer>();
  for (const name of ['layers.json', 'volatile-layers.json']) {
    const path = `${root}/overlay-layers/${name}`;
    const text = host.readText(path, 'unsupported');
    const entries = text.status === 'ok' ? parseObjects(text.value) : null;
    if (text.status === 'ok' && entries === null) {
      problems.push({ path, code: 'GARBLED', message: what, remedy: null });
    } else if (text.status !== 'ok' && (name === 'layers.json' || text.status === 'denied')) {
      problems.push(storeProblem(text, path, what));
    }
    for (const entry of entries ?? []) {
      const id = textOf(entry['id']);
      if (id !== null) {
        index.set(id, { parent: textOf(entry['parent']), digest: textOf(entry['diff-digest']) });
      }
    }
  }
  return index;
}

function readInstructions(
  host: Host,
  root: string,
  chain: readonly { readonly id: string; readonly digest: string | null }[],
  problems: Problem[],
): readonly (string | null)[] {
  const what = 'the instructions that made the layers are unknown';
  const path = `${root}/overlay-images/images.json`;
  const text = host.readText(path, 'unsupported');
  if (text.status !== 'ok') {
    problems.push(storeProblem(text, path, what));
    return [];
  }
  const top = chain.at(-1)?.id;
  const image = parseObjects(text.value)?.find((entry) => {
    const mapped = entry['mapped-layers'];
    return entry['layer'] === top || (Array.isArray(mapped) && mapped.includes(top));
  });
  const id = textOf(image?.['id']);
  if (id === null || !/^[0-9a-f]{64}$/.test(id)) {
    problems.push({ path, code: 'ENOENT', message: `${what}: no image of the store has these layers`, remedy: null });
    return [];
  }
  // A name with characters that are not a file's is kept in base64, after a `=`.
  const configPath = `${root}/overlay-images/${id}/=${btoa(`sha256:${id}`)}`;
  const config = readImageConfig(host, configPath);
  if (config.status !== 'ok') {
    problems.push(storeProblem(config, configPath, what));
    return [];
  }
  return config.value.createdBy.length === chain.length ? config.value.createdBy : [];
}
