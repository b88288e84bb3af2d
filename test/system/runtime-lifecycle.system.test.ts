import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { cleanEnvironment } from '../support/command.ts';
import { busyboxImage, dockerClient } from '../support/engines/docker.ts';
import { launcher } from '../support/nsview.ts';
import { type OwnStore, openOwnStore } from '../support/own-store.ts';
import { openTerminal } from '../support/terminal.ts';
import { waitUntil } from '../support/wait-until.ts';

const docker = inject('docker');
const engine = docker === null ? null : dockerClient(docker.socket, docker.configDir);
let store: OwnStore;
beforeAll(async () => {
  store = await openOwnStore();
});
afterAll(async () => {
  expect(store.remains()).toEqual([]);
  await store.close();
});

const remove = (...names: readonly string[]) => store.nsview('rm', '-f', ...names);

describe('the exit status of run', () => {
  it.each<[string, readonly string[], number]>([
    ['is the command’s own', ['sh', '-c', 'exit 3'], 3],
    ['is 127 for a program that is not there', ['no-such-program'], 127],
    ['is 126 for what cannot be executed', ['/etc/passwd'], 126],
    ['is 128 and the signal for what a signal ended', ['sh', '-c', 'sh -c "kill -9 \\$\\$"; exit $?'], 137],
  ])('%s, as Docker’s', async (_, command, status) => {
    const ours = await store.run(['--rm'], ...command);
    expect(ours.exitCode).toBe(status);
    if (engine !== null) {
      const theirs = await engine('run', '--rm', busyboxImage, ...command).then(
        () => 0,
        (error: { readonly exitCode?: number }) => error.exitCode,
      );
      expect(theirs).toBe(status);
    }
  });

  it.each<[string, readonly string[], string]>([
    ['a flag that there is not', ['--memoryy', '1g'], "unknown option '--memoryy'"],
    ['more CPUs than there are', ['--cpus', '1000'], '--cpus: 1000 CPUs are asked for and this host has'],
    ['a CPU that is not there', ['--cpuset-cpus', '4000'], '--cpuset-cpus: 4000 is asked for and this host has'],
    ['too little memory', ['-m', '1m'], '--memory: 1048576 bytes are below the least'],
    ['less memory and swap than memory', ['-m', '64m', '--memory-swap', '32m'], '--memory-swap: it counts memory'],
    ['swap and no limit of memory', ['--memory-swap', '32m'], '--memory-swap: it counts memory'],
    [
      'a file of variables that is not there',
      ['--env-file', '/no/such'],
      '--env-file /no/such cannot be read (ENOENT)',
    ],
    ['two groups of one user', ['-u', '1:2:3'], '--user 1:2:3: it is USER[:GROUP]'],
    ['a host name for the host', ['--uts', 'host', '--hostname', 'x'], 'cannot be combined with --uts host'],
    ['the host’s processes in a user namespace', ['--userns', 'auto', '--pid', 'host'], '--pid host: a container with'],
    ['a size that is none', ['-m', 'much'], "--memory is a size such as 300m or 1.5g, or max, not 'much'"],
    ['a period out of range', ['--cpu-period', '10'], '--cpu-period: 10 µs is not within 1000 and 1000000'],
    ['CPUs in two ways', ['--cpus', '1', '--cpu-quota', '5000'], 'say the same in two ways'],
    ['no number of processes', ['--pids-limit', 'few'], "--pids-limit is a whole number or max, not 'few'"],
    ['a signal that there is not', ['--stop-signal', 'SIGNO'], '--stop-signal is a signal such as TERM'],
    ['a name that is none', ['--name', '../x'], "--name: '../x' is no name"],
    ['a capability that there is not', ['--cap-add', 'FLY'], '--cap-add FLY: no capability'],
    ['a user that the image has not', ['-u', 'nobody9'], "the image has no user 'nobody9'"],
    ['a user number that is none', ['-u', '1x'], "the image has no user '1x'"],
    ['a target over the kernel’s files', ['-v', '/tmp:/proc/sys'], '/proc/sys: nothing can be mounted over'],
    [
      'a source that is not there',
      ['--mount', 'type=bind,source=/no/such,target=/x'],
      '/no/such: there is no such file',
    ],
    ['a container to share with that is not there', ['--network', 'container:nope'], 'there is no such container'],
    ['a terminal for input that is none', ['-i', '-t'], 'the input device is not a terminal'],
    ['a rate that is none', ['--device-read-bps', '/dev/null:1m'], '/dev/null is no block device'],
  ])('is 125 for %s, with one line that says so', async (_, options, line) => {
    const { exitCode, stderr, stdout } = await store.run(['--rm', ...options], 'true');
    expect([exitCode, stdout]).toEqual([125, '']);
    const [first = '', ...more] = stderr.split('\n');
    expect(first).toContain(line);
    expect(first).toMatch(/^nsview: /);
    expect(more.length).toBeLessThan(2);
    expect(store.remains()).toEqual([]);
  });
});

