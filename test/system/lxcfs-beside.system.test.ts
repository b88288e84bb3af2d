import { existsSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type DaemonMemory, remember } from '../../src/model/procview/daemon-memory.ts';
import { VIEW_FILES, type ViewFile, type ViewInput } from '../../src/model/procview/input.ts';
import { PACKAGED } from '../../src/model/procview/options.ts';
import { NO_HISTORY, viewOf } from '../../src/model/procview/view.ts';
import { cgroupLayout } from '../../src/probes/cgroup/layout.ts';
import type { Host } from '../../src/probes/host.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { readMountinfo } from '../../src/probes/proc/mountinfo.ts';
import { readLoadCount } from '../../src/probes/procview/load-count.ts';
import { readHostFiles, readViewInput } from '../../src/probes/procview/view-input.ts';
import { busyboxImage, type Docker, dockerClient } from '../support/engines/docker.ts';
import { compile, type Daemon, HOST_FILES, openReader, startDaemon } from '../support/lxcfs/daemon.ts';
import { whyNoLxcfs } from '../support/lxcfs/why-no-lxcfs.ts';
import { type OwnStore, openOwnStore } from '../support/own-store.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const lane = inject('docker');
const missing = whyNoLxcfs() ?? (lane === null ? 'no dockerd' : null);
if (missing !== null) console.log(`skipped: the real lxcfs beside containers: ${missing}`);

/** The parent group of one of them is tighter than its own limits. */
const PARENT = '/nsview-test-lxcfs';
const CASES = [
  { name: 'nsview-lxcfs-limited', options: ['--cpus', '.5', '-m', '64m', '--cpuset-cpus', '0'] },
  { name: 'nsview-lxcfs-unlimited', options: [] },
  { name: 'nsview-lxcfs-parented', options: ['-m', '512m', '--cgroup-parent', PARENT] },
];
/** Of our own. */
const OWN = [
  { name: 'limited', options: ['--cpus', '.5', '-m', '64m', '--cpuset-cpus', '0'] },
  { name: 'unlimited', options: [] },
];
const FILES = VIEW_FILES.filter((file) => !file.startsWith('pressure/'));
/** memory.stat is told in batches, every two seconds. */
const SETTLED_MS = 2500;

