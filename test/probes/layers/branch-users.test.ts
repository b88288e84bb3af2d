import { describe, expect, it } from 'vitest';
import type { LayersSample } from '../../../src/model/layers/sample.ts';
import { ok } from '../../../src/model/reading.ts';
import { finish } from '../../../src/model/steps.ts';
import { openBranchUsers, type RootBranches } from '../../../src/probes/layers/branch-users.ts';
import { layersSample } from '../../support/layers-sample.ts';
import { type MemoryHost, memoryHost } from '../../support/memory-host.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

const counted = (tree: string, layers: LayersSample, roots: RootBranches = []) => {
  const { branches, problems } = finish(openBranchUsers(memoryHost(tree)).count(layers, roots));
  return { images: branches.map(({ users }) => users?.images), users: branches.map(({ users }) => users), problems };
};

describe('images that have a branch', () => {
  const docker = 'data/docker';
  const image = (letter: string, diffs: readonly string[], parent?: string) =>
    `=== ${docker}/image/overlay2/imagedb/content/sha256/${letter.repeat(64)}
${JSON.stringify({ rootfs: { diff_ids: diffs } })}
${parent === undefined ? '' : `=== ${docker}/image/overlay2/imagedb/metadata/sha256/${letter.repeat(64)}/parent\n${parent}\n`}`;
  const own = layersSample(
    ['top', 'two', 'one'].map((id) => `/${docker}/overlay2/${id}/diff`),
    [digest('2'), digest('1')],
  );

  it('of Docker begin with the same digests, and are no mere step to another image', () => {
    const tree = `${image('a', [digest('1')])}${image('b', [digest('1'), digest('2')], digest('a'))}${image('c', [digest('2'), digest('1')])}`;
    expect(counted(tree, own).images).toEqual([0, 1, 1]);
    const named = `${tree}=== ${docker}/image/overlay2/repositories.json
${JSON.stringify({ Repositories: { base: { 'base:1': digest('a'), 'base:2': digest('a') } } })}
`;
    expect(counted(named, own)).toMatchObject({ images: [0, 1, 2], problems: [] });
  });

  it('of Docker are unknown where one cannot be read, or a digest is', () => {
    const garbled = counted(`=== ${docker}/image/overlay2/imagedb/content/sha256/${'a'.repeat(64)}\n{\n`, own);
    expect(garbled).toMatchObject({ images: [null, null, null], problems: [{ code: 'GARBLED' }] });
    const denied = counted(`=== ${docker} !EACCES\n`, own);
    expect(denied).toMatchObject({ images: [null, null, null], problems: [{ code: 'EACCES' }] });
    expect(counted(image('a', []), layersSample(own.branches.map(({ path }) => path))).problems).toMatchObject([
      { path: `/${docker}/overlay2/one/diff`, message: expect.stringContaining('its digest is unknown') },
    ]);
  });

  it.each([
    ['EACCES', `${docker}/image/overlay2/repositories.json`, ' !EACCES\n'],
    ['GARBLED', `${docker}/image/overlay2/repositories.json`, '\n{"Repositories":\n'],
    ['EIO', `${docker}/image/overlay2/repositories.json`, ' !EIO\n'],
    ['EACCES', `${docker}/image/overlay2/imagedb/metadata/sha256/${'b'.repeat(64)}/parent`, ' !EACCES\n'],
    ['EIO', `${docker}/image/overlay2/imagedb/content/sha256/${'c'.repeat(64)}`, ' !EIO\n'],
  ])('of Docker are unknown where %s is the answer of %s', (code, path, said) => {
    const tree = `${image('a', [digest('1')])}${image('b', [digest('1')])}=== ${path}${said}`;
    expect(counted(tree, own)).toMatchObject({ images: [null, null, null], problems: [{ path: `/${path}`, code }] });
  });

  it('of Docker are counted again after a while, and no configuration is read twice', () => {
    const tree = memoryHost(`${image('a', [digest('1')])}${image('b', [digest('1'), digest('2')])}`);
    const read: string[] = [];
    const host: MemoryHost = {
      ...tree,
      readText(file, missing) {
        if (file.includes('/imagedb/content/')) read.push(file.slice(-1));
        return tree.readText(file, missing);
      },
    };
    const users = openBranchUsers(host);
    const images = () => finish(users.count(own, [])).branches.map((branch) => branch.users?.images);
    expect([images(), images(), read.toSorted()]).toEqual([
      [0, 1, 2],
      [0, 1, 2],
      ['a', 'b'],
    ]);
    const content = `/${docker}/image/overlay2/imagedb/content/sha256`;
    tree.remove(`${content}/${'b'.repeat(64)}`);
    tree.write(`${content}/${'c'.repeat(64)}`, JSON.stringify({ rootfs: { diff_ids: [digest('1'), digest('9')] } }));
    expect(images()).toEqual([0, 1, 2]);
    tree.advance(10_000);
    expect([images(), read.toSorted()]).toEqual([
      [0, 0, 2],
      ['a', 'b', 'c'],
    ]);
  });

  it('of our own store are none without its list, and unknown where that cannot be read', () => {
    const paths = [`/own/containers/${'c'.repeat(64)}/upper`, `/own/layers/${'1'.repeat(64)}`];
    expect(counted('', layersSample(paths))).toMatchObject({ images: [0, 0], problems: [] });
    const listed = `=== own/images.json\n${JSON.stringify({ images: [{ layers: [digest('1')] }] })}\n`;
    expect(counted(listed, layersSample(paths))).toMatchObject({ images: [0, 1], problems: [] });
    for (const [code, said] of [
      ['EACCES', ' !EACCES\n'],
      ['EIO', ' !EIO\n'],
      ['GARBLED', '\n{"images"\n'],
    ] as const)
      expect(counted(`=== own/images.json${said}`, layersSample(paths))).toMatchObject({
        images: [null, null],
        problems: [{ path: '/own/images.json', code }],
      });
  });

  it('of containers/storage are found by their top layer, an unnamed step on the way aside', () => {
    const storage = 'var/lib/containers/storage';
    const tree = `=== ${storage}/overlay-layers/layers.json
${JSON.stringify([{ id: 'one' }, { id: 'two', parent: 'one' }, { id: 'mapped', parent: 'one' }])}
=== ${storage}/overlay-images/images.json
${JSON.stringify([
  { id: 'a', layer: 'one' },
  { id: 'b', layer: 'two', 'mapped-layers': ['mapped'], names: ['b:1'] },
  { id: 'c', layer: 'two' },
])}
`;
    const those = layersSample(['top', 'mapped', 'one'].map((id) => `/${storage}/overlay/${id}/diff`));
    expect(counted(tree, those)).toMatchObject({ images: [0, 1, 1], problems: [] });
    const circle = tree.replace('{"id":"one"}', '{"id":"one","parent":"two"}');
    expect(counted(circle, those).images).toEqual([0, 1, 1]);
    expect(counted(tree.replace('[{"id":"a"', '{"id":"a"'), those).problems).toMatchObject([{ code: 'GARBLED' }]);
  });

  it('of containerd, and of what is in no store, are unknown, and it is said why', () => {
    const snapshots = '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs';
    expect(counted('', layersSample([`${snapshots}/snapshots/7/fs`]))).toMatchObject({
      images: [null],
      problems: [{ path: `${snapshots}/metadata.db`, code: 'EAGAIN' }],
    });
    expect(counted('', layersSample(['/srv/upper', '/srv/lower']))).toMatchObject({
      images: [null, null],
      problems: [{ path: '/srv/upper', code: 'ENOENT' }],
    });
  });
});

describe('containers on a branch', () => {
  const layers = layersSample(['/s/a', '/s/base']);

  it('are those whose roots are made of it, each once', () => {
    const roots = [ok(['/s/a', '/s/base']), ok(['/s/b', '/s/base', '/s/base']), ok([]), { status: 'gone' as const }];
    expect(counted('', layers, roots).users).toEqual([
      { containers: 1, images: null },
      { containers: 2, images: null },
    ]);
  });

  it('are unknown where roots are', () => {
    const denied = { status: 'denied', path: '/proc/7/mountinfo', code: 'EACCES' } as const;
    expect(counted('', layers, [ok(['/s/a', '/s/base']), denied, denied])).toMatchObject({
      users: [{ containers: null }, { containers: null }],
      problems: [{ code: 'EACCES', message: expect.stringContaining('the roots of 2 could not be read') }, {}],
    });
  });
});
