import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseImageConfig } from '../../../src/probes/layers/image-config.ts';
import { isInitLayer, storeOf } from '../../../src/probes/layers/recognise-store.ts';
import { memoryHost } from '../../support/memory-host.ts';

const digest = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const bare = (id: string) => id.slice('sha256:'.length);

const diffs = [digest('one'), digest('two')];
const history = [
  { created_by: '/bin/sh -c #(nop) ADD file:1 in / ' },
  { created_by: '/bin/sh -c #(nop)  ENV A=b', empty_layer: true },
  { created_by: 'RUN /bin/sh -c make # buildkit' },
];
const config = JSON.stringify({ rootfs: { type: 'layers', diff_ids: diffs }, history });
const image = digest(config);
const chains = [diffs[0] ?? '', digest(`${diffs[0]} ${diffs[1]}`)];

describe('an image configuration', () => {
  it('gives each layer its step, skipping those that made none', () => {
    expect(parseImageConfig(config, 'config')).toEqual({
      status: 'ok',
      value: { diffIds: diffs, createdBy: ['/bin/sh -c #(nop) ADD file:1 in / ', 'RUN /bin/sh -c make # buildkit'] },
    });
  });

  it('has the comment of an import, and nothing where the history does not fit', () => {
    const imported = JSON.stringify({ rootfs: { diff_ids: ['sha256:1'] }, history: [{ comment: 'Imported from -' }] });
    expect(parseImageConfig(imported, 'config')).toMatchObject({ value: { createdBy: ['Imported from -'] } });
    const short = JSON.stringify({ rootfs: { diff_ids: diffs }, history: [{ created_by: 'x' }] });
    expect(parseImageConfig(short, 'config')).toMatchObject({ value: { createdBy: [null, null] } });
    const none = JSON.stringify({ rootfs: { diff_ids: diffs } });
    expect(parseImageConfig(none, 'config')).toMatchObject({ value: { createdBy: [null, null] } });
  });

  it.each(['', '{', 'null', '[]', '{"rootfs":{}}', '{"rootfs":{"diff_ids":1}}'])('%j is garbled', (text) => {
    expect(parseImageConfig(text, 'config')).toMatchObject({ status: 'garbled', path: 'config' });
  });
});

describe('Docker’s layer store', () => {
  const root = 'data/docker';
  const layerdb = `${root}/image/overlay2/layerdb`;
  const layer = (chain: string, cache: string, diff: string, parent?: string) =>
    `=== ${layerdb}/sha256/${bare(chain)}/cache-id\n${cache}\n=== ${layerdb}/sha256/${bare(chain)}/diff\n${diff}\n${
      parent === undefined ? '' : `=== ${layerdb}/sha256/${bare(chain)}/parent\n${parent}\n`
    }`;
  const bottom = layer(chains[0] ?? '', 'cache-one', diffs[0] ?? '');
  const tree = `=== ${layerdb}/mounts/other/mount-id
elsewhere
=== ${layerdb}/mounts/cafe/mount-id
top
=== ${layerdb}/mounts/cafe/init-id
top-init
=== ${layerdb}/mounts/cafe/parent
${chains[1]}
${layer(chains[1] ?? '', 'cache-two', diffs[1] ?? '', chains[0])}=== ${root}/containers/cafe/config.v2.json
{"Image":"${image}"}
=== ${root}/image/overlay2/imagedb/content/sha256/${bare(image)}
${config}
`;
  const top = `/${root}/overlay2/top/diff`;
  const told = [
    ['cache-one', { digest: diffs[0], createdBy: '/bin/sh -c #(nop) ADD file:1 in / ' }],
    ['cache-two', { digest: diffs[1], createdBy: 'RUN /bin/sh -c make # buildkit' }],
  ];

  it.each([
    ['its id', 'cafe'],
    ['its writable directory', null],
    ['an id it does not know', 'beef'],
  ])('finds a container by %s', (_, id) => {
    const found = storeOf(memoryHost(tree + bottom), top, id);
    expect(found).toMatchObject({ problems: [] });
    expect([...(found?.layers ?? [])]).toEqual(told);
  });

  it('says where the chain breaks off', () => {
    const found = storeOf(memoryHost(tree), top, 'cafe');
    expect([...(found?.layers ?? [])]).toEqual([['cache-two', { digest: diffs[1], createdBy: null }]]);
    expect(found?.problems).toMatchObject([{ path: `/${layerdb}/sha256/${bare(chains[0] ?? '')}`, code: 'GARBLED' }]);
  });

  it('ends where a parent leads in a circle', () => {
    const circle = layer(chains[0] ?? '', 'cache-one', diffs[0] ?? '', chains[1]);
    expect(storeOf(memoryHost(tree + circle), top, 'cafe')?.layers.size).toBe(2);
  });

  it('keeps the digests where the image’s configuration has gone', () => {
    const host = memoryHost(tree + bottom);
    host.remove(`/${root}/containers/cafe/config.v2.json`);
    const found = storeOf(host, top, 'cafe');
    expect(found?.layers.get('cache-one')).toEqual({ digest: diffs[0], createdBy: null });
    expect(found?.problems).toMatchObject([{ code: 'ENOENT' }]);
  });

  it('says that it may not read it', () => {
    const found = storeOf(memoryHost(`=== ${root} !EACCES\n`), top, 'cafe');
    expect(found?.problems).toMatchObject([{ code: 'EACCES', remedy: 'run nsview as root' }]);
  });

  it('follows no id out of the store', () => {
    const host = memoryHost(
      `=== ${layerdb}/mounts/cafe/mount-id\ntop\n=== ${layerdb}/mounts/cafe/parent\nsha256:../../../etc\n`,
    );
    expect(storeOf(host, top, 'cafe')?.layers.size).toBe(0);
  });
});

