import { describe, expect, it } from 'vitest';
import { cgroupText } from '../../../src/cli/inspect/cgroup-text.ts';
import { inspectText } from '../../../src/cli/inspect/inspect-text.ts';
import { layersText } from '../../../src/cli/inspect/layers.ts';
import { containerNamespacesText, hostNamespacesTable, namespacesOf } from '../../../src/cli/inspect/ns.ts';
import { chooseRows, psTable } from '../../../src/cli/inspect/ps.ts';
import { statsLine, statsTable } from '../../../src/cli/inspect/stats.ts';
import { topTable } from '../../../src/cli/inspect/top.ts';
import type { Container } from '../../../src/model/document/container.ts';
import { statsSchema } from '../../../src/model/document/outputs.ts';
import { cgroupFixture, containerFixture, processFixture } from '../../support/container-fixture.ts';
import { snapshotFixture } from '../../support/snapshot-fixture.ts';

const snapshot = snapshotFixture();
const [web] = snapshot.containers as readonly [Container];

function ps(columns: number | null, trunc = true): string {
  return psTable(snapshot, chooseRows(snapshot, {}, null), trunc, { columns });
}

describe('ps', () => {
  it('shows every container with its limits, the bare one too', () => {
    expect(ps(null)).toMatchInlineSnapshot(`
      "ID              NAME   ENGINE  STATUS    PID  PROCS  NS        CPUS       MEM   PIDS     UP  IMAGE
      0000c0ffeec0    web-0  docker  running  4108      2  cIMNPtuU  0.50  22M/256M  4/100  3h00m  nginx:1.27
      1111c0ffeec0    db     docker  running  4208      2  cIMNPtuU  0.50  22M/256M  4/100  3h00m  nginx:1.27
      pid:7001@91234  (sh)   –       running  7001      2  cIMNPtuU     –         –      –      –  –
      "
    `);
  });

  it.each([
    [110, 'ID NAME ENGINE STATUS PID PROCS NS CPUS MEM PIDS UP IMAGE'],
    [80, 'ID NAME ENGINE STATUS PID NS CPUS UP IMAGE'],
    [50, 'ID NAME STATUS UP IMAGE'],
  ])('fits a terminal of %i columns: names give way, then the columns that tell least', (columns, titles) => {
    const long = snapshotFixture([containerFixture(0, { name: 'n'.repeat(60), image: 'i'.repeat(60) })]);
    const table = psTable(long, chooseRows(long, {}, null), true, { columns });
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(table).toContain('nnn…nnn');
    expect(table.split('\n')[0]?.split(/ +/).join(' ')).toBe(titles);
  });

  it('--no-trunc shows whole ids', () => {
    expect(ps(80, false)).toContain(web.id);
  });

  it('hides what does not run, unless asked or filtered by status', () => {
    const exited = containerFixture(2, { status: 'exited', init: null, processes: [] });
    const mixed = snapshotFixture([web], { stopped: [exited] });
    const at = new Date(mixed.atMs - 300_000).toISOString();
    const told = snapshotFixture([], { stopped: [{ ...exited, exit: { code: 137, at } }] });
    expect(psTable(told, chooseRows(told, { all: true }, null), true, { columns: null })).toContain(
      'exited (137) 5m ago',
    );
    const names = (options: Parameters<typeof chooseRows>[1]): number => chooseRows(mixed, options, null).length;
    expect(names({})).toBe(1);
    expect(names({ all: true })).toBe(2);
    expect(names({ filter: [{ key: 'status', matches: ({ status }) => status === 'exited' }] })).toBe(1);
  });
});

