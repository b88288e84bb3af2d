import { describe, expect, test } from 'vitest';
import { found, own } from '../../support/discovered.ts';
import { hexId, scanned } from '../../support/processes.ts';

const A = hexId('aaaa');
const B = hexId('bbbb');

describe('unshare', () => {
  const processes = [
    scanned({
      pid: 100,
      ppid: 90,
      comm: 'unshare',
      cgroup: '/user.slice/user-0.slice/session-1.scope',
      ns: { mnt: 1000, uts: 1001 },
    }),
    scanned({ pid: 110, ppid: 100, comm: 'sleep', cgroup: '/user.slice/user-0.slice/session-1.scope', ns: own(1000) }),
    scanned({
      pid: 111,
      ppid: 110,
      cgroup: '/user.slice/user-0.slice/session-1.scope',
      ns: own(1000),
      nsPids: [111, 2],
    }),
    scanned({ pid: 130, ppid: 95, comm: 'bash', cgroup: '/', ns: own(1000), nsPids: [130, 3] }),
  ];

  test('makes a container of a pid and a mount namespace; itself it is outside', () => {
    expect(found(processes)).toEqual([
      {
        key: 'ns:1003:1000',
        engine: 'unknown',
        id: null,
        name: null,
        pod: null,
        evidence: ['pidns', 'mntns'],
        pids: [110, 111, 130],
        init: 110,
        joined: [130],
        execs: [],
        starting: false,
        parent: null,
        supervisor: 100,
      },
    ]);
  });

  test('with fewer namespaces makes none', () => {
    expect(
      found([scanned({ pid: 110, ns: { pid: 1003 } }), scanned({ pid: 120, ns: { mnt: 1000, net: 1004 } })]),
    ).toEqual([]);
  });

  test('in one pid namespace inside another is nested', () => {
    const candidates = found([
      ...processes,
      scanned({ pid: 140, ppid: 111, comm: 'unshare', ns: { ...own(1000), mnt: 3000 }, nsPids: [140, 5] }),
      scanned({ pid: 141, ppid: 140, comm: 'sh', ns: { ...own(3000) }, nsPids: [141, 6, 1] }),
    ]);
    expect(candidates).toMatchObject([
      { key: 'ns:1003:1000', pids: [110, 111, 130, 140, 141], parent: null },
      { key: 'ns:3003:3000', pids: [141], init: 141, parent: 'ns:1003:1000', supervisor: 140 },
    ]);
  });

  test('in a Docker container is nested in it', () => {
    const cgroup = `/docker/${A}`;
    const candidates = found([
      scanned({ pid: 110, cgroup, ns: own(1000) }),
      scanned({ pid: 111, ppid: 110, comm: 'unshare', cgroup, ns: { ...own(1000), mnt: 3000 }, nsPids: [111, 2] }),
      scanned({ pid: 112, ppid: 111, cgroup, ns: own(3000), nsPids: [112, 3, 1] }),
      // A browser's zygote there: the mounts are the container's.
      scanned({ pid: 120, ppid: 110, cgroup, ns: { ...own(1000), pid: 4003 }, nsPids: [120, 9, 1] }),
    ]);
    expect(candidates).toMatchObject([
      { id: A, init: 110, pids: [110, 111, 112, 120], execs: [], joined: [] },
      { key: 'ns:3003:3000', pids: [112], parent: `docker:${A}` },
    ]);
  });
});

describe('nesting', () => {
  test('Docker in Docker, by cgroup path', () => {
    const inner = `/docker/${A}/docker/${B}`;
    const candidates = found([
      scanned({ pid: 110, comm: 'dockerd', cgroup: `/docker/${A}`, ns: own(1000) }),
      scanned({
        pid: 120,
        ppid: 110,
        comm: 'containerd-shim',
        cgroup: `/docker/${A}`,
        ns: own(1000),
        nsPids: [120, 30],
      }),
      scanned({ pid: 121, ppid: 120, cgroup: inner, ns: own(2000), nsPids: [121, 31, 1] }),
      scanned({ pid: 122, ppid: 120, comm: 'sh', cgroup: inner, ns: own(2000), nsPids: [122, 32, 5] }),
    ]);
    expect(candidates).toMatchObject([
      { id: A, init: 110, pids: [110, 120, 121, 122], parent: null, execs: [] },
      { id: B, init: 121, pids: [121, 122], parent: `docker:${A}`, execs: [122], supervisor: 120 },
    ]);
  });

  test('Docker in Docker with the host’s groups: by pid namespace', () => {
    const candidates = found([
      scanned({ pid: 110, comm: 'dockerd', cgroup: `/docker/${A}`, ns: own(1000) }),
      scanned({
        pid: 120,
        ppid: 110,
        comm: 'containerd-shim',
        cgroup: `/docker/${A}`,
        ns: own(1000),
        nsPids: [120, 30],
      }),
      scanned({ pid: 121, ppid: 120, cgroup: `/docker/${B}`, ns: own(2000), nsPids: [121, 31, 1] }),
    ]);
    expect(candidates).toMatchObject([
      { id: A, pids: [110, 120, 121], parent: null },
      { id: B, pids: [121], parent: `docker:${A}` },
    ]);
  });

  test('a systemd inside keeps all of its units in the one container', () => {
    const candidates = found([
      scanned({ pid: 110, comm: 'systemd', cgroup: `/system.slice/docker-${A}.scope/init.scope`, ns: own(1000) }),
      scanned({
        pid: 111,
        ppid: 110,
        cgroup: `/system.slice/docker-${A}.scope/system.slice/cups.service`,
        // PrivateTmp=, and PrivatePIDs= of systemd 257.
        ns: { ...own(1000), mnt: 5000, pid: 5003 },
        nsPids: [111, 8, 1],
      }),
    ]);
    expect(candidates).toMatchObject([{ id: A, init: 110, pids: [110, 111] }]);
  });
});