describe('containers/storage', () => {
  const root = 'var/lib/containers/storage';
  const layers = [
    { id: 'base', 'diff-digest': diffs[0] },
    { id: 'next', parent: 'base', 'diff-digest': diffs[1] },
  ];
  const tree = `=== ${root}/overlay-layers/layers.json
${JSON.stringify(layers)}
=== ${root}/overlay-layers/volatile-layers.json
${JSON.stringify([{ id: 'own', parent: 'next' }])}
=== ${root}/overlay-images/images.json
${JSON.stringify([
  { id: bare(digest('x')), layer: 'base' },
  { id: bare(image), layer: 'next' },
])}
=== ${root}/overlay-images/${bare(image)}/=${btoa(image)}
${config}
`;

  it('knows digests and instructions from the layers, volatile ones too', () => {
    const found = storeOf(memoryHost(tree), `/${root}/overlay/own/diff`, null);
    expect(found).toMatchObject({ problems: [] });
    expect([...(found?.layers ?? [])]).toEqual([
      ['base', { digest: diffs[0], createdBy: '/bin/sh -c #(nop) ADD file:1 in / ' }],
      ['next', { digest: diffs[1], createdBy: 'RUN /bin/sh -c make # buildkit' }],
    ]);
  });

  it('says what it could not read', () => {
    const garbled = memoryHost(`=== ${root}/overlay-layers/layers.json\n{\n`);
    expect(storeOf(garbled, `/${root}/overlay/own/diff`, null)?.problems).toMatchObject([{ code: 'GARBLED' }]);
    const denied = memoryHost(`=== ${root} !EACCES\n`);
    expect(storeOf(denied, `/${root}/overlay/own/diff`, null)?.problems[0]).toMatchObject({ code: 'EACCES' });
  });
});

describe('other stores', () => {
  it('containerd’s numbers have no digest, and it is said why', () => {
    const snapshotter = '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs';
    const found = storeOf(memoryHost(''), `${snapshotter}/snapshots/7/fs`, null);
    expect(found?.layers.size).toBe(0);
    expect(found?.problems).toMatchObject([{ path: `${snapshotter}/metadata.db` }]);
  });

  it('a directory of nobody’s has no store', () => {
    expect(storeOf(memoryHost(''), '/srv/rootfs/upper', null)).toBeNull();
  });
});

describe('Docker’s init layer', () => {
  const store = '/var/lib/docker/overlay2';
  const link = `${store}/l/QQFKBAUBUCSWZPPIRN5GQYHZ67`;

  it.each([
    [`${store}/top/diff`, `${store}/top-init/diff`, 1, true],
    ['/var/lib/docker/aufs/diff/top', '/var/lib/docker/aufs/diff/top-init', 1, true],
    [`${store}/top/diff`, link, 1, true],
    [`${store}/top/diff`, link, 2, false],
    [`${store}/top/diff`, `${store}/other/diff`, 1, false],
    ['/srv/upper', '/srv/lower', 1, false],
  ])('above %s, %s at %i: %s', (top, branch, index, init) => {
    expect(isInitLayer(top, branch, index)).toBe(init);
  });
});
