import { describe, expect, test } from 'vitest';
import { discover } from '../../../src/model/discovery/discover.ts';
import { buildNamespaces } from '../../../src/model/namespaces/build-namespaces.ts';
import type { ScannedProcess } from '../../../src/model/process.ts';
import type { ContainerSample, Sample } from '../../../src/model/sample.ts';
import { own } from '../../support/discovered.ts';
import { HOST, hexId, scanned, systemd } from '../../support/processes.ts';

const A = hexId('aaaa');
const B = hexId('bbbb');

function built(
  told: readonly ScannedProcess[],
  more: Partial<Pick<Sample, 'held' | 'namespaceFacts'>> = {},
  names: { readonly [id: string]: string } = {},
) {
  const processes = [systemd(), ...told];
  const containers = discover(processes, HOST, new Map()).candidates.map(
    (candidate) =>
      ({
        candidate,
        facts:
          candidate.id === null || names[candidate.id] === undefined
            ? null
            : { id: candidate.id, engine: candidate.engine, name: names[candidate.id] },
      }) as ContainerSample,
  );
  const sample = { held: [], namespaceFacts: {}, ...more, processes, host: { namespaces: HOST } } as unknown as Sample;
  return buildNamespaces(sample, containers, new Map(processes.map((process) => [process.stat.pid, process])));
}

describe('the namespaces of a container', () => {
  const pair = [
    scanned({ pid: 110, cgroup: `/docker/${A}`, ns: own(1000) }),
    scanned({ pid: 120, cgroup: `/docker/${B}`, ns: { ...own(2000), net: 1004, ipc: 1002 } }),
  ];

  test('are eight, private, the host’s, or shared with those that are named', () => {
    const { ofContainer } = built(pair, {}, { [A]: 'web', [B]: 'sidecar' });
    const rows = ofContainer.get(`docker:${B}`) ?? [];
    expect(rows.map(({ type, isolated, sharedWith }) => `${type} ${isolated} ${sharedWith}`)).toEqual([
      'cgroup false host',
      'ipc true web',
      'mnt true ',
      'net true web',
      'pid true ',
      'time false host',
      'user false host',
      'uts true ',
    ]);
    expect(rows.map(({ inode }) => inode)).toEqual([HOST.cgroup, 1002, 2000, 1004, 2003, HOST.time, HOST.user, 2001]);
  });

  test('know parent and owner where the kernel told', () => {
    const facts = { parent: HOST.pid, owner: HOST.user, ownerUid: null, uniqueId: '7' };
    const rows = built(pair, { namespaceFacts: { 'pid:1003': facts } }).ofContainer.get(`docker:${A}`);
    expect(rows?.find(({ type }) => type === 'pid')).toMatchObject({ parent: HOST.pid, owner: HOST.user });
    expect(rows?.find(({ type }) => type === 'net')).toMatchObject({ parent: null, owner: null });
  });

  test('the same inode in two types is not one namespace', () => {
    const { ofContainer } = built([
      scanned({ pid: 110, cgroup: `/docker/${A}`, ns: { mnt: 1000, net: 1001, pid: 1002 } }),
      scanned({ pid: 120, cgroup: `/docker/${B}`, ns: { mnt: 1001, net: 1002, pid: 1000 } }),
    ]);
    expect(
      ofContainer.get(`docker:${A}`)?.flatMap(({ type, sharedWith }) => (type === 'user' ? [] : sharedWith)),
    ).toEqual(Array(4).fill('host'));
  });

  test('are those of a living process where the init is a zombie', () => {
    const { user, pid } = { ...HOST, pid: 1003 };
    const zombie: ScannedProcess = {
      ...scanned({ pid: 110, state: 'Z', cgroup: `/docker/${A}`, ns: own(1000) }),
      namespaces: { status: 'ok', value: { user, pid } },
    };
    const child = scanned({ pid: 111, ppid: 110, cgroup: `/docker/${A}`, ns: own(1000), nsPids: [111, 2] });
    const rows = built([zombie, child]).ofContainer.get(`docker:${A}`) ?? [];
    expect(rows.map(({ inode }) => inode)).toEqual([HOST.cgroup, 1002, 1000, 1004, 1003, HOST.time, HOST.user, 1001]);
  });

  test('are unknown where links are denied, but for what NSpid tells', () => {
    const rows = built([scanned({ pid: 110, cgroup: `/docker/${A}`, ns: 'denied', nsPids: [110, 1] })]).ofContainer;
    expect(rows.get(`docker:${A}`)?.map(({ type, inode, isolated }) => `${type} ${inode} ${isolated}`)).toEqual([
      'cgroup null null',
      'ipc null null',
      'mnt null null',
      'net null null',
      'pid null true',
      'time null null',
      'user null null',
      'uts null null',
    ]);
  });
});

describe('the namespaces of the host', () => {
  const shell = scanned({ pid: 90, comm: 'bash' });
  const container = scanned({ pid: 110, cgroup: `/docker/${A}`, ns: own(1000) });
  const joined = scanned({ pid: 131, ppid: 90, ns: { pid: 1003 }, nsPids: [131, 20] });

  test('hold their processes and containers; who joined brings nothing else along', () => {
    const { host } = built([joined, container, shell], {}, { [A]: 'web' });
    const of = (type: string, inode: number) => host.find((each) => each.type === type && each.inode === inode);
    expect(of('pid', 1003)).toEqual({
      type: 'pid',
      inode: 1003,
      initial: false,
      processes: [110, 131],
      containers: ['web'],
      heldBy: [],
      parent: null,
      owner: null,
      ownerUid: null,
    });
    expect(of('mnt', HOST.mnt)).toMatchObject({ initial: true, processes: [1, 90, 131], containers: [] });
    expect(host.map(({ type }) => type)).toEqual(host.map(({ type }) => type).toSorted());
  });

  test('with no process in them say what holds them', () => {
    const bind = { type: 'net', inode: 5000, kind: 'bind', where: '/run/netns/blue' } as const;
    const fd = { type: 'net', inode: 5000, kind: 'fd', where: '/proc/90/fd/3' } as const;
    const ofHost = { type: 'net', inode: HOST.net, kind: 'bind', where: '/run/docker/netns/default' } as const;
    const { host } = built([shell], { held: [bind, fd, ofHost] });
    expect(host.filter(({ type }) => type === 'net')).toMatchObject([
      {
        inode: 5000,
        processes: [],
        heldBy: [
          { kind: 'bind', where: '/run/netns/blue' },
          { kind: 'fd', where: '/proc/90/fd/3' },
        ],
      },
      { inode: HOST.net, processes: [1, 90], heldBy: [] },
    ]);
  });

  test('name a nested container alone, not the one around it', () => {
    const inner = scanned({
      pid: 121,
      ppid: 110,
      cgroup: `/docker/${A}/docker/${B}`,
      ns: own(2000),
      nsPids: [121, 9, 1],
    });
    const { host, refs } = built([container, inner]);
    expect(host.find(({ inode }) => inode === 2003)?.containers).toEqual([refs.get(`docker:${B}`)]);
    expect(host.find(({ type, inode }) => type === 'user' && inode === HOST.user)?.containers).toHaveLength(2);
  });
});
