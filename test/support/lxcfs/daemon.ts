import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ViewFile } from '../../../src/model/procview/input.ts';
import { waitUntil } from '../wait-until.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

/** The host files that stand in files of ours, by their names below `host` of the work folder. */
export const HOST_FILES = ['meminfo', 'stat', 'cpuinfo', 'diskstats', 'slabinfo', 'loadavg', 'uptime', 'swaps'];

/** Files below /proc/pressure. */
export const PRESSURE = ['cpu', 'memory', 'io'] as const;

export type Daemon = { readonly pid: number; close(): Promise<void> };

/**
 * The real lxcfs in a mount namespace of its own, where the host's files are those below `host` of the work folder.
 * `setup`: more lines of shell in that namespace, with the work folder as $W.
 */
export async function startDaemon(
  work: string,
  flags: readonly string[],
  setup: readonly string[],
  env: { readonly [name: string]: string } = {},
): Promise<Daemon> {
  mkdirSync(path.join(work, 'host'));
  mkdirSync(path.join(work, 'mount'));
  for (const name of [
    ...HOST_FILES,
    ...PRESSURE.map((name) => `pressure-${name}`),
    'possible',
    'online',
    'init-cgroup',
    'init-stat',
  ]) {
    writeFileSync(path.join(work, 'host', name), '0\n');
  }
  const script = [
    'set -e',
    'mount --make-rprivate /',
    'mount -t tmpfs tmpfs /run',
    ...HOST_FILES.map((name) => `mount --bind "$W/host/${name}" /proc/${name}`),
    ...['possible', 'online'].map((name) => `mount --bind "$W/host/${name}" /sys/devices/system/cpu/${name}`),
    ...PRESSURE.map(
      (name) => `test ! -e /proc/pressure/${name} || mount --bind "$W/host/pressure-${name}" /proc/pressure/${name}`,
    ),
    ...setup,
    'cd /',
    'exec env $PRELOAD "$LXCFS" -f -p "$W/pid" "$@" "$W/mount"',
  ].join('\n');
  const lxcfs = spawn('unshare', ['--mount', 'sh', '-c', script, 'lxcfs', ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PRELOAD: '', LXCFS: 'lxcfs', ...env, W: work },
  });
  let complaints = '';
  lxcfs.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-2000);
  });
  await waitUntil('lxcfs', () => {
    if (lxcfs.exitCode !== null) throw new Error(`lxcfs ended: ${complaints}`);
    return readFileSync(`/proc/${lxcfs.pid}/mounts`, 'utf8').includes(`${work}/mount fuse.lxcfs`);
  });
  return {
    pid: lxcfs.pid ?? 0,
    close: async () => {
      lxcfs.kill('SIGTERM');
      await ended(lxcfs);
    },
  };
}

/** Compiles what stands here. */
export function compile(work: string, source: string, output: string, ...flags: readonly string[]): void {
  execFileSync('cc', ['-O1', ...flags, '-o', path.join(work, output), path.join(here, source)]);
}

export type Reader = {
  /** What lxcfs answers; null: no such file, or an error. */
  read(files: readonly ViewFile[]): Promise<readonly (string | null)[]>;
  close(): Promise<void>;
};

/** A process in the pid namespace of an init and outside its groups: lxcfs shows it what the init would see. */
export function openReader(work: string, daemon: Daemon, initPid: number): Reader {
  const namespaces = [`--mount=/proc/${daemon.pid}/ns/mnt`, `--pid=/proc/${initPid}/ns/pid`];
  const reader = spawn('nsenter', [...namespaces, path.join(work, 'reader')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ask = asker(reader);
  return {
    read: (files) =>
      ask(
        files.map((file) => {
          const place = file.startsWith('cpu/') ? `sys/devices/system/${file}` : `proc/${file}`;
          return path.join(work, 'mount', place);
        }),
      ),
    close: async () => {
      reader.stdin?.end();
      await ended(reader);
    },
  };
}

export async function childOf(parent: ChildProcess): Promise<number> {
  let child = '';
  await waitUntil('a first process of a new pid namespace', () => {
    child = readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8').trim();
    return child !== '';
  });
  return Number(child);
}

export async function ended(child: ChildProcess): Promise<void> {
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