describe('ns', () => {
  it('says for a container what is the host’s, and how weak that is', () => {
    expect(containerNamespacesText(web, null)).toMatchInlineSnapshot(`
      "TYPE         INODE  HERE     PARENT       OWNER  WITH
      cgroup  4026531834  host’s        –  4026531837  host
      ipc     4026532001  private       –  4026531837  –
      mnt     4026532002  private       –  4026531837  –
      net     4026532003  private       –  4026531837  –
      pid     4026532004  private       –  4026531837  –
      time    4026531839  host’s        –  4026531837  host
      user    4026531840  host’s        –  4026531837  host
      uts     4026532007  private       –  4026531837  –

      The user namespace is the host’s: root inside is root outside.
      "
    `);
  });

  it('says for the host who is in each, or what holds it', () => {
    const table = hostNamespacesTable(snapshot.namespaces, [], null);
    expect(table).toMatch(/^net {5}4026532990 {6}0 +– .* held by bind \/run\/netns\/blue$/m);
    expect(table).toMatch(/^mnt {5}4026532002 {6}2 {2}4108 .* web-0$/m);
  });

  it('claims no empty namespace where links of processes are denied', () => {
    const denied = { path: '/proc/7/ns', code: 'EACCES', message: 'not readable', remedy: null };
    const table = hostNamespacesTable(snapshot.namespaces, [denied], null);
    expect(table).toMatch(/^net {5}4026532990 {6}– +– .* held by bind \/run\/netns\/blue, its processes need root$/m);
    expect(table).toMatch(/^mnt {5}4026532002 {5}≥2 {2}4108 .* web-0$/m);
  });

  it('of one container: those it is in, the host’s included', () => {
    expect(namespacesOf(snapshot, web).map(({ type, initial }) => `${type}${initial ? ' host' : ''}`)).toEqual([
      'cgroup host',
      'time host',
      'user host',
      'ipc',
      'mnt',
      'net',
      'pid',
      'uts',
    ]);
  });
});

describe('cgroup', () => {
  it('puts limits beside use, with who imposes them and the file', () => {
    expect(cgroupText(cgroupFixture('/docker/web'), null)).toMatchInlineSnapshot(`
      "CPU
        use        0.20 cores, 40% of the limit      /sys/fs/cgroup/cpuacct/docker/web/cpuacct.usage
        limit      0.50 cores, set by its own group  /sys/fs/cgroup/cpu/docker/web/cpu.cfs_quota_us
        own quota  50000 µs in each 100000 µs
        throttled  36 of 1200 periods, 2.8 s in all
        now        3.0% of the periods, 77.8 ms each, 0.02 cores held back
        shares     1024
        CPUs       0-1

      MEMORY
        working set          22 MiB, 8.6% of the limit      /sys/fs/cgroup/memory/docker/web/memory.usage_in_bytes
        limit                256 MiB, set by its own group  /sys/fs/cgroup/memory/docker/web/memory.limit_in_bytes
        use with page cache  23 MiB                         /sys/fs/cgroup/memory/docker/web/memory.usage_in_bytes
        anonymous            20 MiB
        files                2 MiB
        kernel               1 MiB
        swap                 0 B of max
        OOM kills            0
        times at the limit   0

      PIDS
        threads  4  /sys/fs/cgroup/pids/docker/web/pids.current
        limit    100, set by its own group

      IO
        read     4 MiB in 64 operations, 4.1 MiB/s
        written  0 B in 0 operations, 0 B/s

      GROUPS
        layout   hybrid, limits by cgroup v1
        cpu      /docker/web
        cpuacct  /docker/web
        memory   /docker/web
        pids     /docker/web
        systemd  /docker/web
      "
    `);
  });

  it('leaves unknown figures unknown', () => {
    const group = cgroupFixture('/x');
    const unknown = cgroupText(
      {
        ...group,
        cpu: { ...group.cpu, usageCores: null, ofLimitPercent: null, limitCores: null, limitedBy: null },
        memory: { ...group.memory, workingSetBytes: null, ofLimitPercent: null, limitBytes: 'max', limitedBy: null },
      },
      null,
    );
    expect(unknown).toMatch(/use +… cores/);
    expect(unknown).toMatch(/limit +– /);
    expect(unknown).toMatch(/working set +– /);
    expect(unknown).toMatch(/limit +max /);
  });
});

describe('layers', () => {
  it('lists the branches, top first', () => {
    if (web.layers === null) throw new Error('fixture');
    expect(layersText(web.layers, null)).toMatchInlineSnapshot(`
      "overlay on / from overlay

      INDEX  ROLE   ACCESS  FILES     SIZE  WHITEOUTS  CONTAINERS  IMAGES  PATH                                  CREATED BY
          0  rw     rw          3   12 KiB          1           1       0  /var/lib/docker/overlay2/x/diff       –
          1  init   ro          5      0 B          0           1       0  /var/lib/docker/overlay2/x-init/diff  –
          2  image  ro+wh    1240  4.2 MiB          0           3       2  /var/lib/docker/overlay2/a/diff       RUN pip install -r requirements.txt
      "
    `);
  });
});

