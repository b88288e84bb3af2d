import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Ground } from '../support/container-spec.ts';
import { containerSpec } from '../support/container-spec.ts';
import { freshState, makeGround, runContainer, runScript, start } from '../support/own-container.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const workDir = makeWorkDir();
let ground: Ground;

beforeAll(() => {
  ground = makeGround(workDir);
});
beforeEach(() => freshState(ground));
afterAll(() => removeWorkDir(workDir));

const namespaceTypes = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'uts'] as const;

const linkOf = (pid: number | 'self', type: string) => readlinkSync(`/proc/${pid}/ns/${type}`);

test('gives it namespaces, a root, a host name and a process list of its own', async () => {
  const process = { argv: ['sh', '-c', 'echo $$; hostname; cat'] };
  const started = start(ground, { run: containerSpec(ground, { process }) }, null);
  const { pid } = await started.process;
  await started.running;
  started.launcher.stdin?.end();
  for (const type of namespaceTypes) expect(linkOf(pid, type)).not.toBe(linkOf('self', type));
  expect(linkOf(pid, 'user')).toBe(linkOf('self', 'user'));
  const { status, stdout } = await started.ended;
  expect(status).toBe(0);
  expect(stdout).toBe('1\nbox\n');
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(workDir);
});

test('shows it three streams and nothing else of the host', async () => {
  const { stdout } = await runScript(
    ground,
    'ls /proc/self/fd; ls /; grep -c . /proc/mounts; cat /proc/net/dev | grep -c :',
    {},
  );
  const lines = stdout.trim().split('\n');
  // The third is the list that ls itself reads.
  expect(lines.slice(0, 4)).toEqual(['0', '1', '2', '3']);
  expect(lines).not.toContain('4');
  expect(lines).toEqual(expect.arrayContaining(['bin', 'dev', 'etc', 'proc', 'sys', 'tmp']));
  expect(lines.at(-1)).toBe('1');
});

test.each([
  [['sh', '-c', 'exit 7'], 7, null],
  [['nosuch'], 127, { step: 'exec', error: 'ENOENT' }],
  [['/bin/nosuch'], 127, { step: 'exec', error: 'ENOENT' }],
  [['/etc/passwd'], 126, { step: 'exec', error: 'EACCES' }],
  [['/etc'], 126, { step: 'exec', error: 'EACCES', detail: '/etc is a directory' }],
  [
    ['/tmp/orphan'],
    127,
    {
      step: 'exec',
      error: 'ENOENT',
      detail: '/tmp/orphan: the interpreter of its #! line, or its ELF loader, is missing',
    },
  ],
  [['/tmp/garbage'], 126, { step: 'exec', error: 'ENOEXEC' }],
])('%j ends with %i', async (argv, code, outcome) => {
  writeFileSync(`${ground.rootfs}/tmp/orphan`, '#!/bin/nosuch\n', { mode: 0o755 });
  writeFileSync(`${ground.rootfs}/tmp/garbage`, 'garbage', { mode: 0o755 });
  const { status, stderr } = await runContainer(ground, { process: { argv } });
  expect(status, stderr).toBe(code);
  if (outcome === null) return;
  expect(JSON.parse(/^outcome (.*)$/m.exec(stderr)?.[1] ?? '{}')).toMatchObject(outcome);
});

test('passes input, output and errors through, to the last byte', async () => {
  const input = Array.from({ length: 50_000 }, (_, line) => `line ${line}\n`).join('');
  const { stdout, stderr } = await runContainer(
    ground,
    { process: { argv: ['sh', '-c', 'cat; echo oops >&2'] } },
    input,
  );
  expect(stdout).toBe(input);
  expect(stderr).toBe('oops\n');
});

test('logs both streams as the container runtimes of Kubernetes do, while it shows them', async () => {
  const files = { lock: null, log: `${ground.state}/log`, exit: null };
  const { stdout, stderr } = await runScript(ground, 'echo one; echo two >&2; printf half; sleep 0.1; echo " whole"', {
    files,
  });
  expect(stdout).toBe('one\nhalf whole\n');
  expect(stderr).toBe('two\n');
  const entries = readFileSync(files.log, 'utf8').trimEnd().split('\n');
  for (const entry of entries) expect(entry).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z (stdout|stderr) [FP] /);
  const said = entries.map((entry) => entry.split(' ').slice(1).join(' '));
  expect(said.filter((line) => line.startsWith('stdout'))).toEqual([
    'stdout F one',
    'stdout P half',
    'stdout F  whole',
  ]);
  expect(said.filter((line) => line.startsWith('stderr'))).toEqual(['stderr F two']);
});

