import type { LayersPath, PathVersion } from '../../src/model/document/branch-paths.ts';

const version: PathVersion = {
  index: 3,
  kind: 'file',
  path: '/etc/motd',
  mode: '0644',
  uid: 0,
  gid: 5,
  bytes: 1234,
  modifiedAt: '2026-01-02T03:04:05.678Z',
  merged: false,
};

/** A file that the container deleted together with the directory above it. */
export const layersPathFixture: LayersPath = {
  schema: 'nsview/1',
  id: 'x',
  name: 'web',
  path: '/etc/motd',
  kind: 'deleted',
  providedBy: null,
  dataFrom: null,
  state: 'deleted',
  provided: null,
  shadows: [
    {
      ...version,
      index: 0,
      kind: 'whiteout',
      path: '/etc',
      mode: null,
      uid: null,
      gid: null,
      bytes: null,
      modifiedAt: null,
    },
    version,
  ],
  mountedOver: { source: 'tmpfs', kind: 'tmpfs', target: '/etc' },
};
