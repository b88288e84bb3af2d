import { expect, test } from 'vitest';
import type { Candidate } from '../../src/model/discovery/candidate.ts';
import { readNetworkCounters } from '../../src/probes/network-counters.ts';
import { memoryHost } from '../support/memory-host.ts';

const TITLES = 'Inter-|   Receive\n face |bytes\n';

function candidate(key: string, init: number): Candidate {
  return {
    key,
    engine: 'docker',
    id: key,
    name: null,
    pod: null,
    evidence: [],
    pids: [init],
    init,
    joined: [],
    execs: [],
    starting: false,
    parent: null,
    supervisor: null,
  };
}

test('counters of every container by its key, and gone for one that ended', () => {
  const host = memoryHost(
    `=== proc/7/net/dev\n${TITLES}  eth0: 656 8 0 0 0 0 0 0 42 1 0 0 0 0 0 0\n=== proc/9/net/dev\n${TITLES}  eth0: broken\n`,
  );
  const counters = readNetworkCounters(host, [candidate('a', 7), candidate('b', 8), candidate('c', 9)]);
  expect(counters.get('a')).toMatchObject({
    devices: { status: 'ok', value: [{ name: 'eth0', rxBytes: 656, txBytes: 42 }] },
    addresses: null,
  });
  expect(counters.get('b')).toMatchObject({ devices: { status: 'gone' } });
  expect(counters.get('c')).toMatchObject({ devices: { status: 'garbled', path: '/proc/9/net/dev' } });
});
