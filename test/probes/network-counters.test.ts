import { expect, test } from 'vitest';
import { finish } from '../../src/model/steps.ts';
import { openNetworkCounters } from '../../src/probes/network-counters.ts';
import { memoryHost } from '../support/memory-host.ts';
import { candidate } from './engines/fixture.ts';

const TITLES = 'Inter-|   Receive\n face |bytes\n';

const dockerWith = (key: string, init: number) => candidate({ key, engine: 'docker', id: key, pids: [init], init });

test('counters of every container by its key, and gone for one that ended', () => {
  const host = memoryHost(
    `=== proc/7/net/dev\n${TITLES}  eth0: 656 8 0 0 0 0 0 0 42 1 0 0 0 0 0 0\n=== proc/9/net/dev\n${TITLES}  eth0: broken\n`,
  );
  const candidates = [dockerWith('a', 7), dockerWith('b', 8), dockerWith('c', 9)];
  const counters = finish(openNetworkCounters(host).read(candidates, new Set()));
  expect(counters.get('a')).toMatchObject({
    devices: { status: 'ok', value: [{ name: 'eth0', rxBytes: 656, txBytes: 42 }] },
    addresses: null,
  });
  expect(counters.get('b')).toMatchObject({ devices: { status: 'gone' } });
  expect(counters.get('c')).toMatchObject({ devices: { status: 'garbled', path: '/proc/9/net/dev' } });
});

test('of very many some are read at a time, each with when it was read and the reading before', () => {
  const count = 1000;
  const file = (rx: number) => `${TITLES}  eth0: ${rx} 8 0 0 0 0 0 0 42 1 0 0 0 0 0 0\n`;
  const pids = Array.from({ length: count }, (_, index) => index + 1);
  const host = memoryHost(pids.map((pid) => `=== proc/${pid}/net/dev\n${file(0)}`).join(''));
  const candidates = pids.map((pid) => dockerWith(`c${pid}`, pid));
  const counters = openNetworkCounters(host);
  const tick = (second: number) => {
    for (const pid of pids) host.write(`/proc/${pid}/net/dev`, file(second * 100));
    const read = finish(counters.read(candidates, new Set(['c1000'])));
    const now = host.monotonicUs();
    host.advance(1000);
    return { read, fresh: [...read].filter(([, { readAtUs }]) => readAtUs === now).map(([key]) => key) };
  };
  expect(tick(0).fresh).toHaveLength(count);
  expect(tick(1).fresh).toHaveLength(count);
  const seen = new Set<string>();
  for (let second = 2; second < 6; second += 1) {
    const { read, fresh } = tick(second);
    expect(fresh.length).toBeLessThan(300);
    expect(fresh).toContain('c1000');
    for (const key of fresh) seen.add(key);
    for (const { devices, readAtUs, earlier } of read.values()) {
      const [now, then] = [devices, earlier?.devices].map((each) => each?.status === 'ok' && each.value[0]?.rxBytes);
      expect(Number(now) - Number(then)).toBe((readAtUs - (earlier?.readAtUs ?? 0)) / 10_000);
    }
  }
  expect(seen.size).toBe(count);
});
