import { describe, expect, it } from 'vitest';
import { readLayers } from '../../../src/probes/layers/read-layers.ts';
import { type MemoryHost, memoryHost } from '../../support/memory-host.ts';
import { mountLines } from '../../support/mount-line.ts';

const hostMounts = mountLines('25 0 8:1 / / rw - ext4 /dev/sda1 rw\n');

function layersOf(rootLine: string, host: MemoryHost = memoryHost('')) {
  const mountinfo = mountLines(`${rootLine}\n372 371 0:130 / /proc rw - proc proc rw\n`);
  const around = { hostMounts, supervisorMounts: null, storageRoots: [] };
  return readLayers(host, { mountinfo, containerId: null, ...around });
}

const rolesOf = (rootLine: string, host?: MemoryHost) =>
  layersOf(rootLine, host)?.branches.map(({ role, access }) => `${role} ${access}`);

describe('the root of a container', () => {
  it('none without a mount table', () => {
    const nothing = {
      mountinfo: [],
      hostMounts,
      supervisorMounts: null,
      storageRoots: [],
      containerId: null,
      walk: false,
    };
    expect(readLayers(memoryHost(''), nothing)).toBeNull();
  });

  it.each([
    ['a directory', '371 1 8:1 /var/lib/lxc/a/rootfs / rw - ext4 /dev/sda1 rw', '/var/lib/lxc/a/rootfs'],
    ['a Btrfs subvolume that the host does not show', '371 1 0:44 /@snap / rw - btrfs /dev/sdb rw,subvol=/@snap', null],
    ['a ZFS data set', '371 1 0:45 / / rw - zfs tank/docker/1d68 rw,xattr', null],
    ['a disk of its own', '371 1 7:0 / / ro - squashfs /dev/loop0 ro', null],
  ])('%s has no branches', (_, line, directory) => {
    expect(layersOf(line)).toMatchObject({ driver: 'none', directory, branches: [], problems: [] });
  });

  it('a plain overlay has an upper and its images', () => {
    expect(rolesOf('371 1 0:9 / / rw - overlay o rw,lowerdir=/a:/b::/d,upperdir=/u,workdir=/w')).toEqual([
      'rw rw',
      'image ro+wh',
      'image ro+wh',
      'data ro',
    ]);
    expect(rolesOf('371 1 0:9 / / ro - overlay o ro,lowerdir=/a:/b')).toEqual(['image ro+wh', 'image ro+wh']);
  });

  it('an ordinary user still sees which branch of Docker’s is the init layer', () => {
    const host = memoryHost('=== var/lib/docker !EACCES\n');
    const store = '/var/lib/docker/overlay2';
    const links = `${store}/l/QQFKBAUBUCSWZPPIRN5GQYHZ67:${store}/l/3TTF7HVMPL4W3SXFKQZMWLA6DV`;
    const line = `371 1 0:9 / / rw - overlay overlay rw,lowerdir=${links},upperdir=${store}/top/diff,workdir=${store}/top/work`;
    expect(rolesOf(line, host)).toEqual(['rw rw', 'init ro', 'image ro+wh']);
    expect(layersOf(line, host)?.problems.map(({ code, remedy }) => [code, remedy])).toEqual([
      ['EACCES', 'run nsview as root'],
      ['EACCES', 'run nsview as root'],
    ]);
  });

  it('a FUSE mount without a store has no branches, and it is said why', () => {
    const line = '371 1 0:9 / / rw - fuse.fuse-overlayfs fuse-overlayfs rw,user_id=0';
    expect(layersOf(line)).toMatchObject({ driver: 'fuse-overlayfs', branches: [], problems: [{ code: 'ENOENT' }] });
  });
});
