import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Candidate } from '../../../src/model/discovery/candidate.ts';
import { discover } from '../../../src/model/discovery/discover.ts';
import type { ScannedProcess } from '../../../src/model/process.ts';
import { ok } from '../../../src/model/reading.ts';
import { found, own } from '../../support/discovered.ts';
import { HOST, hexId, scanned, systemd } from '../../support/processes.ts';

const A = hexId('aaaa');
const B = hexId('bbbb');
const C = hexId('cccc');

/** Hosts with containers of every kind, nested and sharing, and with processes anywhere. */
const anyProcess = fc.record({
  cgroup: fc.constantFrom(
    '/',
    '/a.service',
    `/docker/${A}`,
    `/docker/${A}/docker/${B}`,
    `/docker/${B}`,
    `/batch/${C}`,
    '/lxc.payload.x',
    '/lxc.monitor.x',
    `/lxc.payload.x/docker/${C}`,
  ),
  comm: fc.constantFrom('app', 'sh', 'unshare', 'bwrap', 'containerd-shim', 'runc:[2:INIT]'),
  parent: fc.nat(12),
  pid: fc.constantFrom(HOST.pid, 1003, 2003, 3003),
  mnt: fc.constantFrom(HOST.mnt, 1000, 2000, 3000),
  inside: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
  state: fc.constantFrom('S', 'Z'),
});

const anyHost = fc.array(anyProcess, { minLength: 1, maxLength: 12 }).map((all) =>
  all.map(({ parent, pid, mnt, inside, ...rest }, index) =>
    scanned({
      ...rest,
      pid: 10 + index,
      ppid: 9 + (parent % 12),
      ns: { pid, mnt },
      nsPids: pid === HOST.pid ? [10 + index] : [10 + index, ...inside],
    }),
  ),
);

describe('any host', () => {
  test('gives the same in any order of processes', () => {
    fc.assert(
      fc.property(
        anyHost.chain((host) => fc.tuple(fc.constant(host), fc.shuffledSubarray(host, { minLength: host.length }))),
        ([host, shuffled]) => {
          expect(found(shuffled)).toEqual(found(host));
        },
      ),
    );
  });

  test('has no process in two containers, unless one is in the other', () => {
    fc.assert(
      fc.property(anyHost, (host) => {
        const candidates = found(host);
        const byKey = new Map(candidates.map((candidate) => [candidate.key, candidate]));
        const around = (candidate: Candidate | undefined): string[] =>
          candidate?.parent ? [candidate.parent, ...around(byKey.get(candidate.parent))] : [];
        expect(byKey.size).toBe(candidates.length);
        for (const one of candidates) {
          expect(one.pids).toEqual([...new Set(one.pids)].toSorted((a, b) => a - b));
          expect(one.pids).toContain(one.init);
          for (const other of candidates) {
            const both = one.pids.filter((pid) => other.pids.includes(pid));
            const isNested = one === other || around(one).includes(other.key) || around(other).includes(one.key);
            expect(isNested || both.length === 0, `${one.key} and ${other.key} both have ${both}`).toBe(true);
          }
        }
      }),
    );
  });
});

/** Docker containers with a shim, an init and a child each. */
function dockerHost(containers: number): readonly ScannedProcess[] {
  const processes: ScannedProcess[] = [systemd()];
  for (let index = 0; index < containers; index += 1) {
    const pid = 1000 + index * 10;
    const path = `/docker/${hexId(index.toString(16).padStart(4, '0'))}`;
    const cgroup = { '': path, 'name=systemd': path, pids: path, memory: path, cpu: path, blkio: path };
    const ns = own(10_000 + index * 8);
    processes.push(scanned({ pid, comm: 'containerd-shim' }));
    processes.push(scanned({ pid: pid + 1, ppid: pid, cgroup, ns }));
    processes.push(scanned({ pid: pid + 2, ppid: pid + 1, cgroup, ns, nsPids: [pid + 2, 2] }));
  }
  return processes;
}

test('asked again about processes that are where they were, it gives the same answer', () => {
  const processes = dockerHost(2);
  const supervisors = new Map<number, readonly string[]>();
  const first = discover(processes, HOST, supervisors);
  expect(discover(processes, HOST, supervisors)).toBe(first);
  const busier = processes.map((process) => ({ ...process, stat: { ...process.stat, utimeTicks: 1, rssPages: 2 } }));
  expect(discover(busier, HOST, new Map())).toBe(first);
  const [, ...fewer] = processes;
  expect(discover(fewer, HOST, supervisors)).not.toBe(first);
  const renamed = processes.map((process) => ({ ...process, stat: { ...process.stat, comm: 'other' } }));
  expect(discover(renamed, HOST, supervisors)).not.toBe(first);
  const moved = processes.map((process) => ({ ...process, cgroups: ok([]) }));
  expect(discover(moved, HOST, supervisors).candidates).not.toEqual(first.candidates);
});
