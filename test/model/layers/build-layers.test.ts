import { describe, expect, it } from 'vitest';
import { layersSchema } from '../../../src/model/document/layers.ts';
import { buildLayers } from '../../../src/model/layers/build-layers.ts';
import type { BranchSample, LayersSample } from '../../../src/model/layers/sample.ts';
import { ok } from '../../../src/model/reading.ts';
import { mountLines } from '../../support/mount-line.ts';

const upper: BranchSample = {
  named: 'u',
  path: '/u',
  role: 'rw',
  access: 'rw',
  digest: null,
  createdBy: null,
  content: null,
  users: null,
};

function sampleOf(line: string, branches: readonly BranchSample[] = []): LayersSample {
  const [root] = mountLines(line);
  if (root === undefined) throw new Error(line);
  return { driver: 'overlay', root, directory: null, branches, problems: [] };
}

const overlay = '1 0 0:9 / / ro,relatime - overlay overlay rw,lowerdir=/a:/b,lowerdir+=/c,index=on,upperdir=/u=1\n';

describe('layers', () => {
  it('makes one record of the options, and read-only wins', () => {
    const { layers } = buildLayers(sampleOf(overlay));
    expect(layers.options).toEqual({ ro: true, relatime: true, lowerdir: '/a:/b', index: 'on', upperdir: '/u=1' });
    expect(layersSchema.parse(layers)).toEqual(layers);
  });

  it('names the directory on the host of a root that is no union', () => {
    const sample = { ...sampleOf('1 0 8:1 /var/lib/lxc/a/rootfs / rw - ext4 /dev/sda1 rw\n'), driver: 'none' as const };
    expect(buildLayers({ ...sample, directory: '/var/lib/lxc/a/rootfs' }).layers.source).toBe('/var/lib/lxc/a/rootfs');
    expect(buildLayers(sample).layers.source).toBe('/dev/sda1');
  });

  it('counts from the top, and unknown is null with a reason', () => {
    const counted = { ...upper, content: ok({ files: 2, bytes: 30, whiteouts: 1 }) };
    const big = { ...upper, content: { status: 'unsupported' as const, path: '/u', code: 'E2BIG' } };
    const denied = { ...upper, content: { status: 'denied' as const, path: '/u', code: 'EACCES' as const } };
    const gone = { ...upper, content: { status: 'gone' as const } };
    const { layers, problems } = buildLayers(sampleOf(overlay, [counted, upper, big, denied, gone]));
    expect(layers.branches.map(({ index, files, bytes, whiteouts }) => [index, files, bytes, whiteouts])).toEqual([
      [0, 2, 30, 1],
      [1, null, null, null],
      [2, null, null, null],
      [3, null, null, null],
      [4, null, null, null],
    ]);
    expect(problems.map(({ code }) => code)).toEqual(['E2BIG', 'EACCES', 'ENOENT']);
    expect(layersSchema.parse(layers)).toEqual(layers);
  });
});