describe('top', () => {
  it('shows the host’s pid beside the pids inside', () => {
    expect(topTable([processFixture({ nsPids: [4108, 20, 1] })], null)).toMatchInlineSnapshot(`
      " PID  INSIDE  UID  UID in  S  THR   RSS  TIME  CGROUP  COMMAND
      4108    20 1    0       0  S    1  1.3M    0s          sleep 1000
      "
    `);
  });
});

describe('stats', () => {
  it('shows rates', () => {
    expect(statsTable(snapshot, null)).toMatch(
      /^0000c0ffeec0 +web-0 +0\.20\/0\.50 +3\.0% +22M\/256M +4\/100 +4\.1M +12K/m,
    );
  });

  it('gives one JSON line, null where nothing is known', () => {
    const line = statsSchema.parse(statsLine(snapshot));
    expect(line.containers[0]).toMatchObject({ cpuCores: 0.2, pids: 4, readBytesPerSecond: 4_299_161 });
    expect(line.containers[2]).toMatchObject({ cpuCores: null, workingSetBytes: null });
  });
});

describe('inspect', () => {
  it('tells who it is, its three walls, and what is wrong', () => {
    const text = inspectText(
      { ...web, problems: [{ path: '/proc/1/io', code: 'EACCES', message: 'no', remedy: 'be root' }] },
      snapshot.atMs,
      null,
    );
    for (const title of [
      'NAMESPACES',
      'CPU',
      'MEMORY',
      'LAYERS',
      'MOUNTS',
      'NETWORK',
      'SECURITY',
      'PROCESSES',
      'RISKS',
    ]) {
      expect(text).toMatch(new RegExp(`^${title}$`, 'm'));
    }
    expect(text).toContain('started   2026-03-01T09:00:00.000Z, 3h00m ago');
    expect(text).toContain('/proc/1/io: no (be root)');
  });

  it('tells how one that ended did, and lists nothing that is no more', () => {
    const exit = { code: 137, at: '2026-03-01T10:00:00.000Z' };
    const gone = { ...web, exit, init: null, namespaces: [], processes: [] };
    const text = inspectText({ ...gone, status: 'exited' }, snapshot.atMs, null);
    expect(text).toMatch(/^ *ended +with status 137, 2026-03-01T10:00:00.000Z$/m);
    expect(text).not.toMatch(/^(NAMESPACES|PROCESSES)$/m);
  });
});

const hostile = `\x1b[31mred\x1b]0;title\x07\nnext\ttab\u202Egnp.exe\u2066 漢字\u009b2J${'x'.repeat(4096)}`;
const obeyed = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

describe('names of strangers', () => {
  const evil = containerFixture(3, {
    name: hostile,
    image: hostile,
    group: hostile,
    parent: hostile,
    restartPolicy: hostile,
    evidence: [hostile],
    labels: { [hostile]: hostile },
    processes: [processFixture({ comm: hostile, argv: [hostile], state: hostile, cgroup: hostile })],
    cgroup: { ...cgroupFixture(hostile), warnings: [hostile] },
    mounts: [
      { target: hostile, source: hostile, fsType: hostile, options: [hostile], propagation: hostile, kind: 'bind' },
    ],
    problems: [{ path: hostile, code: 'EACCES', message: hostile, remedy: hostile }],
    weak: [{ id: 'x', says: hostile }],
    life: { role: 'unknown', says: hostile, zombies: 0 },
    namespaces: [{ type: 'net', inode: 1, isolated: true, sharedWith: [hostile], parent: null, owner: null }],
  });
  const all = snapshotFixture([evil]);

  it.each([
    ['ps', psTable(all, chooseRows(all, {}, null), true, { columns: 80 })],
    ['ps --no-trunc', psTable(all, chooseRows(all, {}, null), false, { columns: null })],
    ['ns', hostNamespacesTable(all.namespaces, [], null)],
    ['top', topTable(evil.processes, null)],
    ['stats', statsTable(all, 80)],
    ['inspect', inspectText(evil, 0, null)],
  ])('%s prints nothing that a terminal obeys', (_verb, text) => {
    expect(obeyed.exec(text)).toBeNull();
  });
});
