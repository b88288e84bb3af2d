import type { Problem } from '../../model/document/problem.ts';
import type { Reading } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { parseObject, readImageConfig, textOf } from './image-config.ts';
import type { StoreLayer, StoreLayers } from './store.ts';
import { storeProblem } from './store-problem.ts';

const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** Docker itself stops at 128 layers. A store that leads in circles must not hang us. */
const MAX_LAYERS = 1024;

/**
 * What Docker's layer store tells of a container's layers. `layerdb/mounts/<container>` names the writable directory
 * (`mount-id`) and the chain id of the top image layer (`parent`);
 * `layerdb/sha256/<chain>` has `cache-id` (the directory), `diff` (the digest) and `parent`. The instructions come from
 * the history of the image that `containers/<id>/config.v2.json` names. `driver` is `overlay2` or `aufs`; `mountId` the
 * directory of the writable branch, by which the container is found where its id is not known.
 */
export function readDockerLayers(
  host: Host,
  root: string,
  driver: string,
  mountId: string,
  containerId: string | null,
): StoreLayers {
  const layerdb = `${root}/image/${driver}/layerdb`;
  const mount = findMount(host, layerdb, mountId, containerId);
  if (mount.status !== 'ok') {
    return {
      layers: new Map(),
      problems: [storeProblem(mount, `${layerdb}/mounts`, 'the digests of the layers are unknown')],
    };
  }
  const problems: Problem[] = [];
  const chain = readChain(host, layerdb, mount.value.parent, problems);
  const instructions = readInstructions(host, root, driver, mount.value.container, chain, problems);
  const layers = new Map<string, StoreLayer>();
  for (const [index, { cacheId, diff }] of chain.entries()) {
    layers.set(cacheId, { digest: diff, createdBy: instructions[index] ?? null });
  }
  return { layers, problems };
}

type Mount = { readonly container: string; readonly parent: string | null };

function findMount(host: Host, layerdb: string, mountId: string, containerId: string | null): Reading<Mount> {
  const names: Reading<readonly string[]> =
    containerId !== null && host.stat(`${layerdb}/mounts/${containerId}`, 'unsupported').status === 'ok'
      ? { status: 'ok', value: [containerId] }
      : host.list(`${layerdb}/mounts`, 'unsupported');
  if (names.status !== 'ok') {
    return names;
  }
  for (const container of names.value) {
    const directory = `${layerdb}/mounts/${container}`;
    if (line(host, `${directory}/mount-id`) === mountId) {
      return { status: 'ok', value: { container, parent: line(host, `${directory}/parent`) } };
    }
  }
  return { status: 'unsupported', path: `${layerdb}/mounts`, code: 'ENOENT' };
}

type ChainLayer = { readonly cacheId: string; readonly diff: string };

/** The image's layers, bottom first. */
function readChain(host: Host, layerdb: string, top: string | null, problems: Problem[]): readonly ChainLayer[] {
  const chain: ChainLayer[] = [];
  for (let at = top; at !== null && chain.length < MAX_LAYERS; ) {
    const directory = `${layerdb}/sha256/${at.slice('sha256:'.length)}`;
    const cacheId = DIGEST.test(at) ? line(host, `${directory}/cache-id`) : null;
    const diff = line(host, `${directory}/diff`);
    if (cacheId === null || diff === null || !DIGEST.test(diff)) {
      problems.push({
        path: directory,
        code: 'GARBLED',
        message: 'Docker’s layer store breaks off here: the digests of the layers below are unknown',
        remedy: null,
      });
      break;
    }
    chain.unshift({ cacheId, diff });
    at = line(host, `${directory}/parent`);
  }
  return chain;
}

function readInstructions(
  host: Host,
  root: string,
  driver: string,
  container: string,
  chain: readonly ChainLayer[],
  problems: Problem[],
): readonly (string | null)[] {
  const what = 'the instructions that made the layers are unknown';
  const path = `${root}/containers/${container}/config.v2.json`;
  const text = host.readText(path, 'unsupported');
  if (text.status !== 'ok') {
    problems.push(storeProblem(text, path, what));
    return [];
  }
  const image = textOf(parseObject(text.value)?.['Image']);
  if (image === null || !DIGEST.test(image)) {
    problems.push({ path, code: 'GARBLED', message: what, remedy: null });
    return [];
  }
  const configPath = `${root}/image/${driver}/imagedb/content/sha256/${image.slice('sha256:'.length)}`;
  const config = readImageConfig(host, configPath);
  if (config.status !== 'ok') {
    problems.push(storeProblem(config, configPath, what));
    return [];
  }
  const same =
    config.value.diffIds.length === chain.length && chain.every(({ diff }, at) => diff === config.value.diffIds[at]);
  return same ? config.value.createdBy : [];
}

function line(host: Host, path: string): string | null {
  const text = host.readText(path, 'unsupported');
  return text.status === 'ok' ? text.value.trim() : null;
}
