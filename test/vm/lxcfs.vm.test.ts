import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VIEW_FILES, type ViewFile, type ViewInput } from '../../src/model/procview/input.ts';
import { PACKAGED } from '../../src/model/procview/options.ts';
import { NO_HISTORY, viewOf } from '../../src/model/procview/view.ts';
import { valueOr } from '../../src/model/reading.ts';
import { cgroupLayout } from '../../src/probes/cgroup/layout.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { readMountinfo } from '../../src/probes/proc/mountinfo.ts';
import { readHostFiles, readViewInput } from '../../src/probes/procview/view-input.ts';
import { isInstalled, run } from '../support/command.ts';
import { compile, type Daemon, ended, HOST_FILES, openReader, startDaemon } from '../support/lxcfs/daemon.ts';
import { openOwnStore } from '../support/own-store.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';
import { type CrunContainer, startCrun } from './v2-containers.ts';

const MIB = 2 ** 20;
const release = (await run('uname', '-r')).trim();
const fuse = `/usr/lib/uml/modules/${release}/kernel/fs/fuse/fuse.ko`;
const missing = ['lxcfs', 'cc'].find((program) => !isInstalled(program)) ?? (existsSync(fuse) ? null : fuse);
if (missing !== null) console.log(`skipped: lxcfs on version 2: there is no ${missing}`);

/** That release has no pressure files. */
const FILES = VIEW_FILES.filter((file) => !file.startsWith('pressure/') && file !== 'uptime');

describe.skipIf(missing !== null)('the real lxcfs 5.0.3 beside frozen containers of version 2', () => {
  const work = makeWorkDir();
  const host = openHost();
  const layout = cgroupLayout(valueOr(readMountinfo(host, 'self'), []));
  const { texts } = readHostFiles(host, VIEW_FILES);
  const containers: CrunContainer[] = [];
  let daemon: Daemon;

  beforeAll(async () => {
    await run('insmod', fuse).catch(() => undefined);
    compile(work, 'reader.c', 'reader');
    const limited = { cpu: { quota: 50_000, period: 100_000 }, memory: { limit: 64 * MIB } };
    const busy = ['sh', '-c', 'dd if=/dev/zero of=/dev/shm/f bs=1M count=4 2>/dev/null; exec sleep 1000'];
    containers.push(await startCrun(work, 'lx-limited', '/lx-limited', limited, busy));
    containers.push(await startCrun(work, 'lx-free', '/lx-free', {}, ['sleep', '1000']));
    // The group above is tighter than its own.
    mkdirSync('/sys/fs/cgroup/lx-tight');
    writeFileSync('/sys/fs/cgroup/lx-tight/cgroup.subtree_control', '+memory +cpu');
    writeFileSync('/sys/fs/cgroup/lx-tight/memory.max', String(48 * MIB));
    const wide = { memory: { limit: 512 * MIB } };
    containers.push(await startCrun(work, 'lx-parented', '/lx-tight/inner', wide, busy));
    daemon = await startDaemon(work, [], []);
    for (const file of HOST_FILES) writeFileSync(path.join(work, 'host', file), texts[file as ViewFile] ?? '');
    for (const file of ['possible', 'online'] as const) {
      writeFileSync(path.join(work, 'host', file), texts[`cpu/${file}`] ?? '');
    }
    for (const { group } of containers) writeFileSync(path.join(group, 'cgroup.freeze'), '1');
  });
  afterAll(async () => {
    for (const { group } of containers) writeFileSync(path.join(group, 'cgroup.freeze'), '0');
    for (const container of containers) await container.stop();
    if (existsSync('/sys/fs/cgroup/lx-tight')) rmdirSync('/sys/fs/cgroup/lx-tight');
    await daemon?.close();
    host.close();
    await removeWorkDir(work);
  });

  const inputOf = (pid: number): ViewInput => {
    const read = readViewInput(host, pid, layout, texts);
    if (read.status !== 'ok') throw new Error(`no groups of ${pid}`);
    return read.value;
  };

  it.each([0, 1, 2])('container %i', async (index) => {
    const { pid } = containers[index] as CrunContainer;
    const reader = openReader(work, daemon, pid);
    const input = inputOf(pid);
    const answers = await reader.read(FILES);
    await reader.close();
    for (const [at, file] of FILES.entries()) {
      expect(viewOf(file, input, { release: '5.0.3', options: PACKAGED }, NO_HISTORY), file).toBe(answers[at]);
    }
  });

  it('answers for a container of ours by its group, with run --lxcfs', async () => {
    const store = await openOwnStore();
    const mount = path.join(store.workDir, 'lxcfs');
    mkdirSync(mount);
    const lxcfs = spawn('lxcfs', ['-f', '-p', path.join(store.workDir, 'pid'), mount], { stdio: 'ignore' });
    await waitUntil('lxcfs', () => readFileSync('/proc/self/mounts', 'utf8').includes(`${mount} fuse.lxcfs`));
    try {
      const script = 'head -n 1 /proc/meminfo; grep -c " fuse.lxcfs " /proc/mounts';
      const told = await store.run(['--rm', '-m', '64m', `--lxcfs=${mount}`], 'sh', '-c', script);
      expect(told).toEqual({ exitCode: 0, stderr: '', stdout: expect.stringMatching(/^MemTotal: +65536 kB\n[789]$/) });
    } finally {
      lxcfs.kill('SIGTERM');
      await ended(lxcfs);
      await store.close();
    }
  });
});