test('reports every step that was done, the last of them the end', async () => {
  const started = start(ground, { run: containerSpec(ground) }, '', '--steps');
  const { stderr, status } = await started.ended;
  const { pid } = await started.process;
  expect(status).toBe(0);
  const reported = [...stderr.matchAll(/^step (\S+) (\S+) (.*)$/gm)].map(([, error, kind, detail]) => ({
    error,
    kind,
    detail,
  }));
  expect(reported.map(({ error }) => error)).toEqual(reported.map(() => 'ok'));
  expect(reported.find(({ kind }) => kind === 'clone')?.detail).toMatch(new RegExp(`^pid ${pid} mnt:\\[\\d+\\] pid:`));
  expect(reported.at(-1)?.kind).toBe('exit-record');
  expect(reported.filter(({ kind }) => kind === 'mount')).toHaveLength(3);
});

test('waits before each step when asked to', async () => {
  const { stderr, status } = await start(ground, { run: containerSpec(ground) }, '', '--steps', '--pause').ended;
  expect(status).toBe(0);
  const done = [...stderr.matchAll(/^step ok (\S+)/gm)].map(([, kind]) => kind);
  const before = [...stderr.matchAll(/^before (\S+)$/gm)].map(([, kind]) => kind);
  expect(before).toEqual(done);
});

test('writes how it ended, with the last figures asked for', async () => {
  const finals = ['/proc/sys/kernel/ostype', '/nosuch'];
  const cgroup = { directories: [], writes: [], devices: null, joins: [], finals, removes: [], parents: [] };
  await runScript(ground, 'exit 3', { cgroup });
  expect(readFileSync(`${ground.state}/exit`, 'utf8')).toMatch(
    /^code 3\nsignal 0\nstarted \d{19}\nended \d{19}\nfile 6 \/proc\/sys\/kernel\/ostype\nLinux\n\n$/,
  );
});

test('keeps what it writes in the upper layer, and shares nothing with the image', async () => {
  await runScript(ground, 'echo mine > /root/file; rm /etc/passwd');
  expect(readFileSync(`${ground.state}/upper/root/file`, 'utf8')).toBe('mine\n');
  expect(readdirSync(`${ground.rootfs}/etc`)).toEqual(['passwd']);
});

test('takes the directory itself where there are no layers', async () => {
  const rootfs = { kind: 'directory', path: ground.rootfs } as const;
  const { status } = await runScript(ground, 'echo here > /root/direct', { rootfs });
  expect(status).toBe(0);
  expect(readFileSync(`${ground.rootfs}/root/direct`, 'utf8')).toBe('here\n');
});

test('mounts volumes, read-only where asked, makes their places, and follows no device on them', async () => {
  const volume = `${workDir}/volume`;
  mkdirSync(volume);
  writeFileSync(`${volume}/file`, 'from the host\n');
  execFileSync('mknod', [`${volume}/zero`, 'c', '1', '5']);
  const bind = { kind: 'bind', source: volume, recursive: true, propagation: 'private' } as const;
  const file = { ...bind, source: `${volume}/file`, target: '/etc/conf.d/one.conf', flags: [] };
  const mounts = [
    ...containerSpec(ground).mounts,
    { ...bind, target: '/deep/ly/data', flags: ['ro'] as const },
    { ...bind, target: '/rw', flags: [] },
    file,
  ];
  const script =
    'cat /deep/ly/data/file /etc/conf.d/one.conf; echo x > /deep/ly/data/new; echo x > /rw/new; head -c1 /rw/zero';
  const { stdout, stderr } = await runScript(ground, script, { mounts });
  expect(stdout).toBe('from the host\nfrom the host\n');
  expect(stderr).toContain('/deep/ly/data/new: Read-only file system');
  expect(stderr).toContain('/rw/zero: Permission denied');
  expect(readFileSync(`${volume}/new`, 'utf8')).toBe('x\n');
});

