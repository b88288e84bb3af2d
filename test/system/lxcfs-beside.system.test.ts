import { existsSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { VIEW_FILES, type ViewFile, type ViewInput } from '../../src/model/procview/input.ts';
import { PACKAGED } from '../../src/model/procview/options.ts';
import { NO_HISTORY, viewOf } from '../../src/model/procview/view.ts';
import { cgroupLayout } from '../../src/probes/cgroup/layout.ts';
import type { Host } from '../../src/probes/host.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { readMountinfo } from '../../src/probes/proc/mountinfo.ts';
import { readHostFiles, readViewInput } from '../../src/probes/procview/view-input.ts';
import { busyboxImage, type Docker, dockerClient } from '../support/engines/docker.ts';
import { compile, type Daemon, HOST_FILES, openReader, startDaemon } from '../support/lxcfs/daemon.ts';
import { whyNoLxcfs } from '../support/lxcfs/why-no-lxcfs.ts';
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
const FILES = VIEW_FILES.filter((file) => !file.startsWith('pressure/'));
/** memory.stat is told in batches, every two seconds. */
const SETTLED_MS = 2500;

describe.skipIf(missing !== null)('the real lxcfs beside paused containers, the host’s files standing still', () => {
  const work = makeWorkDir();
  let docker: Docker['docker'];
  let host: Host;
  let daemon: Daemon;
  let input: (pid: number) => ViewInput;

  beforeAll(async () => {
    if (lane === null) return;
    docker = dockerClient(lane.socket, lane.configDir);
    host = openHost();
    compile(work, 'reader.c', 'reader');
    daemon = await startDaemon(work, [], []);
    const { texts } = readHostFiles(host, VIEW_FILES);
    for (const file of HOST_FILES) writeFileSync(path.join(work, 'host', file), texts[file as ViewFile] ?? '');
    for (const file of ['possible', 'online'] as const) {
      writeFileSync(path.join(work, 'host', file), texts[`cpu/${file}`] ?? '');
    }
    const mounts = readMountinfo(host, 'self');
    const layout = cgroupLayout(mounts.status === 'ok' ? mounts.value : []);
    input = (pid) => {
      const read = readViewInput(host, pid, layout, texts);
      if (read.status !== 'ok') throw new Error(`no groups of ${pid}`);
      return read.value;
    };
    for (const { name, options } of CASES) {
      const busy = 'dd if=/dev/zero of=/tmp/x bs=1M count=8; while :; do sleep 0.1; done';
      await docker('run', '-d', '--name', name, ...options, busyboxImage, 'sh', '-c', busy);
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
    await daemon?.close();
    host?.close();
    await removeWorkDir(work);
  });

  it.each(CASES)('$name', async ({ name }) => {
    const pid = Number((await docker('inspect', '--format', '{{.State.Pid}}', name)).trim());
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
  });
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
