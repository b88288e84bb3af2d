import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CgroupSpec } from '../../src/runtime/cgroup-spec.ts';
import type { NamespacesSpec, ProcessRef } from '../../src/runtime/spec.ts';
import { cleanEnvironment, run } from '../support/command.ts';
import { containerSpec, execSpec, type Ground, plainDevices, type SpecChanges } from '../support/container-spec.ts';
import { commandLine, freshState, makeGround, runScript, start } from '../support/own-container.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const workDir = makeWorkDir();
let ground: Ground;
/** For a second container beside the first. */
let other: Ground;

beforeAll(() => {
  ground = makeGround(`${workDir}/one`);
  other = { rootfs: ground.rootfs, state: `${workDir}/two` };
});
beforeEach(() => {
  freshState(ground);
  freshState(other);
});
afterAll(() => removeWorkDir(workDir));

const linkOf = (pid: number | 'self', type: string) => readlinkSync(`/proc/${pid}/ns/${type}`);
const own: NamespacesSpec = { pid: 'new', net: 'new', uts: 'new', ipc: 'new', cgroup: 'new', user: 'host' };

/** Runs `body` beside a container that waits, which then ends. */
async function beside(changes: SpecChanges, body: (process: ProcessRef) => Promise<void>): Promise<void> {
  const process = { argv: ['cat'], ...changes.process };
  const started = start(ground, { run: containerSpec(ground, { ...changes, process }) }, null);
  try {
    await started.running;
    await body(await started.process);
  } finally {
    started.launcher.stdin?.end();
    await started.ended;
  }
}

test.each(['pid', 'net', 'uts', 'ipc', 'cgroup'] as const)(
  'leaves it the host’s %s namespace when told to',
  async (type) => {
    const namespaces = { ...own, [type]: 'host' };
    // The kernel mounts a proc only for one's own pid namespace, a sysfs only for one's own net.
    const mounts = containerSpec(ground).mounts.map((mount) =>
      mount.target === '/sys' && type === 'net'
        ? ({
            kind: 'bind',
            source: '/sys',
            target: '/sys',
            recursive: false,
            flags: ['ro'],
            propagation: 'private',
          } as const)
        : mount,
    );
    await beside({ namespaces, mounts, hostname: null }, async ({ pid }) => {
      expect(linkOf(pid, type)).toBe(linkOf('self', type));
      expect(linkOf(pid, 'mnt')).not.toBe(linkOf('self', 'mnt'));
    });
  },
);

test('joins the pid, net, uts and ipc namespaces of another container', async () => {
  await beside({}, async (first) => {
    const namespaces = { ...own, pid: first, net: first, uts: first, ipc: first };
    const script = 'ps | grep -c " cat$"; hostname; sleep 0.2';
    const process = { argv: ['sh', '-c', script] };
    const started = start(other, { run: containerSpec(other, { namespaces, process }) }, '');
    const { pid } = await started.process;
    await started.running;
    for (const type of ['net', 'uts', 'ipc'] as const) expect(linkOf(pid, type)).toBe(linkOf(first.pid, type));
    expect((await started.ended).stdout).toBe('1\nbox\n');
  });
});

test('refuses to join a process whose number has been used again', async () => {
  const target = { pid: process.pid, startTicks: 1 };
  const { status, stderr } = await runScript(ground, 'true', { namespaces: { ...own, net: target } });
  expect(status).toBe(125);
  expect(stderr).toContain('"step":"open-process","error":"ESRCH"');
});

const map = [{ inside: 0, outside: 100_000, count: 65_536 }];
const nodes = plainDevices.map((device) => ({ ...device, bindFrom: `/dev/${device.path}` }));

test('shows its own ids to the processes of a new user namespace, and keeps the host’s from them', async () => {
  writeFileSync(`${ground.rootfs}/etc/secret`, 'of root\n', { mode: 0o600 });
  const changes: SpecChanges = {
    namespaces: { ...own, user: 'new' },
    userMaps: { uid: map, gid: map, setgroups: true, idmapLayers: true },
    devices: nodes,
  };
  const script =
    'id -u; cat /etc/secret; echo new > /root/new; stat -c %u /root/new; cat /proc/self/uid_map; echo x > /dev/null && wc -c < /proc/timer_list';
  const { stdout, stderr, status } = await runScript(ground, script, changes);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout.replace(/ +/g, ' ')).toBe('0\nof root\n0\n 0 100000 65536\n0\n');
  expect(statSync(`${ground.state}/upper/root/new`).uid).toBe(100_000);
});