it('names the flag that took the image for its value, not the command as an image', async () => {
  const { stderr, exitCode } = await store.nsview('run', '-m', 'nsview/demo', 'true');
  expect([exitCode, stderr.split('\n')[0]]).toEqual([
    125,
    "nsview: run: --memory is a size such as 300m or 1.5g, or max, not 'nsview/demo'",
  ]);
});

it('--step waits for Enter, without end only while somebody can type', async () => {
  const { exitCode, stdout, stderr } = await store.run(['--rm', '--step'], 'echo', 'there');
  expect([exitCode, stdout]).toEqual([0, 'there']);
  expect(stderr).toContain('[Enter]');
  expect(stderr).not.toContain('Warning');
  const where = ['--root', store.root, 'run', '--cgroup-parent', store.parent, '--rootfs', store.rootfs];
  const waiting = spawn(launcher, [...where, '--rm', '--step', 'true'], { env: cleanEnvironment });
  await once(waiting.stderr, 'data');
  waiting.kill('SIGTERM');
  expect(await once(waiting, 'close')).toEqual([128 + constants.signals.SIGTERM, null]);
  expect(store.remains()).toEqual([]);
});

it('--step in a terminal takes each key by itself, goes on by groups and to the end, and gives up', async () => {
  const where = ['--root', store.root, 'run', '--cgroup-parent', store.parent, '--rootfs', store.rootfs];
  const terminal = openTerminal({
    columns: 70,
    rows: 60,
    command: [launcher, ...where, '--rm', '--step', 'echo', 'there'],
  });
  try {
    await terminal.waitFor('give up:');
    terminal.type('\r\r');
    await terminal.waitFor(/^ *3 of \d+ .*\[Enter, n, c, q\]/ms);
    terminal.type('n');
    await terminal.waitFor('== cgroups');
    await terminal.waitFor((screen) => screen.at(-1) === '' && screen.join('\n').trimEnd().endsWith('c, q]'));
    for (const line of terminal.screen()) expect(line).not.toMatch(/q\].*\S/);
    terminal.type('c');
    expect((await terminal.exited).exitCode).toBe(0);
    expect(terminal.transcript()).toMatch(/^there\r?$/m);
  } finally {
    await terminal.close();
  }
  expect(store.remains()).toEqual([]);
  for (const key of ['q', '\u0003']) {
    const left = openTerminal({ command: [launcher, ...where, '--rm', '--step', 'true'] });
    try {
      await left.waitFor('give up:');
      left.type('n');
      await left.waitFor(/^ *[1-9]\d* of \d+ cgroup.*c, q\]/ms);
      left.type(key);
      expect((await left.exited).exitCode).toBe(128 + constants.signals.SIGINT);
    } finally {
      await left.close();
    }
    expect(store.remains()).toEqual([]);
  }
});

it('exec enters a process that shares all of the host, or all but its network', async () => {
  for (const wrapped of [[], ['unshare', '--net', '--uts']]) {
    const [file = '', ...args] = [...wrapped, 'sleep', '603'];
    const sleeper = spawn(file, args, { stdio: 'ignore' });
    try {
      const network = () => readlinkSync(`/proc/${sleeper.pid}/ns/net`);
      const hosts = readlinkSync('/proc/self/ns/net');
      await waitUntil('it is where it will be', () => (network() === hosts) === (wrapped.length === 0));
      const { stdout, stderr } = await store.nsview('exec', `pid:${sleeper.pid}`, 'readlink', '/proc/self/ns/net');
      expect([stdout, stderr]).toEqual([network(), '']);
    } finally {
      sleeper.kill('SIGKILL');
    }
  }
});