test('makes the root read-only, but not what is mounted on it', async () => {
  const tmpfs = {
    kind: 'filesystem',
    fsType: 'tmpfs',
    source: 'tmpfs',
    target: '/tmp',
    flags: [],
    options: [],
    optional: false,
  } as const;
  const mounts = [...containerSpec(ground).mounts, tmpfs];
  const { stdout, stderr } = await runScript(ground, 'echo x > /file; echo y > /tmp/file; cat /tmp/file', {
    mounts,
    readonlyRootfs: true,
  });
  expect(stderr).toContain("can't create /file: Read-only file system");
  expect(stdout).toBe('y\n');
});

test('covers masked paths and closes read-only ones', async () => {
  const script =
    'wc -c < /proc/timer_list; ls /sys/firmware | wc -l; echo 1 > /proc/sys/kernel/panic; echo x > /sys/firmware/x';
  const { stdout, stderr } = await runScript(ground, script);
  expect(stdout.trim().split(/\s+/)).toEqual(['0', '0']);
  expect(stderr.match(/Read-only file system/g)).toHaveLength(2);
});

test('is who it is told to be, with only the rights it was given', async () => {
  const capabilities = { bounding: 0x401, effective: 0x400, permitted: 0x401 };
  const process = { uid: 1000, gid: 1001, groups: [5, 1002], umask: 0o27, capabilities };
  const script = 'id -u; id -g; id -G; umask; grep -E "^(Cap|NoNew)" /proc/self/status';
  const { stdout } = await runScript(ground, script, { process });
  expect(stdout.split('\n').slice(0, 4)).toEqual(['1000', '1001', '1001 5 1002', '0027']);
  expect(stdout).toMatch(
    /CapInh:\t0{16}\nCapPrm:\t0{16}\nCapEff:\t0{16}\nCapBnd:\t0{13}401\nCapAmb:\t0{16}\nNoNewPrivs:\t1/,
  );
});

test('sets limits and parameters of its own', async () => {
  const rlimits = [{ name: 'nofile', soft: 100, hard: 200, optional: false }] as const;
  const sysctls = [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '80' }];
  const script = 'ulimit -n; ulimit -Hn; cat /proc/sys/net/ipv4/ip_unprivileged_port_start';
  const { stdout } = await runScript(ground, script, { sysctls, process: { rlimits } });
  expect(stdout).toBe('100\n200\n80\n');
});

test('is unlike the host in nothing but what it is told', async () => {
  const env = ['PATH=/bin', 'ONE=1', 'EMPTY='];
  const { stdout } = await runContainer(ground, { process: { argv: ['env'], env, cwd: '/made/here' } });
  expect(stdout.trim().split('\n').toSorted()).toEqual(['EMPTY=', 'ONE=1', 'PATH=/bin']);
  const { stdout: place } = await runScript(ground, 'readlink /proc/self/cwd', { process: { cwd: '/made/here' } });
  expect(place).toBe('/made/here\n');
});

test.each(['short', `${'long'.repeat(60)}/${'e'.repeat(100)}`])(
  'takes layers with any character in their paths: %s',
  async (name) => {
    const deep = `${workDir}/${name}/a:b,c\\d e`;
    mkdirSync(deep, { recursive: true });
    const state = { rootfs: ground.rootfs, state: `${deep}/state` };
    freshState(state);
    mkdirSync(`${deep}/layer/etc`, { recursive: true });
    writeFileSync(`${deep}/layer/etc/mark`, 'of the long layer\n');
    const spec = containerSpec(state, { process: { argv: ['sh', '-c', 'cat /etc/mark; echo x > /new'] } });
    const rootfs = { ...spec.rootfs, lowers: [`${deep}/layer`, ground.rootfs] };
    const { stdout, stderr } = await start(ground, { run: { ...spec, rootfs } }, '', '--quiet').ended;
    expect(stdout, stderr).toBe('of the long layer\n');
    expect(readFileSync(`${state.state}/upper/new`, 'utf8')).toBe('x\n');
  },
);
