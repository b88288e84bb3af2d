import { describe, expect, it } from 'vitest';
import { openEngines } from '../../../src/probes/engines/engines.ts';
import { ownRoots } from '../../../src/probes/engines/own-state.ts';
import { memoryHost } from '../../support/memory-host.ts';
import { candidate } from './fixture.ts';

const ID = 'ab'.repeat(32);
const BOOT = '69d3ac6b-ba24-4174-84b7-5da2b8af00e3';

const CONFIG = {
  id: ID,
  name: 'web',
  image: 'nsview/demo',
  createdAt: '2026-01-31T12:00:00.000Z',
  labels: { tier: 'front' },
  privileged: false,
  ports: [{ hostAddress: '127.0.0.1', hostPort: 4000, containerPort: 80, protocol: 'tcp' }],
  volumes: { '/data': 'store' },
};
const STATE = {
  status: 'running',
  bootId: BOOT,
  creator: { pid: 7, startTicks: 70 },
  monitor: { pid: 41, startTicks: 410 },
  init: { pid: 42, startTicks: 420 },
  startedAt: '2026-01-31T12:00:01.000Z',
};

function stat(pid: number, startTicks: number): string {
  return `${pid} (nsview-init) S 1 ${pid} ${pid} 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 ${startTicks} ${'0 '.repeat(30)}\n`;
}

function store(root: string, state: object = STATE) {
  const host = memoryHost('=== etc/hostname\nhost\n');
  host.write(`${root}/containers/${ID}/config.json`, JSON.stringify(CONFIG));
  host.write(`${root}/containers/${ID}/state.json`, JSON.stringify(state));
  host.write('/proc/sys/kernel/random/boot_id', `${BOOT}\n`);
  return host;
}

const own = candidate({ engine: 'nsview', id: ID, init: 42 });

describe('our own containers', () => {
  it('have their names from the store, at the usual place or where --root says', () => {
    const facts = {
      engine: 'nsview',
      name: 'web',
      image: 'nsview/demo',
      startedAt: '2026-01-31T12:00:01.000Z',
      labels: { tier: 'front' },
      privileged: false,
      ports: [{ host: '127.0.0.1:4000', container: 80, protocol: 'tcp' }],
      volumes: { '/data': 'store' },
    };
    expect(openEngines(store('/var/lib/nsview'), { kind: 'auto' }, { env: {} }).facts(own, null)).toMatchObject(facts);
    // Of another host's files a name would belong to a stranger's id.
    const [ours, theirs] = [true, false].map((live) => {
      return openEngines({ ...store('/var/lib/nsview'), live }, { kind: 'none' }, { env: {} }).facts(own, null);
    });
    expect([ours, theirs]).toEqual([expect.objectContaining(facts), null]);
    const elsewhere = openEngines(store('/mine'), { kind: 'auto' }, { env: {}, root: '/mine' });
    expect(elsewhere.facts(own, null)).toMatchObject(facts);
    expect(openEngines(store('/mine'), { kind: 'auto' }, { env: {} }).facts(own, null)).toBeNull();
  });

  it('are known by their id alone under a parent of somebody’s choice', () => {
    const unknown = candidate({ engine: 'unknown', id: ID, init: 42 });
    const engines = openEngines(store('/var/lib/nsview'), { kind: 'auto' }, { env: {} });
    expect(engines.facts(unknown, null)).toMatchObject({ engine: 'nsview', name: 'web' });
  });

  it('are known by their init where they have no group: those of an ordinary user', () => {
    const bare = candidate({ engine: 'unknown', id: null, init: 42 });
    const host = store('/var/lib/nsview');
    host.write('/proc/41/stat', stat(41, 410));
    const facts = () => openEngines(host, { kind: 'auto' }, { env: {} }).facts(bare, null);
    host.write('/proc/42/stat', stat(42, 999));
    expect(facts()).toBeNull();
    host.write('/proc/42/stat', stat(42, 420));
    expect(facts()).toMatchObject({ engine: 'nsview', id: ID, name: 'web' });
  });

  const ENDED = 'code 137\nsignal 9\nstarted 1700000000123456789\nended 1700000001000000000\n';
  it.each([
    ['runs while its helper is the recorded process', STATE, stat(41, 410), false, []],
    ['is dead where another process has the number', STATE, stat(41, 999), false, ['dead']],
    ['is dead where the helper is gone', STATE, null, false, ['dead']],
    ['is dead where the machine was started again', { ...STATE, bootId: 'other' }, stat(41, 410), false, ['dead']],
    ['has exited once its end is written', STATE, stat(41, 410), true, ['exited']],
    ['is being made while its maker lives', { ...STATE, status: 'creating', monitor: null }, stat(7, 70), false, []],
  ])('%s', (_, state, process, ended, statuses) => {
    const host = store('/var/lib/nsview', state);
    if (process !== null) host.write(`/proc/${process.split(' ')[0]}/stat`, process);
    if (ended) host.write(`/var/lib/nsview/containers/${ID}/exit`, ENDED);
    const { stopped } = openEngines(host, { kind: 'auto' }, { env: {} });
    expect(stopped().map(({ status }) => status)).toEqual(statuses);
    expect(stopped().map(({ exit }) => exit)).toEqual(
      statuses.map(() => (ended ? { code: 137, at: '2023-11-14T22:13:21.000Z' } : null)),
    );
    host.write(`/var/lib/nsview/containers/${ID}/config.json`, JSON.stringify({ ...CONFIG, autoRemove: true }));
    expect(openEngines(host, { kind: 'auto' }, { env: {} }).stopped()).toEqual([]);
  });

  it('have the port that the kernel chose once it is written down, and none before', () => {
    const port = { hostAddress: '127.0.0.1', hostPort: 0, containerPort: 80, protocol: 'tcp' };
    const hosts = [null, [{ ...port, hostPort: 40_123 }]].map((ports) => {
      const host = store('/var/lib/nsview', { ...STATE, ports });
      host.write(`/var/lib/nsview/containers/${ID}/config.json`, JSON.stringify({ ...CONFIG, ports: [port] }));
      return openEngines(host, { kind: 'auto' }, { env: {} }).facts(own, null)?.ports?.[0]?.host;
    });
    expect(hosts).toEqual([null, '127.0.0.1:40123']);
  });

  it('are passed over where a file says another id, or nothing', () => {
    const host = store('/var/lib/nsview');
    for (const text of ['{', '{}', JSON.stringify({ ...CONFIG, id: 'cd'.repeat(32) }), 'null']) {
      host.write(`/var/lib/nsview/containers/${ID}/config.json`, text);
      expect(openEngines(host, { kind: 'auto' }, { env: {} }).facts(own, null)).toBeNull();
    }
  });

  it('are looked for where a user keeps data too', () => {
    expect(ownRoots({ root: '/x', home: '/h', data: '/d' })).toEqual(['/x']);
    expect(ownRoots({ root: 'x', home: '/h', data: '/d' })).toEqual([`${process.cwd()}/x`]);
    expect(ownRoots({ root: null, home: '/h', data: '/d' })).toEqual(['/var/lib/nsview', '/d/nsview']);
    expect(ownRoots({ root: null, home: '/h', data: null })).toEqual(['/var/lib/nsview', '/h/.local/share/nsview']);
    expect(ownRoots({ root: null, home: null, data: null })).toEqual(['/var/lib/nsview']);
  });
});
