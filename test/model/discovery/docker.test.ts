import { describe, expect, test } from 'vitest';
import { found, own, shim } from '../../support/discovered.ts';
import { hexId, scanned } from '../../support/processes.ts';

const A = hexId('aaaa');
const B = hexId('bbbb');

describe('Docker', () => {
  const processes = [
    scanned({ pid: 100, comm: 'containerd-shim', cgroup: '/system.slice/containerd.service' }),
    scanned({ pid: 110, ppid: 100, comm: 'nginx', cgroup: `/docker/${A}`, ns: own(1000) }),
    scanned({ pid: 111, ppid: 110, cgroup: `/docker/${A}`, ns: own(1000), nsPids: [111, 7] }),
    // docker exec: the parent is the shim.
    scanned({ pid: 120, ppid: 100, comm: 'sh', cgroup: `/docker/${A}`, ns: own(1000), nsPids: [120, 12] }),
    scanned({ pid: 121, ppid: 120, cgroup: `/docker/${A}`, ns: own(1000), nsPids: [121, 13] }),
    // nsenter -a from a shell of the host: the group stays the host's.
    scanned({
      pid: 130,
      ppid: 90,
      comm: 'nsenter',
      cgroup: '/user.slice/user-0.slice/session-1.scope',
      ns: { mnt: 1000 },
    }),
    scanned({
      pid: 131,
      ppid: 130,
      comm: 'bash',
      cgroup: '/user.slice/user-0.slice/session-1.scope',
      ns: own(1000),
      nsPids: [131, 20],
    }),
  ];

  test('has its init, its members, what was executed in it and what joined it', () => {
    expect(found(processes, { 100: shim('moby', A) })).toEqual([
      {
        key: `docker:${A}`,
        engine: 'docker',
        id: A,
        name: null,
        pod: null,
        evidence: [`cgroup:/docker/${A}`, 'pidns', 'mntns', 'shim'],
        pids: [110, 111, 120, 121, 131],
        init: 110,
        joined: [131],
        execs: [120],
        starting: false,
        parent: null,
        supervisor: 100,
      },
    ]);
  });

  test('with --pid=host: the oldest process whose parent is outside', () => {
    const ns = { mnt: 1000, uts: 1001, ipc: 1002 };
    const [container] = found(
      [
        scanned({ pid: 100, comm: 'containerd-shim' }),
        scanned({ pid: 300, ppid: 100, cgroup: `/docker/${A}`, ns, startTicks: 500 }),
        scanned({ pid: 200, ppid: 100, comm: 'sh', cgroup: `/docker/${A}`, ns, startTicks: 900 }),
        scanned({ pid: 301, ppid: 300, cgroup: `/docker/${A}`, ns, startTicks: 400 }),
        // nsenter -m into it.
        scanned({ pid: 400, ppid: 90, comm: 'bash', ns: { mnt: 1000 } }),
      ],
      { 100: shim('moby', A) },
    );
    expect(container).toMatchObject({
      init: 300,
      execs: [200],
      joined: [400],
      evidence: [`cgroup:/docker/${A}`, 'mntns', 'shim'],
    });
  });

  test('with --pid=container:A --network=container:A has a row of its own', () => {
    const candidates = found([
      scanned({ pid: 110, cgroup: `/docker/${A}`, ns: own(1000) }),
      scanned({ pid: 9889, cgroup: `/docker/${B}`, ns: { ...own(2000), pid: 1003, net: 1004 }, nsPids: [9889, 7] }),
      scanned({
        pid: 9890,
        ppid: 9889,
        cgroup: `/docker/${B}`,
        ns: { ...own(2000), pid: 1003, net: 1004 },
        nsPids: [9890, 8],
      }),
      // nsenter into B's mounts and the pid namespace of both.
      scanned({ pid: 9900, ppid: 90, comm: 'bash', ns: { mnt: 2000, pid: 1003 }, nsPids: [9900, 9] }),
    ]);
    expect(candidates.map(({ id, init, pids, parent, joined }) => ({ id, init, pids, parent, joined }))).toEqual([
      { id: A, init: 110, pids: [110], parent: null, joined: [] },
      { id: B, init: 9889, pids: [9889, 9890, 9900], parent: null, joined: [9900] },
    ]);
  });

  test('below a --cgroup-parent is told by its shim', () => {
    const processes = [
      scanned({ pid: 100, comm: 'containerd-shim' }),
      scanned({ pid: 110, ppid: 100, cgroup: `/batch/${A}`, ns: own(1000) }),
    ];
    expect(found(processes, { 100: shim('moby', A) })[0]).toMatchObject({ engine: 'docker', id: A });
    expect(found(processes)[0]).toMatchObject({ engine: 'unknown', id: A, key: `unknown:${A}` });
  });

  test.each(['runc:[0:PARENT]', 'runc:[1:CHILD]', 'runc:[2:INIT]', 'youki:[2:INIT]', 'crun', 'memfd:crun_clon'])(
    'is starting while its process is called %s',
    (comm) => {
      expect(found([scanned({ pid: 110, comm, cgroup: `/docker/${A}` })])).toMatchObject([{ id: A, starting: true }]);
    },
  );

  test('is not starting while an exec is set up in it', () => {
    const processes = [
      scanned({ pid: 110, cgroup: `/docker/${A}`, ns: own(1000) }),
      scanned({ pid: 120, ppid: 100, comm: 'runc:[1:CHILD]', cgroup: `/docker/${A}` }),
      scanned({ pid: 121, ppid: 120, comm: 'runc:[2:INIT]', cgroup: `/docker/${A}`, ns: own(1000), nsPids: [121, 9] }),
    ];
    expect(found(processes)).toMatchObject([{ init: 110, starting: false, pids: [110, 120, 121] }]);
  });

  test('keeps its init when a process of the host is put into its group', () => {
    expect(
      found([
        scanned({ pid: 50, startTicks: 5, cgroup: `/docker/${A}` }),
        scanned({ pid: 110, cgroup: `/docker/${A}`, ns: own(1000) }),
      ]),
    ).toMatchObject([{ init: 110, pids: [50, 110] }]);
  });

  test('with a zombie for init still has it', () => {
    expect(found([scanned({ pid: 110, state: 'Z', cgroup: `/docker/${A}`, ns: { pid: 1003 } })])).toMatchObject([
      { init: 110, pids: [110] },
    ]);
  });
});