test('drops to another id of its user namespace, and leaves the host’s files alone', async () => {
  const volume = `${workDir}/private`;
  mkdirSync(volume, { recursive: true, mode: 0o700 });
  const bind = {
    kind: 'bind',
    source: volume,
    target: '/host',
    recursive: true,
    flags: [],
    propagation: 'private',
  } as const;
  const { stdout, stderr } = await runScript(ground, 'id -u; ls /host', {
    namespaces: { ...own, user: 'new' },
    userMaps: { uid: map, gid: map, setgroups: true, idmapLayers: true },
    devices: nodes,
    mounts: [...containerSpec(ground).mounts, bind],
    process: { uid: 1000, gid: 1000, groups: [1000] },
  });
  expect(stdout).toBe('1000\n');
  expect(stderr).toContain("'/host': Permission denied");
});

const ordinary = 12_345;

test('needs no rights but its own, within a user namespace that maps one id', async () => {
  const place = { rootfs: ground.rootfs, state: `${workDir}/ordinary` };
  freshState(place);
  await run('chown', '-R', `${ordinary}:${ordinary}`, place.state);
  await run('chmod', '711', workDir, `${workDir}/one`);
  const one = [{ inside: 0, outside: ordinary, count: 1 }];
  const script =
    'id -u; echo mine > /new; cat /new; rm /etc/passwd; ls /etc | grep -c passwd; hostname; echo x > /dev/null; head -c1 /dev/zero | wc -c';
  const spec = containerSpec(place, {
    namespaces: { ...own, user: 'new' },
    userMaps: { uid: one, gid: one, setgroups: false, idmapLayers: false },
    devices: nodes,
    mounts: containerSpec(place).mounts.map((mount) =>
      mount.target === '/dev/pts' && mount.kind === 'filesystem'
        ? { ...mount, options: mount.options.filter(({ name }) => name !== 'gid') }
        : mount,
    ),
    process: { argv: ['sh', '-c', script] },
  });
  const [file, ...args] = commandLine(place, { run: spec }, '--quiet');
  const { stdout, stderr } = await execa(file, args, {
    uid: ordinary,
    gid: ordinary,
    env: cleanEnvironment,
    extendEnv: false,
    reject: false,
  });
  expect(stdout, stderr).toBe('0\nmine\n0\nbox\n1');
  expect(statSync(`${place.state}/upper/new`).uid).toBe(ordinary);
  expect(existsSync(`${ground.rootfs}/etc/passwd`)).toBe(true);
});

test('executes in every namespace of a running container, with restrictions of its own', async () => {
  await beside({}, async (target) => {
    const script = 'ps | grep -c " cat$"; hostname; ls /proc/self/fd; grep NoNew /proc/self/status; exit 5';
    const exec = execSpec(target, { argv: ['sh', '-c', script], cwd: '/tmp' });
    const { status, stdout } = await start(ground, { exec }, '').ended;
    expect(status).toBe(5);
    expect(stdout).toBe('1\nbox\n0\n1\n2\n3\nNoNewPrivs:\t1\n');
  });
});

test('executes within the user namespace of a container, as its root', async () => {
  const maps = { uid: map, gid: map, setgroups: true, idmapLayers: true };
  await beside({ namespaces: { ...own, user: 'new' }, userMaps: maps, devices: nodes }, async (target) => {
    const exec = execSpec(target, { argv: ['sh', '-c', 'id -u; readlink /proc/self/ns/user'] });
    const entered = { ...exec, namespaces: [...exec.namespaces, 'user' as const] };
    const { stdout, stderr } = await start(ground, { exec: entered }, '').ended;
    expect(stdout, stderr).toBe(`0\n${linkOf(target.pid, 'user')}\n`);
  });
});

