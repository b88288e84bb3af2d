import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ViewFile, ViewInput } from '../../../src/model/procview/input.ts';
import { waitUntil } from '../wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../work-dir.ts';

/** The real lxcfs in a mount namespace of its own, in which every file it reads is ours. */
export type Harness = {
  /** What it answers to a reader whose init has these groups; null: no such file, or an error. */
  answers(input: ViewInput, files: readonly ViewFile[]): Promise<readonly (string | null)[]>;
  close(): Promise<void>;
};

const here = path.dirname(fileURLToPath(import.meta.url));

const HOST = ['meminfo', 'stat', 'cpuinfo', 'diskstats', 'slabinfo', 'loadavg', 'uptime', 'swaps'];

/** Hierarchies that lxcfs mounts, by the names of their directories below /sys/fs/cgroup. */
function hierarchies(): readonly string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(' ')[4] ?? '')
    .filter((target) => target.startsWith('/sys/fs/cgroup/'))
    .map((target) => path.basename(target));
}

export async function openHarness(flags: readonly string[]): Promise<Harness> {
  const work = makeWorkDir();
  const names = hierarchies();
  for (const name of names) mkdirSync(path.join(work, 'cgroup', name), { recursive: true });
  mkdirSync(path.join(work, 'host'));
  mkdirSync(path.join(work, 'mount'));
  for (const name of [...HOST, 'possible', 'online', 'init-cgroup', 'init-stat']) {
    writeFileSync(path.join(work, 'host', name), '0\n');
  }
  for (const file of ['limit_in_bytes', 'usage_in_bytes']) {
    writeFileSync(path.join(work, 'cgroup/memory', `memory.memsw.${file}`), '0\n');
  }
  writeFileSync(path.join(work, 'boottime'), '1 0');
  for (const [source, out, ...more] of [
    ['shim.c', 'shim.so', '-shared', '-fPIC'],
    ['reader.c', 'reader'],
  ] as const) {
    execFileSync('cc', ['-O1', ...more, '-o', path.join(work, out), path.join(here, source)]);
  }
  const init = spawn('unshare', ['--pid', '--fork', '--kill-child', 'sleep', 'infinity'], { stdio: 'ignore' });
  const initPid = await childOf(init);
  const script = [
    'set -e',
    'mount --make-rprivate /',
    'mount -t tmpfs tmpfs /run',
    ...HOST.map((name) => `mount --bind "$W/host/${name}" /proc/${name}`),
    ...['possible', 'online'].map((name) => `mount --bind "$W/host/${name}" /sys/devices/system/cpu/${name}`),
    `mount --bind "$W/host/init-cgroup" /proc/${initPid}/cgroup`,
    `mount --bind "$W/host/init-stat" /proc/${initPid}/stat`,
    'cd /',
    'LD_PRELOAD="$W/shim.so" LXCFS_HARNESS="$W" exec lxcfs -f -p "$W/pid" "$@" "$W/mount"',
  ].join('\n');
  const lxcfs = spawn('unshare', ['--mount', 'sh', '-c', script, 'lxcfs', ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, W: work },
  });
  let complaints = '';
  lxcfs.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-2000);
  });
  await waitUntil('lxcfs in its harness', () => {
    if (lxcfs.exitCode !== null) throw new Error(`lxcfs ended: ${complaints}`);
    return readFileSync(`/proc/${lxcfs.pid}/mounts`, 'utf8').includes('fuse.lxcfs');
  });
  const namespaces = [`--mount=/proc/${lxcfs.pid}/ns/mnt`, `--pid=/proc/${initPid}/ns/pid`];
  const reader = spawn('nsenter', [...namespaces, path.join(work, 'reader')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ask = asker(reader);
  let written: readonly string[] = [];

  return {
    answers: async (input, files) => {
      written = writeInput(work, input, written);
      return ask(
        files.map((file) => {
          const place = file.startsWith('cpu/') ? `sys/devices/system/${file}` : `proc/${file}`;
          return path.join(work, 'mount', place);
        }),
      );
    },
    close: async () => {
      reader.stdin?.end();
      await ended(reader);
      process.kill(initPid, 'SIGKILL');
      await ended(init);
      lxcfs.kill('SIGTERM');
      await ended(lxcfs);
      await removeWorkDir(work);
    },
  };
}

/** Files are written over, not anew: what is bound would stay the old one. Returns those of the groups. */
function writeInput(work: string, input: ViewInput, before: readonly string[]): readonly string[] {
  const host = (name: string) => path.join(work, 'host', name);
  for (const name of HOST) writeFileSync(host(name), input.host[name as ViewFile] ?? '');
  writeFileSync(host('possible'), input.host['cpu/possible'] ?? '');
  writeFileSync(host('online'), input.host['cpu/online'] ?? '');
  writeFileSync(host('init-stat'), input.init?.stat ?? '');
  const lines = Object.entries(input.viewer.paths).map(([name, group], index) => `${index + 1}:${name}:${group}\n`);
  writeFileSync(host('init-cgroup'), `${lines.reverse().join('')}0::/\n`);
  writeFileSync(path.join(work, 'boottime'), `${input.bootTime.seconds} ${input.bootTime.nanoseconds}`);
  const files = Object.keys(input.cgroups).map((key) => {
    const [controller = '', group = '', file = ''] = key.split(':');
    return path.join(work, 'cgroup', controller, group, file);
  });
  for (const [name, group] of Object.entries(input.viewer.paths)) {
    mkdirSync(path.join(work, 'cgroup', name, group), { recursive: true });
  }
  const now = new Set(files);
  for (const file of before) if (!now.has(file)) rmSync(file, { force: true });
  for (const [index, text] of Object.values(input.cgroups).entries()) {
    const file = files[index] ?? '';
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return files;
}

async function childOf(parent: ChildProcess): Promise<number> {
  let child = '';
  await waitUntil('a first process of a new pid namespace', () => {
    child = readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8').trim();
    return child !== '';
  });
  return Number(child);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** Answers come in the order of the questions: the length on a line, then the bytes. */
function asker(reader: ChildProcess): (files: readonly string[]) => Promise<readonly (string | null)[]> {
  let buffer = Buffer.alloc(0);
  let arrived = () => {};
  reader.stdout?.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    arrived();
  });
  const holds = async (isThere: () => boolean) => {
    while (!isThere()) {
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    }
  };
  const next = async () => {
    await holds(() => buffer.includes(10));
    const end = buffer.indexOf(10);
    const length = Number(buffer.toString('utf8', 0, end));
    const whole = end + 1 + Math.max(0, length);
    await holds(() => buffer.length >= whole);
    const text = buffer.toString('utf8', end + 1, whole);
    buffer = buffer.subarray(whole);
    return length < 0 ? null : text;
  };
  return async (files) => {
    reader.stdin?.write(files.map((file) => `${file}\n`).join(''));
    const answers: (string | null)[] = [];
    while (answers.length < files.length) answers.push(await next());
    return answers;
  };
}
