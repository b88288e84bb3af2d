import { describe, expect, it } from 'vitest';
import { findBranches, type Surroundings } from '../../../src/probes/layers/branch-paths.ts';
import { findFuseDaemon } from '../../../src/probes/layers/fuse-daemon.ts';
import { readFuseOverlay } from '../../../src/probes/layers/fuse-overlayfs.ts';
import { parseOverlayOptions } from '../../../src/probes/layers/overlay.ts';
import { memoryHost } from '../../support/memory-host.ts';
import { mountLines } from '../../support/mount-line.ts';

const A = 'QQFKBAUBUCSWZPPIRN5GQYHZ67';
const B = '3TTF7HVMPL4W3SXFKQZMWLA6DV';
const D = '/data/docker/overlay2';
const store = memoryHost(`=== ${D.slice(1)}/l/${A} -> ../aaa/diff
=== ${D.slice(1)}/l/${B} -> ../bbb/diff
=== ${D.slice(1)}/aaa/diff/
=== ${D.slice(1)}/bbb/diff/
=== ${D.slice(1)}/uuu/diff/
`);
const nowhere: Surroundings = { hostMounts: [], supervisorMounts: null, storageRoots: [] };
const hostRoot = '25 0 8:1 / / rw - ext4 /dev/sda1 rw\n';

function find(options: readonly string[], around: Partial<Surroundings> = {}, host = store, device = '0:127') {
  const { upper, lowers, problems } = findBranches(host, device, parseOverlayOptions(options), {
    ...nowhere,
    ...around,
  });
  return { upper: upper?.path ?? null, lowers: lowers.map(({ path }) => path), problems };
}

