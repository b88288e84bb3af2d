import { describe, expect, test } from 'vitest';
import type { ContainerProcess, Init } from '../../src/model/document/process.ts';
import { describeLife } from '../../src/model/life.ts';

type Told = {
  readonly pid: number;
  readonly ppid?: number;
  readonly argv: readonly string[];
  readonly comm?: string;
  readonly nsPids?: readonly number[];
  readonly state?: string;
  readonly threads?: number;
  readonly joined?: boolean;
};

function life(...told: readonly Told[]) {
  const processes = told.map(
    (each, index): ContainerProcess => ({
      ppid: index === 0 ? 1 : 110,
      comm: each.argv[0]?.split('/').at(-1)?.slice(0, 15) ?? '',
      state: 'S',
      threads: 1,
      rssBytes: null,
      pssBytes: null,
      cpuSeconds: null,
      cpuCores: null,
      uid: 0,
      insideUid: 0,
      cgroup: '',
      joined: false,
      ...each,
      argv: [...each.argv],
      nsPids: [...(each.nsPids ?? [each.pid, index + 1])],
    }),
  );
  const [first] = processes;
  const init: Init | null = first === undefined ? null : { ...first, startTicks: 5 };
  return describeLife({ init, processes });
}

describe('PID 1 inside', () => {
  test.each<readonly [string, string, readonly Told[]]>([
    ['application', 'nginx', [{ pid: 110, argv: ['/usr/sbin/nginx', '-g', 'daemon off;'] }]],
    ['application', 'sleep', [{ pid: 110, argv: ['busybox', 'sleep', '100'] }]],
    ['application', 'python3', [{ pid: 110, argv: ['python3', '/app.py'] }]],
    ['application', 'shutdown-manager', [{ pid: 110, argv: ['shutdown-manager'] }]],
    ['shell', 'bash', [{ pid: 110, argv: ['-bash'] }]],
    ['shell', 'sh', [{ pid: 110, argv: ['/bin/sh', '/docker-entrypoint.sh'], comm: 'docker-entrypoi' }]],
    ['shell', 'sh', [{ pid: 110, argv: ['/bin/busybox', 'sh'] }]],
    [
      'init',
      'docker-init',
      [
        { pid: 110, argv: ['/sbin/docker-init', '--', 'sh'] },
        { pid: 111, argv: ['sh'] },
      ],
    ],
    ['init', 'tini', [{ pid: 110, argv: ['/usr/bin/tini', '--', 'app'] }]],
    ['init', 'dumb-init', [{ pid: 110, argv: ['dumb-init', 'app'] }]],
    ['init', 'catatonit', [{ pid: 110, argv: ['/usr/libexec/catatonit', '--', 'app'] }]],
    ['init', 'systemd', [{ pid: 110, argv: ['/lib/systemd/systemd'] }]],
    ['init', 'init', [{ pid: 110, argv: ['/sbin/init'] }]],
    ['init', 'systemd', [{ pid: 110, argv: ['/sbin/init'], comm: 'systemd' }]],
    ['unknown', 'still setting it up', [{ pid: 110, argv: ['runc', 'init'], comm: 'runc:[2:INIT]' }]],
    ['init', 's6-svscan', [{ pid: 110, argv: ['s6-svscan', '-t0', '/var/run/s6/services'] }]],
    ['pause', 'pause', [{ pid: 110, argv: ['/pause'] }]],
    ['pause', 'catatonit', [{ pid: 110, argv: ['/catatonit', '-P'] }]],
    ['none', 'sleep', [{ pid: 110, argv: ['sleep'], nsPids: [110] }]],
    ['none', 'sleep', [{ pid: 110, argv: ['sleep'], nsPids: [110, 7] }]],
    ['unknown', 'cannot be seen', []],
  ])('%s: %s', (role, says, told) => {
    const answer = life(...told);
    expect(answer).toMatchObject({ role, zombies: 0 });
    expect(answer.says).toContain(says);
  });

  test('a shell with the application as its child decides alone', () => {
    const { says } = life(
      { pid: 110, argv: ['sh', '-c', 'redis-server; true'] },
      { pid: 130, argv: ['bash'], joined: true },
      { pid: 131, argv: ['/usr/bin/redis-server', '*:6379'] },
    );
    expect(says).toContain('a shell (sh) and redis-server its child');
    expect(says).toContain('the container is up as long as the shell is, whether or not the application lives');
  });

  test('an init that ends with its child says with which', () => {
    expect(life({ pid: 110, argv: ['tini', '--', 'app'] }, { pid: 111, argv: ['app'] }).says).toContain(
      'the container ends when app does',
    );
  });

  test('zombies are counted, and whose they are', () => {
    const one = life({ pid: 110, argv: ['app'] }, { pid: 111, argv: [], comm: 'child', state: 'Z' });
    expect(one).toMatchObject({ zombies: 1 });
    expect(one.says).toMatch(/; 1 zombie: PID 1 does not reap it$/);
    const three = life(
      { pid: 110, argv: ['app'] },
      { pid: 111, argv: [], comm: 'a', state: 'Z' },
      { pid: 112, argv: [], comm: 'b', state: 'Z' },
      { pid: 113, ppid: 109, argv: [], comm: 'c', state: 'Z' },
    );
    expect(three.says).toMatch(/; 3 zombies: their parents do not reap them$/);
  });

  test('a leader that ended before its threads is no zombie', () => {
    expect(life({ pid: 110, argv: ['app'] }, { pid: 111, argv: ['app'], state: 'Z', threads: 3 }).zombies).toBe(0);
  });

  test('that the runtime gave up is not still being set up', () => {
    const told = { pid: 110, argv: [], comm: 'runc:[2:INIT]' };
    expect(life(told).says).toBe('the runtime is still setting it up (runc:[2:INIT])');
    expect(life({ ...told, state: 'Z' }).says).toBe('the runtime gave it up while it set it up (runc:[2:INIT])');
  });

  test('that is a zombie itself has ended', () => {
    expect(life({ pid: 110, argv: [], comm: 'app', state: 'Z' })).toEqual({
      role: 'unknown',
      says: 'PID 1 (app) has ended and waits to be reaped from outside',
      zombies: 1,
    });
  });
});
