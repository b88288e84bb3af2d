import { describe, expect, test } from 'vitest';
import { found, own, shim } from '../../support/discovered.ts';
import { hexId, scanned } from '../../support/processes.ts';

const A = hexId('aaaa');
const B = hexId('bbbb');

describe('other engines', () => {
  test('containerd by ctr: a path of free text, and a shim that names it', () => {
    const processes = [
      scanned({ pid: 100, comm: 'containerd-shim', cgroup: '/system.slice/containerd.service' }),
      scanned({ pid: 110, ppid: 100, cgroup: '/nsres/nsres-ctr', ns: own(1000) }),
      scanned({ pid: 111, ppid: 110, cgroup: '/nsres/nsres-ctr/deeper', ns: own(1000), nsPids: [111, 2] }),
    ];
    expect(found(processes, { 100: shim('nsres', 'nsres-ctr') })).toMatchObject([
      {
        key: 'containerd:nsres/nsres-ctr',
        engine: 'containerd',
        id: 'nsres-ctr',
        name: 'nsres-ctr',
        pod: 'nsres',
        evidence: ['cgroup:/nsres/nsres-ctr', 'pidns', 'mntns', 'shim'],
        pids: [110, 111],
        init: 110,
      },
    ]);
  });

  test('a path of that shape alone is nothing', () => {
    expect(
      found([scanned({ pid: 110, cgroup: '/nsres/nsres-ctr' }), scanned({ pid: 120, cgroup: `/batch/${A}` })]),
    ).toEqual([]);
  });

  test('containerd under Kubernetes: the pod, and one shim for all of its containers', () => {
    const pod = '/kubepods/burstable/pod0a1b2c3d-1111-2222-3333-444455556666';
    const candidates = found(
      [
        scanned({ pid: 100, comm: 'containerd-shim' }),
        scanned({ pid: 110, ppid: 100, comm: 'pause', cgroup: `${pod}/${A}`, ns: own(1000) }),
        scanned({ pid: 120, ppid: 100, cgroup: `${pod}/${B}`, ns: { ...own(2000), net: 1004, ipc: 1002 } }),
      ],
      { 100: shim('k8s.io', A) },
    );
    expect(candidates).toMatchObject([
      { engine: 'containerd', id: A, pod: '0a1b2c3d-1111-2222-3333-444455556666', init: 110 },
      { engine: 'containerd', id: B, pod: '0a1b2c3d-1111-2222-3333-444455556666', init: 120 },
    ]);
  });

  test('Kubernetes is said where nothing better is known', () => {
    const path = `/kubepods/pod7c9f6a0d6b1e4b0f8a7d5c3b2a190807/${A}`;
    expect(found([scanned({ pid: 110, cgroup: path, ns: own(1000) })])).toMatchObject([
      { engine: 'kubernetes', id: A },
    ]);
  });

  test('Podman: named by its conmon, which is no member', () => {
    const conmon = [
      '/usr/bin/conmon',
      '--api-version',
      '1',
      '-c',
      A,
      '-n',
      'web',
      '-r',
      '/usr/bin/runc',
      '--exit-command-arg',
      '-n',
    ];
    const candidates = found(
      [
        scanned({ pid: 100, comm: 'conmon', cgroup: { '': '/', memory: '/libpod_parent/conmon' } }),
        scanned({ pid: 110, ppid: 100, cgroup: { '': `/libpod_parent/libpod-${A}` }, ns: own(1000) }),
      ],
      { 100: conmon },
    );
    expect(candidates).toMatchObject([{ engine: 'podman', id: A, name: 'web', pids: [110], supervisor: 100 }]);
  });

  test('CRI-O with crun: the process is in a group below the scope', () => {
    const scope = `/kubepods.slice/kubepods-pod0a1b2c3d_1111_2222_3333_444455556666.slice/crio-${A}.scope`;
    const conmon = scope.replace('crio-', 'crio-conmon-');
    const candidates = found([
      scanned({ pid: 100, comm: 'conmon', cgroup: conmon }),
      scanned({ pid: 110, ppid: 100, cgroup: `${scope}/container`, ns: own(1000) }),
    ]);
    expect(candidates).toMatchObject([
      { engine: 'cri-o', id: A, pids: [110], evidence: [`cgroup:${scope}`, 'pidns', 'mntns'] },
    ]);
  });

  test('LXC: the monitor knows the name where the group was numbered', () => {
    const candidates = found(
      [
        scanned({ pid: 100, comm: 'lxc-start', cgroup: '/lxc.monitor.l1-1' }),
        scanned({ pid: 110, ppid: 100, comm: 'init', cgroup: '/lxc.payload.l1-1', ns: own(1000) }),
        scanned({
          pid: 111,
          ppid: 110,
          cgroup: '/lxc.payload.l1-1/system.slice/x.service',
          ns: own(1000),
          nsPids: [111, 2],
        }),
      ],
      { 100: ['[lxc monitor] /var/lib/lxc l1'] },
    );
    expect(candidates).toMatchObject([
      { key: 'lxc:l1-1', engine: 'lxc', id: 'l1', name: 'l1', pids: [110, 111], supervisor: 100 },
    ]);
  });

  test('nspawn: with machined, and without', () => {
    const [machine] = found([
      scanned({ pid: 100, comm: 'systemd-nspawn', cgroup: '/machine.slice/machine-box.scope/supervisor' }),
      scanned({ pid: 110, ppid: 100, cgroup: '/machine.slice/machine-box.scope/payload/init.scope', ns: own(1000) }),
    ]);
    expect(machine).toMatchObject({ engine: 'nspawn', id: 'box', pids: [110], supervisor: 100 });
    const [kept] = found(
      [
        scanned({ pid: 100, comm: 'systemd-nspawn', cgroup: { '': '/job/supervisor', memory: '/job' } }),
        scanned({ pid: 110, ppid: 100, cgroup: { '': '/job/payload', memory: '/job' }, ns: own(1000) }),
        scanned({
          pid: 111,
          ppid: 110,
          cgroup: { '': '/job/payload', memory: '/job' },
          ns: own(1000),
          nsPids: [111, 2],
        }),
      ],
      { 100: ['systemd-nspawn', '--keep-unit', '--register=no', '-D', '/srv/trees/web/', 'sleep'] },
    );
    expect(kept).toMatchObject({
      engine: 'nspawn',
      id: 'web',
      pids: [110, 111],
      evidence: ['cgroup:/job/payload', 'pidns', 'mntns', 'nspawn'],
    });
  });

  test('runc in the foreground: a group below the caller’s own, other in each hierarchy', () => {
    const candidates = found(
      [
        scanned({ pid: 100, comm: 'runc', cgroup: { '': '/', memory: '/caller/abc' } }),
        scanned({ pid: 110, ppid: 100, cgroup: { '': '/job1', memory: '/caller/abc/job1' }, ns: own(1000) }),
      ],
      { 100: ['runc', '--root', '/run/r', 'run', '--no-pivot', 'job1'] },
    );
    expect(candidates).toMatchObject([
      {
        engine: 'oci',
        id: 'job1',
        name: 'job1',
        evidence: ['cgroup:/job1', 'pidns', 'mntns', 'runtime'],
        supervisor: 100,
      },
    ]);
  });

  test('runc exec in the foreground names no container, whatever words its command has', () => {
    const candidates = found(
      [
        scanned({ pid: 90, comm: 'bash', cgroup: '/jobs' }),
        scanned({ pid: 100, ppid: 90, comm: 'runc', cgroup: '/jobs' }),
        scanned({ pid: 110, ppid: 90, cgroup: '/jobs/job1', ns: own(1000) }),
        scanned({ pid: 120, ppid: 100, cgroup: '/jobs/job1', ns: own(1000), nsPids: [120, 7] }),
      ],
      { 100: ['runc', 'exec', 'job1', 'npm', 'run', 'build'] },
    );
    expect(candidates).toMatchObject([{ engine: 'oci', id: 'job1', init: 110, execs: [120] }]);
  });

  test('runc without cgroups: its namespaces, and the runtime that waits for it', () => {
    const candidates = found(
      [
        scanned({ pid: 100, comm: 'runc', cgroup: '/system.slice/job.service' }),
        scanned({ pid: 110, ppid: 100, cgroup: '/system.slice/job.service', ns: own(1000) }),
        scanned({ pid: 120, cgroup: '/system.slice/job.service' }),
      ],
      { 100: ['runc', 'run', 'job1'] },
    );
    expect(candidates).toMatchObject([{ key: 'oci:job1', engine: 'oci', id: 'job1', pids: [110], init: 110 }]);
  });

  describe('runc that does not wait', () => {
    const caller = scanned({ pid: 90, comm: 'bash', cgroup: { '': '/', memory: '/caller' } });
    const init = scanned({ pid: 110, cgroup: { '': '/job1', memory: '/caller/job1' }, ns: own(1000) });
    const child = scanned({
      pid: 111,
      ppid: 110,
      cgroup: { '': '/job1', memory: '/caller/job1' },
      ns: own(1000),
      nsPids: [111, 2],
    });

    test('leaves a group that holds one pid namespace and nothing else', () => {
      const exec = scanned({ pid: 120, ppid: 90, cgroup: { '': '/job1' }, ns: own(1000), nsPids: [120, 9] });
      expect(found([caller, init, child, exec])).toMatchObject([
        {
          key: 'ns:1003:1000',
          engine: 'oci',
          id: 'job1',
          name: 'job1',
          evidence: ['cgroup:/job1', 'pidns', 'mntns'],
          pids: [110, 111, 120],
          init: 110,
          execs: [120],
          supervisor: null,
        },
      ]);
    });

    test('is not told from any other where somebody else is in the group', () => {
      const stranger = scanned({ pid: 91, ppid: 90, cgroup: { '': '/job1' } });
      expect(found([caller, init, child, stranger])).toMatchObject([
        { key: 'ns:1003:1000', engine: 'unknown', id: null, pids: [110, 111] },
      ]);
    });

    test('by systemd has a scope', () => {
      const scope = '/system.slice/runc-job1.scope';
      expect(found([scanned({ pid: 110, cgroup: scope, ns: own(1000) })])).toMatchObject([
        { engine: 'oci', id: 'job1' },
      ]);
      expect(found([scanned({ pid: 110, cgroup: scope })])).toEqual([]);
    });
  });

  test('without cgroups: a pod’s shim names one container, the others stand by their namespaces', () => {
    const candidates = found(
      [
        scanned({ pid: 100, comm: 'containerd-shim' }),
        scanned({ pid: 110, ppid: 100, ns: own(1000) }),
        scanned({ pid: 120, ppid: 100, ns: own(2000) }),
        scanned({ pid: 130, ppid: 100, comm: 'sh', ns: own(1000), nsPids: [130, 9] }),
      ],
      { 100: shim('team', 'web') },
    );
    expect(candidates).toMatchObject([
      { key: 'containerd:team/web', engine: 'containerd', id: 'web', pids: [110, 130], execs: [130], joined: [] },
      { key: 'ns:2003:2000', engine: 'containerd', id: null, pids: [120] },
    ]);
  });
});
