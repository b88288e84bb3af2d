import { describe, expect, test } from 'vitest';
import { discover } from '../../../src/model/discovery/discover.ts';
import type { ScannedProcess } from '../../../src/model/process.ts';
import { found, own } from '../../support/discovered.ts';
import { hexId, scanned, systemd } from '../../support/processes.ts';

const APP = '/user.slice/user-1000.slice/user@1000.service/app.slice';

describe('not a container', () => {
  test.each<readonly [string, readonly ScannedProcess[]]>([
    ['kdevtmpfs', [scanned({ pid: 20, ppid: 2, comm: 'kdevtmpfs', kernelThread: true, ns: { mnt: 1000 } })]],
    ['a service with PrivateTmp', [scanned({ pid: 20, cgroup: '/system.slice/colord.service', ns: { mnt: 1000 } })]],
    [
      'a service with PrivatePIDs',
      [scanned({ pid: 20, cgroup: '/system.slice/x.service', ns: { mnt: 1000, pid: 1003 } })],
    ],
    ['ip netns exec', [scanned({ pid: 20, ns: { mnt: 1000, net: 1004 } })]],
    ['unshare -n', [scanned({ pid: 20, ns: { net: 1004 } })]],
    [
      'a browser’s zygote',
      [
        scanned({ pid: 20, comm: 'chrome', cgroup: `${APP}/app-chrome-20.scope` }),
        scanned({
          pid: 21,
          ppid: 20,
          comm: 'chrome',
          cgroup: `${APP}/app-chrome-20.scope`,
          ns: { user: 1, pid: 1003, net: 1004 },
        }),
      ],
    ],
    [
      'bwrap in a session',
      [
        scanned({
          pid: 20,
          comm: 'bwrap',
          cgroup: '/user.slice/user-1000.slice/session-2.scope',
          ns: { mnt: 1000, user: 1 },
        }),
        scanned({
          pid: 21,
          ppid: 20,
          comm: 'bwrap',
          cgroup: '/user.slice/user-1000.slice/session-2.scope',
          ns: own(1000),
        }),
        scanned({
          pid: 22,
          ppid: 21,
          comm: 'app',
          cgroup: '/user.slice/user-1000.slice/session-2.scope',
          ns: own(1000),
          nsPids: [22, 2],
        }),
      ],
    ],
    [
      'bwrap --as-pid-1',
      [scanned({ pid: 20, comm: 'bwrap' }), scanned({ pid: 21, ppid: 20, comm: 'app', ns: own(1000) })],
    ],
    [
      'flatpak',
      [scanned({ pid: 21, comm: 'gimp', cgroup: `${APP}/app-flatpak-org.gimp.GIMP-9.scope`, ns: own(1000) })],
    ],
    ['snap', [scanned({ pid: 21, cgroup: `${APP}/snap.firefox.firefox-0f6d.scope`, ns: own(1000) })]],
    [
      'a nix build',
      [
        scanned({ pid: 20, comm: 'nix-daemon', cgroup: '/system.slice/nix-daemon.service' }),
        scanned({
          pid: 21,
          ppid: 20,
          comm: 'bash',
          cgroup: '/system.slice/nix-daemon.service/nix-build-uid-8',
          ns: own(1000),
        }),
      ],
    ],
    ['rootless Podman’s pause', [scanned({ pid: 20, comm: 'catatonit', ns: { user: 1, mnt: 1000 } })]],
    [
      'a virtual machine',
      [scanned({ pid: 20, comm: 'qemu', cgroup: '/machine.slice/machine-qemu\\x2d1\\x2dvm.scope', ns: own(1000) })],
    ],
  ])('%s', (_, processes) => {
    expect(found(processes)).toEqual([]);
  });

  test('where the host’s own namespaces are unknown, nobody is told apart by them', () => {
    const processes = [
      systemd(),
      scanned({ pid: 20, ns: own(1000) }),
      scanned({ pid: 30, cgroup: `/docker/${hexId('aaaa')}`, ns: own(2000) }),
    ];
    expect(discover(processes, {}, new Map()).candidates).toMatchObject([
      { id: hexId('aaaa'), evidence: [`cgroup:/docker/${hexId('aaaa')}`, 'pidns'] },
    ]);
  });
});