describe('without rights', () => {
  test('cgroup paths and NSpid are enough', () => {
    const candidates = found(
      [
        scanned({ pid: 100, comm: 'containerd-shim', ns: 'denied' }),
        scanned({ pid: 110, ppid: 100, cgroup: `/docker/${A}`, ns: 'denied', nsPids: [110, 1] }),
        scanned({ pid: 111, ppid: 100, cgroup: `/docker/${A}`, ns: 'denied', nsPids: [111, 9] }),
        scanned({ pid: 120, ppid: 100, cgroup: `/docker/${B}`, ns: 'denied' }),
      ],
      { 100: shim('moby', A) },
    );
    expect(candidates).toMatchObject([
      { id: A, init: 110, execs: [111], evidence: [`cgroup:/docker/${A}`, 'pidns', 'shim'] },
      { id: B, init: 120, evidence: [`cgroup:/docker/${B}`, 'shim'] },
    ]);
  });

  test('a bare pid namespace is told by its first process, and a zygote is not one', () => {
    const candidates = found([
      scanned({ pid: 100, comm: 'unshare', ns: 'denied' }),
      scanned({ pid: 110, ppid: 100, comm: 'sh', ns: 'denied', nsPids: [110, 1] }),
      scanned({ pid: 111, ppid: 110, comm: 'sleep', ns: 'denied', nsPids: [111, 2] }),
      scanned({ pid: 200, comm: 'chrome', ns: 'denied' }),
      scanned({ pid: 210, ppid: 200, comm: 'chrome', ns: 'denied', nsPids: [210, 1] }),
    ]);
    expect(candidates).toMatchObject([{ key: 'pid:110@1100', init: 110, pids: [110, 111], evidence: ['pidns'] }]);
  });
});
