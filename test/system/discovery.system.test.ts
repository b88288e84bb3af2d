import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Candidate } from '../../src/model/discovery/candidate.ts';
import { type Discovery, discover } from '../../src/model/discovery/discover.ts';
import { finish } from '../../src/model/steps.ts';
import { readHostFacts } from '../../src/probes/host-facts.ts';
import { openMemberFacts } from '../../src/probes/member-facts.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { openProcessScan } from '../../src/probes/scan.ts';
import { descendantsOf } from '../support/engines/children.ts';
import { busyboxImage, type Docker, dockerClient } from '../support/engines/docker.ts';
import { waitUntil } from '../support/wait-until.ts';

const daemon = inject('docker');
const docker: Docker['docker'] = daemon === null ? async () => '' : dockerClient(daemon.socket, daemon.configDir);

/** What `nsview ps` rests on, without engines. */
function look(): Discovery {
  const host = openHost();
  try {
    const processes = finish(openProcessScan(host).scan());
    return discover(processes, readHostFacts(host).namespaces, openMemberFacts(host).supervisorArguments(processes));
  } finally {
    host.close();
  }
}

const entered: ChildProcess[] = [];

/** Starts a program that ends up in `sleep`, and waits for it. Returns its pid. */
async function enter(seconds: number, command: string, ...args: readonly string[]): Promise<number> {
  const child = spawn(command, [...args, 'sleep', String(seconds)], { stdio: 'ignore' });
  entered.push(child);
  const pids = () => (child.pid === undefined ? [] : [child.pid, ...descendantsOf(child.pid)]);
  await waitUntil(
    `${command} is in the container`,
    () => pids().some((pid) => look().containerOf.has(pid)) || child.exitCode !== null,
  );
  return pids().at(-1) ?? 0;
}

const names = ['disc-plain', 'disc-host', 'disc-shared', 'disc-nesting'] as const;
const ids = new Map<string, { readonly id: string; readonly pid: number }>();

describe.skipIf(daemon === null)('containers of Docker', () => {
  let found: readonly Candidate[] = [];
  const joined = { plain: 0, host: 0, shared: 0 };
  const of = (name: string) => found.find(({ id }) => id === ids.get(name)?.id);

  beforeAll(async () => {
    const start = (name: string, ...args: readonly string[]) => docker('run', '-d', '--name', name, ...args);
    await start('disc-plain', busyboxImage, 'sh', '-c', 'sleep 1000000; true');
    await start('disc-host', '--pid=host', '--network=host', busyboxImage, 'sh', '-c', 'sleep 1000000; true');
    const sharing = ['--pid=container:disc-plain', '--network=container:disc-plain'];
    await start('disc-shared', ...sharing, busyboxImage, 'sleep', '1000000');
    const free = [
      '--cap-add',
      'SYS_ADMIN',
      '--security-opt',
      'seccomp=unconfined',
      '--security-opt',
      'apparmor=unconfined',
    ];
    await start('disc-nesting', ...free, busyboxImage, 'sh', '-c', 'unshare -m -p -f sleep 1000000; true');
    for (const name of names) {
      const [id = '', pid] = (await docker('inspect', '-f', '{{.Id}} {{.State.Pid}}', name)).trim().split(' ');
      ids.set(name, { id, pid: Number(pid) });
    }
    await docker('exec', '-d', 'disc-host', 'sleep', '1000011');
    await docker('exec', '-d', 'disc-plain', 'sh', '-c', 'sleep 1000012; true');
    const target = (name: string) => ['-t', String(ids.get(name)?.pid)];
    joined.plain = await enter(1000013, 'nsenter', ...target('disc-plain'), '-m', '-p', '-n');
    joined.host = await enter(1000014, 'nsenter', ...target('disc-host'), '-m');
    joined.shared = await enter(1000015, 'nsenter', ...target('disc-shared'), '-m', '-p');
    await waitUntil('unshare has made its namespaces', () => {
      found = look().candidates;
      return found.some(({ parent }) => parent === of('disc-nesting')?.key);
    });
  });
  afterAll(async () => {
    for (const child of entered) {
      for (const pid of child.pid === undefined ? [] : [...descendantsOf(child.pid), child.pid])
        process.kill(pid, 'SIGKILL');
    }
    await docker('rm', '-fv', ...names);
  });

  it.each(names)('%s has its init, and the processes of docker top', async (name) => {
    const top = (await docker('top', name, '-o', 'pid')).split('\n').slice(1).map(Number).filter(Boolean);
    const container = of(name);
    expect(container?.init).toBe(ids.get(name)?.pid);
    expect(container?.pids.filter((pid) => !container.joined.includes(pid))).toEqual(top.toSorted((a, b) => a - b));
  });

  it('tells what was executed in them from what joined them', async () => {
    expect(of('disc-plain')?.joined).toEqual([joined.plain]);
    expect(of('disc-host')?.joined).toEqual([joined.host]);
    expect(of('disc-shared')?.joined).toEqual([joined.shared]);
    expect(of('disc-plain')?.execs).toHaveLength(1);
    expect(of('disc-host')?.execs).toHaveLength(1);
    expect(of('disc-shared')?.execs).toEqual([]);
  });

  it('finds what was unshared inside, in its container', () => {
    const outer = of('disc-nesting');
    const inner = found.filter(({ parent }) => parent === outer?.key);
    expect(inner).toMatchObject([{ engine: 'unknown', evidence: ['pidns', 'mntns'] }]);
    expect(outer?.pids).toEqual(expect.arrayContaining([...(inner[0]?.pids ?? [])]));
  });

  it('has no parent where a pid namespace is only shared', () => {
    expect(names.map((name) => of(name)?.parent)).toEqual([null, null, null, null]);
  });
});

describe.skipIf(process.getuid?.() !== 0)('no container is', () => {
  it.each([
    ['a network namespace', ['-n', '-m']],
    ['a pid namespace on the host’s mounts', ['-p', '-f']],
    ['a mount namespace', ['-m']],
  ])('%s', async (_, flags) => {
    const child = spawn('unshare', [...flags, 'sleep', '1000020'], { stdio: 'ignore' });
    try {
      const pids = () => (child.pid === undefined ? [] : [child.pid, ...descendantsOf(child.pid)]);
      await waitUntil('unshare has started sleep', () => pids().length === (flags.includes('-f') ? 2 : 1));
      const { containerOf } = look();
      expect(pids().filter((pid) => containerOf.has(pid))).toEqual([]);
    } finally {
      for (const pid of child.pid === undefined ? [] : [...descendantsOf(child.pid), child.pid])
        process.kill(pid, 'SIGKILL');
    }
  });
});