test('refuses to execute in a process that is not the one meant', async () => {
  await beside({}, async ({ pid, startTicks }) => {
    const exec = execSpec({ pid, startTicks: startTicks - 1 }, { argv: ['true'] });
    const { status, stderr } = await start(ground, { exec }, '').ended;
    expect(status).toBe(125);
    expect(stderr).toContain('is another one now');
  });
});

/** A pids group in version 1, else the tree of version 2. */
const pidsRoot = existsSync('/sys/fs/cgroup/pids') ? '/sys/fs/cgroup/pids' : '/sys/fs/cgroup';

function pidsGroup(name: string): CgroupSpec {
  const directory = `${pidsRoot}/nsview-test-${process.pid}-${name}`;
  return {
    directories: [directory],
    writes: [{ file: `${directory}/pids.max`, value: '7', optional: false }],
    devices: null,
    joins: [{ version: pidsRoot.endsWith('pids') ? 1 : 2, directory }],
    finals: [`${directory}/pids.max`],
    removes: [directory],
    parents: [],
  };
}

test('lives in the groups it was given, seen as their root, and they are gone afterwards', async () => {
  const cgroup = pidsGroup('own');
  const [directory = ''] = cgroup.directories;
  await beside({ cgroup }, async ({ pid }) => {
    expect(readFileSync(`${directory}/cgroup.procs`, 'utf8')).toBe(`${pid}\n`);
    expect(readFileSync(`${directory}/pids.max`, 'utf8')).toBe('7\n');
    const exec = execSpec({ pid, startTicks: 0 }, {});
    expect(exec.joins).toEqual([]);
  });
  expect(existsSync(directory)).toBe(false);
  expect(readFileSync(`${ground.state}/exit`, 'utf8')).toContain(`file 2 ${directory}/pids.max\n7\n`);
  const { stdout } = await runScript(ground, 'grep -E ":pids:|^0::" /proc/self/cgroup', { cgroup });
  expect(stdout).toContain(':/\n');
});

test('puts what is executed later into the stored group', async () => {
  const cgroup = pidsGroup('exec');
  const [directory = ''] = cgroup.directories;
  await beside({ cgroup }, async (target) => {
    const exec = execSpec(target, { argv: ['cat'] }, { joins: cgroup.joins });
    const started = start(ground, { exec }, null);
    await started.running;
    const { pid } = await started.process;
    expect(readFileSync(`${directory}/cgroup.procs`, 'utf8').split('\n')).toContain(String(pid));
    started.launcher.stdin?.end();
    await started.ended;
  });
});

test('removes groups that the container made below its own, and ends what is left in them', async () => {
  const cgroup = pidsGroup('deep');
  const [directory = ''] = cgroup.directories;
  await beside({ cgroup, namespaces: { ...own, pid: 'host' } }, async () => {
    mkdirSync(`${directory}/below/it`, { recursive: true });
  });
  expect(existsSync(directory)).toBe(false);
});

test('says which limit the kernel refuses, and leaves nothing', async () => {
  const cgroup = pidsGroup('wrong');
  const [directory = ''] = cgroup.directories;
  const writes = [{ file: `${directory}/pids.max`, value: 'many', optional: false }];
  const { status, stderr } = await runScript(ground, 'true', { cgroup: { ...cgroup, writes } });
  expect(status).toBe(125);
  expect(stderr).toContain('"step":"cgroup-write","error":"EINVAL"');
  expect(existsSync(directory)).toBe(false);
});

test('goes on where a refusal is allowed, and reports it', async () => {
  const cgroup = pidsGroup('optional');
  const [directory = ''] = cgroup.directories;
  const writes = [{ file: `${directory}/pids.max`, value: 'many', optional: true }];
  const run = containerSpec(ground, { cgroup: { ...cgroup, writes } });
  const { status, stderr } = await start(ground, { run }, '', '--steps').ended;
  expect(status).toBe(0);
  expect(stderr).toMatch(/^step EINVAL cgroup-write/m);
});

afterAll(() => {
  for (const name of readdirSync(pidsRoot)) {
    if (name.startsWith(`nsview-test-${process.pid}-`)) rmdirSync(`${pidsRoot}/${name}`);
  }
});