describe('where branches are', () => {
  const relative = [`lowerdir=l/${A}:l/${B}`, 'upperdir=uuu/diff', 'workdir=uuu/work'];
  const resolved = { upper: `${D}/uuu/diff`, lowers: [`${D}/aaa/diff`, `${D}/bbb/diff`], problems: [] };

  it('follows the short links of a store', () => {
    expect(find([`lowerdir=${D}/l/${A}:${D}/l/${B}`, `upperdir=${D}/uuu/diff`])).toEqual(resolved);
  });

  it('resolves relative names by the same file system in the host’s mounts', () => {
    const hostMounts = mountLines(`${hostRoot}99 25 0:127 / ${D}/uuu/merged rw - overlay overlay rw\n`);
    expect(find(relative, { hostMounts })).toEqual(resolved);
  });

  it('… or in those of the supervisor', () => {
    const hostMounts = mountLines(hostRoot);
    const supervisorMounts = mountLines(`${hostRoot}99 25 0:127 / ${D}/uuu/merged rw - overlay overlay rw\n`);
    expect(find(relative, { hostMounts, supervisorMounts })).toEqual(resolved);
  });

  it('… or in the known state directories', () => {
    const storageRoots = [
      { engine: 'podman', root: '/var/lib/containers/storage' },
      { engine: 'docker', root: '/data/docker' },
    ];
    const { upper, lowers } = find(relative, { storageRoots });
    expect({ upper, lowers }).toEqual({ upper: resolved.upper, lowers: resolved.lowers });
  });

  it('says so where no store is found, and keeps the names', () => {
    expect(find(relative)).toMatchObject({ upper: 'uuu/diff', lowers: [`l/${A}`, `l/${B}`] });
    expect(find(relative).problems).toMatchObject([{ path: 'uuu/diff', code: 'ENOENT' }]);
  });

  it('says once that the links cannot be read', () => {
    const denied = memoryHost(`=== ${D.slice(1)} !EACCES\n`);
    const { lowers, problems } = find([`lowerdir=${D}/l/${A}:${D}/l/${B}`], {}, denied);
    expect(lowers).toEqual([`${D}/l/${A}`, `${D}/l/${B}`]);
    expect(problems.length).toBe(1);
    expect(problems[0]).toMatchObject({ code: 'EACCES', remedy: 'run nsview as root' });
  });

  it('resolves the lowers that containerd shortens from its absolute upper', () => {
    const snapshots = '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots';
    expect(find([`lowerdir=12/fs:9/fs`, `upperdir=${snapshots}/30/fs`, `workdir=${snapshots}/30/work`])).toMatchObject({
      upper: `${snapshots}/30/fs`,
      lowers: [`${snapshots}/12/fs`, `${snapshots}/9/fs`],
      problems: [],
    });
  });

  it('drops the mounter’s backslashes of an upper, unless a directory has them in its name', () => {
    expect(find(['lowerdir=/l', 'upperdir=/u\\,1']).upper).toBe('/u,1');
    expect(find(['lowerdir=/l', 'upperdir=/u\\4'], {}, memoryHost('=== u\\4/\n')).upper).toBe('/u\\4');
    expect(find(['lowerdir=/l', 'upperdir=/u\\\\4'], {}, memoryHost('=== u\\4/\n')).upper).toBe('/u\\4');
  });

  it('translates paths of an engine that runs inside a container, and then follows its short links', () => {
    const hostMounts = mountLines(hostRoot);
    const supervisorMounts = mountLines(`300 200 0:99 / / rw - overlay overlay rw
      301 300 8:1 /data/docker /var/lib/docker rw - ext4 /dev/sda1 rw
    `);
    const inside = '/var/lib/docker/overlay2';
    const options = [`lowerdir=${inside}/l/${A}:${inside}/l/${B}`, `upperdir=${inside}/uuu/diff`];
    expect(find(options, { hostMounts, supervisorMounts })).toEqual(resolved);
  });

  it('says once that the engine has them where we have nothing mounted, and keeps the names', () => {
    const hostMounts = mountLines(hostRoot);
    const supervisorMounts = mountLines(`300 200 0:99 / / rw - overlay overlay rw
      301 300 0:77 / /var/lib/docker rw - tmpfs tmpfs rw
    `);
    const inside = '/var/lib/docker/overlay2';
    const { upper, problems } = find(
      [`lowerdir=${inside}/aaa/diff:${inside}/bbb/diff`, `upperdir=${inside}/uuu/diff`],
      {
        hostMounts,
        supervisorMounts,
      },
    );
    expect(upper).toBe(`${inside}/uuu/diff`);
    expect(problems).toMatchObject([{ path: upper, code: 'ENOENT', message: expect.stringContaining('we have not') }]);
  });

  it('knows the branches of a FUSE mount from the files beside it', () => {
    const root = '/home/u/.local/share/containers/storage/overlay';
    const host = memoryHost(`=== ${root.slice(1)}/top/lower
l/${A}:l/${B}
=== ${root.slice(1)}/l/${A} -> ../aaa/diff
=== ${root.slice(1)}/l/${B} -> ../bbb/diff
`);
    const supervisorMounts = mountLines(`7 1 0:55 / ${root}/top/merged rw - fuse.fuse-overlayfs fuse-overlayfs rw\n`);
    const directories = readFuseOverlay(host, '0:55', { ...nowhere, supervisorMounts });
    if (directories.status !== 'ok') throw new Error('no branches');
    const found = findBranches(host, '0:55', directories.value, nowhere);
    expect([found.upper?.path, ...found.lowers.map(({ path }) => path)]).toEqual([
      `${root}/top/diff`,
      `${root}/aaa/diff`,
      `${root}/bbb/diff`,
    ]);
    expect(readFuseOverlay(host, '0:56', nowhere).status).toBe('unsupported');
  });

  it.each([
    ['relative names', 'fuse-overlayfs\0-o\0lowerdir=l1:/x/l2,upperdir=u,workdir=w\0./m\0', '/work'],
    [
      'absolute names',
      'fuse-overlayfs\0/work/m\0-f\0-olowerdir=/work/l1:/x/l2,upperdir=/work/u,workdir=/work/w\0',
      '/work',
    ],
    ['another place', 'fuse-overlayfs\0-o\0lowerdir=/work/l1\0/work/n\0', null],
    ['a place above', 'fuse-overlayfs\0-o\0lowerdir=l1\0../m\0', null],
  ])('knows those of a FUSE mount made by hand from the daemon: %s', (_, cmdline, base) => {
    const mounted = `${hostRoot}99 25 0:55 / /work/m rw - fuse.fuse-overlayfs fuse-overlayfs rw\n`;
    const host = memoryHost('=== proc/7/fd/5 -> /dev/fuse\n=== proc/8/comm\nbash\n');
    host.write('/proc/7/comm', 'fuse-overlayfs\n');
    host.write('/proc/7/cmdline', cmdline);
    host.write('/proc/7/mountinfo', mounted);
    const directories = findFuseDaemon(host, '0:55')?.directories ?? null;
    expect(directories && [directories.upper, ...directories.lowers.map(({ named }) => named)]).toEqual(
      base && [`${base}/u`, `${base}/l1`, '/x/l2'],
    );
    expect(findFuseDaemon(host, '0:56')).toBeNull();
    // A process that stands on it, and only calls itself so.
    host.write('/proc/7/mountinfo', '99 25 0:55 / / rw - fuse.fuse-overlayfs fuse-overlayfs rw\n');
    expect(findFuseDaemon(host, '0:55')).toBeNull();
  });
});
