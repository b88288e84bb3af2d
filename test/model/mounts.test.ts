import { describe, expect, it } from 'vitest';
import { mountSchema } from '../../src/model/document/isolation.ts';
import { buildMounts } from '../../src/model/mounts.ts';
import { mountLines } from '../support/mount-line.ts';

const hostMounts = mountLines(`25 0 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
  26 25 0:20 / /proc rw - proc proc rw
  27 25 0:21 / /sys rw - sysfs sysfs rw
  28 25 0:5 / /dev rw - devtmpfs udev rw
  29 25 0:22 / /run rw - tmpfs tmpfs rw
  30 25 0:135 / /var/lib/docker/containers/1d68/mounts/shm rw - tmpfs shm rw
  31 25 0:136 / /var/lib/containers/storage/overlay-containers/1d68/userdata/shm rw - tmpfs shm rw
`);

const ID = '1d68'.repeat(16);

/** Kind and source of one mount of a container. */
function mountOf(line: string, volumes = {}) {
  const root =
    '371 284 0:127 / / rw,relatime master:10 - overlay overlay rw,lowerdir=/a,upperdir=/b,workdir=/c,index=on\n';
  const [, mount] = buildMounts(mountLines(`${root}${line}\n`), { hostMounts, volumes });
  if (mount === undefined) throw new Error(line);
  return mount;
}

describe('mounts of a container', () => {
  it('the root keeps its options but not the list of branches', () => {
    const [root] = buildMounts(
      mountLines('371 284 0:127 / / rw,relatime master:10 - overlay overlay rw,lowerdir=/a,upperdir=/b,index=on\n'),
      { hostMounts, volumes: {} },
    );
    expect(mountSchema.parse(root)).toEqual({
      target: '/',
      source: 'overlay',
      fsType: 'overlay',
      options: ['rw', 'relatime', 'index=on'],
      propagation: 'slave',
      kind: 'rootfs',
    });
  });

  it('a root that is a directory of the host is named so', () => {
    const [root] = buildMounts(mountLines('1 0 254:0 /var/lib/lxc/a/rootfs / rw - ext4 /dev/vda rw\n'), {
      hostMounts,
      volumes: {},
    });
    expect(root).toMatchObject({ kind: 'rootfs', source: '/var/lib/lxc/a/rootfs' });
  });

  it.each([
    ['372 371 0:130 / /proc rw,nosuid - proc proc rw', 'kernel', 'proc'],
    ['288 372 0:130 /sys /proc/sys ro - proc proc rw', 'kernel', 'proc[/sys]'],
    ['374 373 0:132 / /dev/pts rw - devpts devpts rw,gid=5', 'kernel', 'devpts'],
    ['376 375 0:134 / /sys/fs/cgroup ro - tmpfs tmpfs rw,mode=755', 'kernel', 'tmpfs'],
    ['377 376 0:29 /docker/1d68 /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu', 'kernel', 'cgroup[/docker/1d68]'],
    ['375 371 0:21 / /sys ro - sysfs sysfs ro', 'kernel', 'sysfs'],
    ['373 371 0:131 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k', 'tmpfs', 'tmpfs'],
    ['387 373 0:135 / /dev/shm rw - tmpfs shm rw', 'tmpfs', 'shm'],
    ['387 373 0:136 / /dev/shm rw - tmpfs shm rw', 'tmpfs', 'shm'],
    ['289 372 0:140 / /proc/acpi ro,relatime - tmpfs tmpfs ro', 'masked', 'tmpfs'],
    ['292 375 0:137 / /sys/firmware ro,relatime - tmpfs tmpfs ro', 'masked', 'tmpfs'],
    ['290 372 0:131 /null /proc/keys rw,nosuid - tmpfs tmpfs rw', 'masked', '/dev/null'],
    ['290 372 0:5 /null /proc/kcore rw,nosuid - devtmpfs udev rw', 'masked', '/dev/null'],
    ['388 371 254:0 /srv/my\\040data /data rw - ext4 /dev/vda rw', 'bind', '/srv/my data'],
    ['388 371 254:0 / /host rw - ext4 /dev/vda rw', 'bind', '/'],
    ['388 371 0:22 /docker.sock /var/run/docker.sock rw - tmpfs tmpfs rw', 'bind', '/run/docker.sock'],
    ['388 371 0:22 / /host/run rw - tmpfs tmpfs rw', 'bind', '/run'],
    ['388 371 0:20 / /host/proc ro - proc proc rw', 'bind', '/proc'],
    ['388 371 0:21 /kernel /host/kernel ro - sysfs sysfs rw', 'bind', '/sys/kernel'],
    ['388 371 254:0 /x/volumes/v1/_data /v rw - ext4 /dev/vda rw', 'volume', '/x/volumes/v1/_data'],
    ['388 371 254:0 /x/volumes/v1/_data/part /v rw - ext4 /dev/vda rw', 'volume', '/x/volumes/v1/_data/part'],
    [
      `388 371 254:0 /x/volumes/v1/_data/containers/${ID}/hosts /etc/hosts rw - ext4 /dev/vda rw`,
      'bind',
      `/x/volumes/v1/_data/containers/${ID}/hosts`,
    ],
    ['388 371 9:9 /elsewhere /e rw - xfs /dev/sdz rw', 'bind', '/dev/sdz[/elsewhere]'],
    ['388 371 0:55 / /nfs rw - nfs4 server:/export rw', 'bind', 'server:/export'],
  ])('%s', (line, kind, source) => {
    expect(mountOf(line)).toMatchObject({ kind, source });
  });

  it('the engine knows its volumes wherever they are', () => {
    expect(mountOf('388 371 254:0 /mnt/big /v rw - ext4 /dev/vda rw', { '/v': 'big' }).kind).toBe('volume');
    expect(mountOf('388 371 254:0 /mnt/big /toString rw - ext4 /dev/vda rw').kind).toBe('bind');
  });

  it.each([
    ['', 'private'],
    ['shared:7', 'shared'],
    ['master:7', 'slave'],
    ['shared:7 master:8', 'shared, slave'],
    ['master:8 propagate_from:2', 'slave'],
    ['unbindable', 'unbindable'],
  ])('propagation %j is %s', (fields, words) => {
    const optional = fields === '' ? '' : ` ${fields}`;
    expect(mountOf(`388 371 254:0 /a /a rw${optional} - ext4 /dev/vda rw`).propagation).toBe(words);
  });

  it('read-only of the mount wins over writable of the file system', () => {
    expect(mountOf('388 371 254:0 /a /a ro,relatime - ext4 /dev/vda rw,discard').options).toEqual([
      'ro',
      'relatime',
      'discard',
    ]);
  });
});
