import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueOr } from '../../../src/model/reading.ts';
import { cgroupDirectory, cgroupLayout } from '../../../src/probes/cgroup/layout.ts';
import { parseMountinfo } from '../../../src/probes/proc/mountinfo.ts';

const layoutOf = (...lines: string[]) => cgroupLayout(valueOr(parseMountinfo(`${lines.join('\n')}\n`), []));

describe('cgroupLayout', () => {
  it('hybrid: v1 hierarchies and cgroup2 beside them', () => {
    const layout = layoutOf(
      '31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755',
      '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,seclabel,cpu,cpuacct',
      '40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,release_agent=/x,name=systemd',
      '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate',
    );
    expect(layout).toEqual({
      kind: 'hybrid',
      v1: {
        cpu: { mountPoint: '/sys/fs/cgroup/cpu,cpuacct', root: '/' },
        cpuacct: { mountPoint: '/sys/fs/cgroup/cpu,cpuacct', root: '/' },
        'name=systemd': { mountPoint: '/sys/fs/cgroup/systemd', root: '/' },
      },
      v2: { mountPoint: '/sys/fs/cgroup/unified', root: '/' },
    });
  });

  it('legacy: v1 alone', () => {
    expect(layoutOf('32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu')).toMatchObject({
      kind: 'legacy',
      v2: null,
    });
  });

  it('unified also where somebody has mounted a v1 hierarchy elsewhere', () => {
    const layout = layoutOf(
      '31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw',
      '60 1 0:50 / /opt/vpn/net_cls rw - cgroup net_cls rw,net_cls',
    );
    expect(layout).toMatchObject({ kind: 'unified', v1: { net_cls: { mountPoint: '/opt/vpn/net_cls' } } });
  });

  it('none where /sys/fs/cgroup is hidden', () => {
    const layout = layoutOf(
      '31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw',
      '70 23 0:60 / /sys/fs rw - tmpfs tmpfs rw',
    );
    expect(layout).toEqual({ kind: 'none', v1: {}, v2: null });
  });

  it('takes the last mount on a mount point', () => {
    const layout = layoutOf(
      '31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw',
      '70 31 0:28 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup2 rw',
    );
    expect(layout.v2).toEqual({ mountPoint: '/sys/fs/cgroup', root: '/docker/abc' });
  });

  it('is not misled by a root that was moved into place after its mounts', () => {
    const layout = layoutOf(
      '22 80 0:20 / /sys rw - sysfs sysfs rw',
      '31 22 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw',
      '80 1 8:1 / / rw - ext4 /dev/sda1 rw',
    );
    expect(layout.kind).toBe('unified');
  });

  it('takes the mount that shows most, not a bind of one group', () => {
    const layout = layoutOf(
      '31 23 0:28 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids',
      '90 23 0:28 /docker/abc /var/lib/docker/x/merged/sys/fs/cgroup/pids rw - cgroup cgroup rw,pids',
      '91 23 0:28 / /mnt/pids rw - cgroup cgroup rw,pids',
    );
    expect(layout.v1['pids']).toEqual({ mountPoint: '/sys/fs/cgroup/pids', root: '/' });
  });
});

describe('cgroupDirectory', () => {
  it.each([
    ['/', '/docker/abc', '/m/docker/abc'],
    ['/', '/', '/m'],
    ['/docker/abc', '/docker/abc', '/m'],
    ['/docker/abc', '/docker/abc/init.scope', '/m/init.scope'],
    ['/docker/abc', '/docker/abcdef', null],
    ['/docker/abc', '/docker', null],
    ['/docker/abc', '/', null],
    // Seen from a cgroup namespace: what is outside it, and mounts made outside it.
    ['/', '/../other', null],
    ['/', '/..', null],
    ['/..', '/../other', '/m/other'],
    ['/../..', '/../../docker/abc', '/m/docker/abc'],
    ['/../..', '/../sibling', null],
    ['/..', '/', null],
    ['/../b', '/../b/c', '/m/c'],
  ])('root %s, path %s', (root, path, directory) => {
    expect(cgroupDirectory({ mountPoint: '/m', root }, path)).toBe(directory);
  });

  it('a path below the root is found below the mount point', () => {
    const names = fc.array(fc.stringMatching(/^[a-z0-9:.@_-]{1,12}$/).filter((name) => !/^\.+$/.test(name)));
    fc.assert(
      fc.property(names, names, (above, below) => {
        const root = `/${above.join('/')}`;
        const path = `/${[...above, ...below].join('/')}`;
        expect(cgroupDirectory({ mountPoint: '/m', root }, path)).toBe(['/m', ...below].join('/'));
      }),
    );
  });
});
