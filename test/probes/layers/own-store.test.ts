import { describe, expect, it } from 'vitest';
import { readLayers } from '../../../src/probes/layers/read-layers.ts';
import { openHost } from '../../../src/probes/open-host.ts';
import { resolveImage } from '../../../src/runtime/image/resolve-image.ts';
import { memoryHost } from '../../support/memory-host.ts';
import { mountLines } from '../../support/mount-line.ts';
import { hexId } from '../../support/processes.ts';
import { makeWorkDir, removeWorkDir } from '../../support/work-dir.ts';

const id = hexId('ca');
const [one, two] = [hexId('a1'), hexId('a2')];
const image = hexId('1f');
const config = JSON.stringify({
  rootfs: { diff_ids: ['sha256:d1', 'sha256:d2'] },
  history: [{ created_by: 'ADD one' }, { created_by: 'ENV A=b', empty_layer: true }, { created_by: 'COPY two' }],
});

function layersOf(tree: string, root: string, lowers: readonly string[]) {
  const own = `${root}/containers/${id}`;
  const line = `371 1 0:9 / / rw - overlay overlay rw,lowerdir=${lowers.join(':')},upperdir=${own}/upper,workdir=${own}/work`;
  const hostMounts = mountLines('25 0 8:1 / / rw - ext4 /dev/sda1 rw\n');
  const around = { hostMounts, supervisorMounts: null, storageRoots: [] };
  const host = tree === '' ? openHost() : memoryHost(tree);
  return readLayers(host, { mountinfo: mountLines(`${line}\n`), containerId: id, ...around });
}

const index = (images: unknown) => `=== srv/nsv/images.json\n${JSON.stringify({ images })}\n`;
const stored = { id: `sha256:${image}`, names: ['a:latest'], layers: [`sha256:${one}`, `sha256:${two}`] };
const blob = `=== srv/nsv/blobs/sha256/${image}\n${config}\n`;
const lowers = [`/srv/nsv/containers/${id}/init`, `/srv/nsv/layers/${two}`, `/srv/nsv/layers/${one}`];

describe('our own store', () => {
  it('tells the digest and the instruction of each layer, and which is the one with what we provide', () => {
    const layers = layersOf(index([stored]) + blob, '/srv/nsv', lowers);
    expect(layers?.problems).toEqual([]);
    expect(layers?.branches.map(({ role, access, digest, createdBy }) => [role, access, digest, createdBy])).toEqual([
      ['rw', 'rw', null, null],
      ['init', 'ro', null, null],
      ['image', 'ro+wh', 'sha256:d2', 'COPY two'],
      ['image', 'ro+wh', 'sha256:d1', 'ADD one'],
    ]);
  });

  it('has nothing to tell of a directory that is no layer, with or without images', () => {
    for (const tree of ['=== srv/nsv/other\n\n', index([stored]) + blob]) {
      const layers = layersOf(tree, '/srv/nsv', ['/home/me/rootfs']);
      expect(layers?.problems).toEqual([]);
      expect(layers?.branches.map(({ role, digest }) => [role, digest])).toEqual([
        ['rw', null],
        ['image', null],
      ]);
    }
  });

  it.each([
    ['may not be read', '=== srv/nsv/images.json !EACCES\n', '/srv/nsv/images.json', 'EACCES'],
    ['is no JSON', '=== srv/nsv/images.json\n{"images": [\n', '/srv/nsv/images.json', 'GARBLED'],
    ['has no images', '=== srv/nsv/images.json\n{"images": 3}\n', '/srv/nsv/images.json', 'GARBLED'],
    ['names a configuration that is gone', index([stored]), `/srv/nsv/blobs/sha256/${image}`, 'ENOENT'],
    [
      'has a configuration that is none',
      `${index([stored])}=== srv/nsv/blobs/sha256/${image}\n[]\n`,
      `/srv/nsv/blobs/sha256/${image}`,
      'GARBLED',
    ],
  ])('says so where it %s', (_, tree, path, code) => {
    const layers = layersOf(tree, '/srv/nsv', lowers);
    expect(layers?.problems).toMatchObject([{ path, code }]);
    expect(layers?.branches.map(({ role }) => role)).toEqual(['rw', 'init', 'image', 'image']);
  });

  it.each([
    [[null, 3, 'x', {}]],
    [[{ id: 'sha256:../../etc/passwd', layers: [`sha256:${one}`] }]],
    [[{ ...stored, layers: 'x' }]],
  ])('looks nowhere for an image that is none: %j', (images) => {
    const layers = layersOf(index(images) + blob, '/srv/nsv', lowers);
    expect(layers?.problems).toEqual([]);
    expect(layers?.branches.every(({ digest }) => digest === null)).toBe(true);
  });

  it.each([
    ['as many as there are', [`/srv/nsv/layers/${two}`, `/srv/nsv/layers/${one}`], ['init', 'image', 'image']],
    ['fewer than there are', [`/srv/nsv/layers/${two}`], ['image', 'image', 'image']],
    ['no text', [3, 4], ['image', 'image', 'image']],
  ])('has the container’s record tell branches that are seen through other ids: %s', (_, layers, roles) => {
    const record = `=== srv/nsv/containers/${id}/config.json\n${JSON.stringify({ id, layers })}\n`;
    const seen = layersOf(index([stored]) + blob + record, '/srv/nsv', ['/', '/', '/']);
    expect(seen?.branches.slice(1).map(({ role }) => role)).toEqual(roles);
    if (roles.includes('init')) {
      expect(seen?.branches.slice(1).map(({ path, digest }) => [path, digest])).toEqual([
        [lowers[0], null],
        [lowers[1], 'sha256:d2'],
        [lowers[2], 'sha256:d1'],
      ]);
    }
  });

  it('reads what the image store writes', async () => {
    const root = makeWorkDir();
    const made = await resolveImage(root, 'nsview/union');
    const layers = layersOf('', root, [`${root}/containers/${id}/init`, ...made.lowers]);
    await removeWorkDir(root);
    expect(layers?.problems).toEqual([]);
    const steps = made.config.history?.filter((step) => step.empty_layer !== true) ?? [];
    expect(layers?.branches.slice(2).map(({ digest, createdBy }) => [digest, createdBy])).toEqual(
      made.config.rootfs.diff_ids.map((digest, at) => [digest, steps[at]?.created_by]).toReversed(),
    );
  });
});
