import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../support/command.ts';
import { ended } from '../support/lxcfs/daemon.ts';
import { whyNoLxcfs } from '../support/lxcfs/why-no-lxcfs.ts';
import { type OwnStore, openOwnStore } from '../support/own-store.ts';
import { waitUntil } from '../support/wait-until.ts';

const missing = whyNoLxcfs();
if (missing !== null) console.log(`skipped: run --lxcfs: ${missing}`);

describe.skipIf(missing !== null)('run --lxcfs', () => {
  let store: OwnStore;
  let mount: string;
  let lxcfs: ChildProcess;

  beforeAll(async () => {
    store = await openOwnStore();
    // A mount point that mountinfo cannot show as it is.
    mount = path.join(store.workDir, 'lx cfs');
    mkdirSync(mount);
    lxcfs = spawn('lxcfs', ['-f', '-p', path.join(store.workDir, 'pid'), mount], { stdio: 'ignore' });
    const shown = `${mount.replaceAll(' ', '\\040')} fuse.lxcfs`;
    await waitUntil('lxcfs', () => readFileSync('/proc/self/mounts', 'utf8').includes(shown));
  });
  afterEach(() => store.clear());
  afterAll(async () => {
    if (lxcfs?.exitCode === null && lxcfs.signalCode === null) lxcfs.kill('SIGTERM');
    else await run('umount', mount);
    expect(store.remains()).toEqual([]);
    await store.close();
  });

  const inside = async (options: readonly string[], script: string) => {
    const { stdout, stderr, exitCode } = await store.run(['--rm', ...options], 'sh', '-c', script);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    return stdout;
  };
  const seen = 'head -n 1 /proc/meminfo; grep -c ^processor /proc/cpuinfo; cat /sys/devices/system/cpu/online';

  it.each([
    ['as usual', []],
    ['in a user namespace', ['--userns', 'auto']],
    ['where /sys is the host’s', ['--userns', 'auto', '--network', 'host']],
    ['in the host’s pid namespace', ['--pid', 'host']],
    ['with all devices and nothing masked', ['--privileged']],
  ])('shows the limits of the container, %s', async (_, options) => {
    const limits = ['-m', '64m', '--cpus', '1', '--cpuset-cpus', '0', `--lxcfs=${mount}`];
    expect(await inside([...options, ...limits], seen)).toBe('MemTotal:          65536 kB\n1\n0');
  });

  it('covers every file that this lxcfs has, and nothing of the host', async () => {
    const covered = await inside([`--lxcfs=${mount}`], "awk '/ fuse.lxcfs / {print $2}' /proc/mounts");
    const files = await run('sh', '-c', 'cd "$1" && find proc -type f', 'sh', mount);
    const expected = [...files.trim().split('\n'), 'sys/devices/system/cpu/online'].map((file) => `/${file}`);
    expect(covered.split('\n').toSorted()).toEqual(expected.toSorted());
    const own = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    expect(own.filter((line) => line.includes(' - fuse.lxcfs ')).length).toBe(1);
  });

  it('counts the CPU time of the container alone, which it finds by the cpuset', async () => {
    const [cpu = '', ...groups] = (
      await inside([`--lxcfs=${mount}`], 'head -n 1 /proc/stat; cat /proc/1/cgroup')
    ).split('\n');
    const ticks = Number(cpu.split(/ +/)[1]);
    expect(ticks).toBeLessThan(100);
    expect(groups).toContainEqual(expect.stringMatching(/:cpuset.*:\/$/));
  });

  it('says each file in --explain', async () => {
    const { stderr } = await store.run(['--rm', '--explain', `--lxcfs=${mount}`], 'true');
    expect(stderr).toContain(`open_tree(${mount}/proc/meminfo, OPEN_TREE_CLONE) = done`);
    expect(stderr).toMatch(
      / mount +child +let lxcfs answer for \/proc\/meminfo\n +move_mount\(\/proc\/meminfo\) = done/,
    );
  });

  it('starts nothing where there is none, or where it has ended', async () => {
    const failed = (why: string, remedy: string) => ({
      exitCode: 125,
      stdout: '',
      stderr: `nsview: --lxcfs: ${why}\n${remedy}`,
    });
    expect(await store.run([`--lxcfs=${store.workDir}`], 'true')).toEqual(
      failed(
        `no lxcfs is mounted at ${store.workDir}`,
        `Start it (systemctl start lxcfs, or lxcfs ${store.workDir}), or say where it is with --lxcfs=DIR.`,
      ),
    );
    lxcfs.kill('SIGKILL');
    await ended(lxcfs);
    expect(await store.run([`--lxcfs=${mount}`], 'true')).toEqual(
      failed(
        `the lxcfs mounted at ${mount} has ended: Transport endpoint is not connected (ENOTCONN)`,
        `Unmount what is left of it (umount ${mount}) and start it again.`,
      ),
    );
    expect(store.remains()).toEqual([]);
  });
});