describe.skipIf(missing !== null)('the real lxcfs beside paused containers, the host’s files standing still', () => {
  const work = makeWorkDir();
  const flaggedWork = makeWorkDir();
  let docker: Docker['docker'];
  let store: OwnStore;
  let host: Host;
  let daemon: Daemon;
  /** With every flag that makes it remember. */
  let flagged: Daemon;
  let input: (pid: number) => ViewInput;

  beforeAll(async () => {
    if (lane === null) return;
    docker = dockerClient(lane.socket, lane.configDir);
    host = openHost();
    const { texts } = readHostFiles(host, VIEW_FILES);
    const startBeside = async (folder: string, flags: readonly string[]) => {
      compile(folder, 'reader.c', 'reader');
      const started = await startDaemon(folder, flags, []);
      for (const file of HOST_FILES) writeFileSync(path.join(folder, 'host', file), texts[file as ViewFile] ?? '');
      for (const file of ['possible', 'online'] as const) {
        writeFileSync(path.join(folder, 'host', file), texts[`cpu/${file}`] ?? '');
      }
      return started;
    };
    daemon = await startBeside(work, []);
    flagged = await startBeside(flaggedWork, ['-l', '--enable-cfs']);
    const mounts = readMountinfo(host, 'self');
    const layout = cgroupLayout(mounts.status === 'ok' ? mounts.value : []);
    input = (pid) => {
      const read = readViewInput(host, pid, layout, texts);
      if (read.status !== 'ok') throw new Error(`no groups of ${pid}`);
      return read.value;
    };
    for (const { name, options } of CASES) {
      const busy = 'dd if=/dev/zero of=/tmp/x bs=1M count=8; while :; do :; done';
      await docker('run', '-d', '--name', name, ...options, busyboxImage, 'sh', '-c', busy);
    }
    store = await openOwnStore();
    for (const { name, options } of OWN) {
      const started = await store.run(['-d', '--name', name, ...options], 'sh', '-c', 'while :; do sleep 0.1; done');
      expect(started.stderr).toBe('');
      await store.nsview('pause', name);
    }
    writeFileSync(`/sys/fs/cgroup/memory${PARENT}/memory.limit_in_bytes`, String(200 * 1024 * 1024));
    for (const { name } of CASES) await docker('pause', name);
    await setTimeout(SETTLED_MS);
  });
  afterAll(async () => {
    for (const { name } of CASES) {
      await docker?.('unpause', name).catch(() => undefined);
      await docker?.('rm', '-f', name).catch(() => undefined);
    }
    for (const hierarchy of readdirSync('/sys/fs/cgroup')) {
      const left = `/sys/fs/cgroup/${hierarchy}${PARENT}`;
      if (existsSync(left)) rmdirSync(left);
    }
    await store?.close();
    await daemon?.close();
    await flagged?.close();
    host?.close();
    await removeWorkDir(work);
    await removeWorkDir(flaggedWork);
  });

  const dockerPid = async (name: string) =>
    Number((await docker('inspect', '--format', '{{.State.Pid}}', name)).trim());

  async function expectAnswers(pid: number): Promise<void> {
    const reader = openReader(work, daemon, pid);
    const before = input(pid);
    const answers = await reader.read(FILES);
    const after = input(pid);
    await reader.close();
    for (const [index, file] of FILES.entries()) {
      const computed = (from: ViewInput) => viewOf(file, from, { release: '5.0.3', options: PACKAGED }, NO_HISTORY);
      if (file === 'uptime') {
        expect(uptimesBetween(before, after)).toContain(answers[index]);
      } else {
        expect(computed(after), file).toBe(answers[index]);
        expect(computed(before), file).toBe(answers[index]);
      }
    }
  }

  it.each(CASES)('$name', async ({ name }) => expectAnswers(await dockerPid(name)));

  it.each(OWN)('$name, of ours', async ({ name }) => {
    const { stdout, stderr } = await store.nsview('inspect', name, '--json');
    expect(stderr).toBe('');
    await expectAnswers(JSON.parse(stdout).init.pid);
  });

  const LXCFS = { release: '5.0.3', options: { ...PACKAGED, loadavg: true, cfs: true } } as const;
  const groupOf = (from: ViewInput, controller: string) =>
    `/sys/fs/cgroup/${controller}${from.viewer.paths[controller]}`;

  it.each(CASES.slice(0, 2))('$name: its CPU time, read again and again', async ({ name }) => {
    const pid = await dockerPid(name);
    const reader = openReader(flaggedWork, flagged, pid);
    const usage = () => Number(readFileSync(`${groupOf(input(pid), 'cpuacct')}/cpuacct.usage`, 'utf8'));
    let memory: DaemonMemory | null = null;
    for (let step = 0; step < 4; step += 1) {
      const now = input(pid);
      const [real] = await reader.read(['stat']);
      const { history, after } = remember(memory, { input: now, lxcfs: LXCFS, nowUs: 0 }, () => null);
      expect(viewOf('stat', now, LXCFS, history), `read ${step}`).toBe(real);
      memory = after;
      const before = usage();
      await docker('unpause', name);
      await waitUntil('more CPU time', () => usage() > before + 30_000_000);
      await docker('pause', name);
    }
    await reader.close();
  });

  it('the load of a paused one, whose threads all wait', async () => {
    const pid = await dockerPid('nsview-lxcfs-limited');
    const reader = openReader(flaggedWork, flagged, pid);
    const now = input(pid);
    const real = async () => (await reader.read(['loadavg']))[0] ?? null;
    let memory: DaemonMemory | null = null;
    const seen: (string | null)[] = [await real()];
    const computed: (string | null)[] = [];
    while (computed.length < 2) {
      const nowUs = computed.length * 5_000_000;
      const count = () => readLoadCount(host, groupOf(now, 'cpu'));
      const { history, after } = remember(memory, { input: now, lxcfs: LXCFS, nowUs }, count);
      computed.push(viewOf('loadavg', now, LXCFS, history));
      memory = after;
      if (computed.length < 2) {
        await waitUntil('the next look of lxcfs at its threads', async () => {
          const text = await real();
          return text !== seen.at(-1) && seen.push(text) > 0;
        });
      }
    }
    await reader.close();
    expect(computed).toEqual(seen);
  }, 30_000);
});

/** lxcfs took some millisecond between the two. */
function uptimesBetween(before: ViewInput, after: ViewInput): readonly (string | null)[] {
  const milliseconds = ({ bootTime }: ViewInput) => bootTime.seconds * 1000 + Math.floor(bootTime.nanoseconds / 1e6);
  const texts: (string | null)[] = [];
  for (let ms = milliseconds(before); ms <= milliseconds(after); ms += 1) {
    const bootTime = { seconds: Math.floor(ms / 1000), nanoseconds: (ms % 1000) * 1_000_000 };
    texts.push(viewOf('uptime', { ...after, bootTime }, { release: '5.0.3', options: PACKAGED }, NO_HISTORY));
  }
  return texts;
}
