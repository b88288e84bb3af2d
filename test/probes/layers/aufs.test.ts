import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildLayers } from '../../../src/model/layers/build-layers.ts';
import { finish } from '../../../src/model/steps.ts';
import { parseAufsBranch, readAufsBranches } from '../../../src/probes/layers/aufs.ts';
import { openContents } from '../../../src/probes/layers/contents.ts';
import { readLayers } from '../../../src/probes/layers/read-layers.ts';
import { readMountinfo } from '../../../src/probes/proc/mountinfo.ts';
import { loadTree, memoryHost } from '../../support/memory-host.ts';

const container = '8d1e0c5b7a64f3921b0c4de85f67a9013c2b4d5e6f708192a3b4c5d6e7f80912';
const init = 4102;

function layersOf(containerId: string | null, walk: boolean) {
  const host = loadTree('aufs');
  const mountinfo = readMountinfo(host, init);
  const hostMounts = readMountinfo(host, 1);
  if (mountinfo.status !== 'ok' || hostMounts.status !== 'ok') throw new Error('no mountinfo');
  const around = { hostMounts: hostMounts.value, supervisorMounts: null, storageRoots: [] };
  const sample = readLayers(host, { mountinfo: mountinfo.value, containerId, ...around });
  if (sample === null) throw new Error('no root');
  return buildLayers(walk ? finish(openContents(host).count(sample, Number.POSITIVE_INFINITY, [])) : sample);
}

describe('aufs', () => {
  it('lists the branches of a captured container, with digests and instructions', () => {
    const { layers, problems } = layersOf(container, false);
    expect(problems).toEqual([]);
    expect(layers).toMatchObject({ driver: 'aufs', mountPoint: '/', source: 'none' });
    expect(layers.options).toEqual({
      rw: true,
      relatime: true,
      si: 'f93b93d82a982440',
      dio: true,
      dirperm1: true,
    });
    expect(layers.branches.map(({ role, access }) => [role, access])).toEqual([
      ['rw', 'rw'],
      ['init', 'ro+wh'],
      ['image', 'ro+wh'],
      ['image', 'ro+wh'],
      ['image', 'ro+wh'],
      ['image', 'ro+wh'],
    ]);
    expect(layers.branches[0]?.path).toBe(
      '/var/lib/docker/aufs/diff/36e03a80bceefa23ca34862d577aacde560bdcb6d5279222a68ca8c67012259e',
    );
    expect(layers.branches.map(({ digest }) => digest)).toEqual([
      null,
      null,
      'sha256:4b7d93055d8781d27259ba5780938e6a78d8ef691c94ee9abc3616c1b009ec4a',
      'sha256:663e8522d78b5b767f15b2e43885da5975068e3195bbbfa8fc3a082297a361c1',
      'sha256:283fb404ea9415ab48456fd8a82b153b1a719491cdf7b806d1853b047d00f27f',
      'sha256:bebe7ce6215aee349bee5d67222abeb5c5a834bbeaa2f2f5d05363d9fd68db41',
    ]);
    expect(layers.branches[4]?.createdBy).toMatch(/^\/bin\/sh -c set -xe {3}&& echo /);
    expect(layers.branches[3]?.createdBy).toBe('/bin/sh -c rm -rf /var/lib/apt/lists/*');
  });

  it('finds the container in the layer store by its writable branch alone', () => {
    expect(layersOf(null, false).layers).toEqual(layersOf(container, false).layers);
  });

  it('counts files and whiteouts, and not the marks of aufs itself', () => {
    const counted = layersOf(container, true).layers.branches.map(({ files, whiteouts }) => [files, whiteouts]);
    expect(counted).toEqual([
      [1, 1],
      [2, 0],
      [1, 0],
      [0, 1],
      [1, 0],
      [2, 0],
    ]);
  });

  it('reads the branches from the options where the module shows no files', () => {
    const listed = readAufsBranches(memoryHost(''), ['rw', 'br:/a=rw:/b c=ro+wh:/d=e=rr+wh']);
    expect(listed).toEqual({
      status: 'ok',
      value: [
        { path: '/a', permission: 'rw' },
        { path: '/b c', permission: 'ro+wh' },
        { path: '/d=e', permission: 'rr+wh' },
      ],
    });
  });

  it('orders br10 after br9 and says why branches are unknown', () => {
    const files = Array.from(
      { length: 12 },
      (_, index) => `=== sys/fs/aufs/si_1/br${11 - index}\n/l${11 - index}=ro\n`,
    );
    const listed = readAufsBranches(memoryHost(files.join('')), ['si=1']);
    expect(listed.status === 'ok' && listed.value.map(({ path }) => path)).toEqual(
      Array.from({ length: 12 }, (_, index) => `/l${index}`),
    );
    expect(readAufsBranches(memoryHost(''), ['si=1'])).toMatchObject({ status: 'unsupported' });
    const busy = memoryHost('=== sys/fs/aufs/si_1/br0 !EBUSY\n');
    expect(readAufsBranches(busy, ['si=1'])).toMatchObject({ status: 'unsupported', code: 'EBUSY' });
    expect(parseAufsBranch('nonsense', 'br0')).toMatchObject({ status: 'garbled', line: 'nonsense' });
  });

  it('takes any path apart', () => {
    const path = fc
      .array(fc.constantFrom('/', ' ', '=', '\\', '\n', '\t', 'a', ':', 'é'))
      .map((all) => `/${all.join('')}`);
    const permission = fc.constantFrom('rw', 'ro', 'rr', 'ro+wh', 'rr+wh', 'rw+nolwh', 'rw+coo_reg+moo');
    fc.assert(
      fc.property(path, permission, (name, permitted) => {
        const escaped = name.replace(
          /[ \t\n\\]/g,
          (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`,
        );
        expect(parseAufsBranch(`${escaped}=${permitted}\n`, 'br0')).toEqual({
          status: 'ok',
          value: { path: name, permission: permitted },
        });
      }),
    );
  });
});