describe('a detached container', () => {
  it('goes from start to removal, and each command says what it did', async () => {
    const id = await store.startNamed(
      'web',
      ['--stop-timeout', '1'],
      'sh',
      '-c',
      'echo out; echo err >&2; exec sleep 600',
    );
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    const ps = await store.nsview('ps', '--json');
    const found = JSON.parse(ps.stdout).containers.find((container: { id: string }) => container.id === id);
    expect(found).toMatchObject({ name: 'web', engine: 'nsview', status: 'running' });

    expect((await store.nsview('exec', 'web', 'sh', '-c', 'ps; exit 9')).exitCode).toBe(9);
    expect(
      (
        await store.nsview(
          'exec',
          '-u',
          '7:8',
          '-w',
          '/tmp',
          '-e',
          'A=b',
          id.slice(0, 8),
          'sh',
          '-c',
          'id -u; id -g; pwd; echo $A',
        )
      ).stdout,
    ).toBe('7\n8\n/tmp\nb');
    expect((await store.nsview('exec', 'web', 'no-such-program')).exitCode).toBe(127);

    expect((await store.nsview('pause', 'web')).stdout).toBe('web');
    expect((await store.nsview('pause', 'web')).stderr).toContain('it is paused already');
    expect((await store.nsview('exec', 'web', 'true')).stderr).toContain('it is paused');
    expect((await store.nsview('unpause', 'web')).stdout).toBe('web');

    expect((await store.nsview('rm', 'web')).stderr).toContain('it is running');
    expect((await store.nsview('stop', 'web')).stdout).toBe('web');
    expect((await store.nsview('wait', 'web')).stdout).toBe('137');
    const logs = await store.nsview('logs', 'web');
    expect([logs.stdout, logs.stderr]).toEqual(['out', 'err']);
    const all = JSON.parse((await store.nsview('ps', '-a', '--json')).stdout).containers;
    expect(all.find((container: { id: string }) => container.id === id)).toMatchObject({
      name: 'web',
      status: 'exited',
    });
    expect((await store.nsview('rm', 'web')).stdout).toBe('web');
    expect((await store.nsview('rm', 'web')).stderr).toContain('nsview made no such container');
  });

  it.runIf(engine !== null)('answers to a name of its own only, or with its engine’s', async () => {
    const name = `${store.parent.slice(1)}-twin`;
    await engine?.('run', '-d', '--name', name, busyboxImage, 'sleep', '600');
    await store.startNamed(name, [], 'sleep', '600');
    const changes = [['limit', '--pids-limit', '9'], ['logs'], ['pause'], ['stop', '-t', '0'], ['kill'], ['rm', '-f']];
    try {
      for (const change of changes) {
        expect(await store.nsview(...change, name)).toMatchObject({
          exitCode: 1,
          stdout: '',
          stderr: `nsview: container '${name}': it can mean several\nSay which: ${name}@nsview, ${name}@docker.`,
        });
      }
      const exec = ['--engine', `docker=${inject('docker')?.socket}`, 'exec'];
      expect((await store.nsview(...exec, name, 'true')).stderr).toContain('it can mean several');
      expect((await store.nsview(...exec, `${name}@nsview`, 'hostname')).stdout).toMatch(/^[0-9a-f]{12}$/);
      expect(await store.nsview('rm', '-f', `${name}@nsview`)).toMatchObject({ exitCode: 0, stderr: '' });
    } finally {
      await engine?.('rm', '-f', name);
    }
  });

  it('stops by the signal that it was told, and is killed while it is paused', async () => {
    await store.startNamed('polite', [], 'sh', '-c', 'trap "exit 5" USR1; while :; do sleep 0.1; done');
    expect((await store.nsview('stop', '-s', 'USR1', 'polite')).exitCode).toBe(0);
    expect((await store.nsview('wait', 'polite')).stdout).toBe('5');
    await store.startNamed('frozen', [], 'sleep', '600');
    await store.nsview('pause', 'frozen');
    expect((await store.nsview('rm', '-f', 'frozen')).exitCode).toBe(0);
    await remove('polite');
  });

  it('is followed by logs until it ends', async () => {
    await store.startNamed('speaker', [], 'sh', '-c', 'for i in 1 2 3; do echo $i; sleep 0.2; done; printf end');
    expect((await store.nsview('logs', '-f', 'speaker')).stdout).toBe('1\n2\n3\nend');
    expect((await store.nsview('logs', '--tail', '2', 'speaker')).stdout).toBe('3\nend');
    expect((await store.nsview('logs', '--since', '1h', '-t', 'speaker')).stdout).toMatch(/^\d{4}-[^ ]+Z 1\n/);
    await remove('speaker');
  });

  it('is removed with its volumes by the next start if it was to be, and not listed before', async () => {
    const id = await store.startNamed('brief', ['--rm', '-v', '/nameless'], 'true');
    await store.nsview('wait', 'brief');
    expect((await store.nsview('ps', '-a', '-q', '--no-trunc')).stdout.split('\n')).not.toContain(id);
    await store.run(['--rm'], 'true');
    expect(store.remains()).toEqual([]);
  });
});
