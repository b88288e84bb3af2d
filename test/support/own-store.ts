import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { cleanEnvironment } from './command.ts';
import { makeBusyboxRoot } from './engines/busybox.ts';
import { cgroupRoots } from './engines/cgroup-sweep.ts';
import { launcher, type NsviewResult } from './nsview.ts';
import { makeWorkDir, removeWorkDir } from './work-dir.ts';

/** A store of our own containers for one test file, with a root file system of busybox. */
export type OwnStore = {
  readonly workDir: string;
  readonly root: string;
  readonly rootfs: string;
  /** The group of all that it starts; no other test's are in it. */
  readonly parent: string;
  nsview(...args: readonly string[]): Promise<NsviewResult>;
  /** `run` with this store's root file system and parent group. */
  run(options: readonly string[], ...command: readonly string[]): Promise<NsviewResult>;
  /** `run -d --name`, which must end well: the id. */
  startNamed(name: string, options: readonly string[], ...command: readonly string[]): Promise<string>;
  /** `run` without waiting for its end. */
  start(options: readonly string[], ...command: readonly string[]): ChildProcess;
  /** What is there of its containers: directories and names, groups, mounts, processes. Nothing after gc. */
  remains(): readonly string[];
  /** Removes every container. */
  clear(): Promise<void>;
  /** Removes every container and the store. */
  close(): Promise<void>;
};

export async function openOwnStore(root?: string): Promise<OwnStore> {
  const workDir = makeWorkDir();
  const store = root ?? path.join(workDir, 'store');
  const rootfs = await makeBusyboxRoot(workDir);
  const parent = `/${path.basename(workDir)}`;
  const nsview = async (...args: readonly string[]): Promise<NsviewResult> => {
    const { stdout, stderr, exitCode } = await execa(launcher, ['--root', store, ...args], {
      env: cleanEnvironment,
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
      timeout: 60_000,
    });
    return { stdout, stderr, exitCode };
  };
  const runArgs = (options: readonly string[], command: readonly string[]) => {
    const own = options.includes('--cgroup-parent') ? [] : ['--cgroup-parent', parent];
    return ['run', '--rootfs', rootfs, ...own, ...options, '--', ...command];
  };
  const clear = async () => {
    const ids = entries(`${store}/containers`).filter((name) => /^[0-9a-f]{64}$/.test(name));
    if (ids.length > 0) await nsview('rm', '-f', '-v', ...ids);
    await nsview('gc');
  };
  const runIt = (options: readonly string[], ...command: readonly string[]) => nsview(...runArgs(options, command));
  return {
    workDir,
    root: store,
    rootfs,
    parent,
    nsview,
    run: runIt,
    startNamed: async (name, options, ...command) => {
      const { stdout, stderr, exitCode } = await runIt(['-d', '--name', name, ...options], ...command);
      expect([exitCode, stderr]).toEqual([0, '']);
      return stdout;
    },
    start: (options, ...command) =>
      spawn(launcher, ['--root', store, ...runArgs(options, command)], { env: cleanEnvironment, stdio: 'ignore' }),
    remains: () => [
      ...entries(`${store}/containers`),
      ...entries(`${store}/names`),
      ...cgroupRoots().flatMap((mount) => groups(`${mount}${parent}`)),
      ...readFileSync('/proc/self/mountinfo', 'utf8')
        .split('\n')
        .filter((line) => line.includes(`${store}/`)),
      ...processesOf(store, parent),
    ],
    clear,
    close: async () => {
      await clear();
      for (const mount of cgroupRoots()) {
        if (existsSync(`${mount}${parent}`)) rmdirSync(`${mount}${parent}`);
      }
      if (root !== undefined) rmSync(root, { recursive: true, force: true });
      await removeWorkDir(workDir);
    },
  };
}

function entries(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function groups(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${directory}/${name}`);
  } catch {
    return [];
  }
}

/** Processes in its groups, and helpers that hold something of the store open. */
function processesOf(store: string, parent: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const inGroups = readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(`:${parent}/`);
      return inGroups || (readFileSync(`/proc/${pid}/comm`, 'utf8') === 'nsview-init\n' && holdsOpen(pid, store));
    } catch {
      return false;
    }
  });
}

function holdsOpen(pid: string, store: string): boolean {
  return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith(`${store}/`));
}

/** The files of one container's groups, wherever they are. */
export function groupFile(store: OwnStore, id: string, file: string): string {
  const place = cgroupRoots()
    .map((mount) => `${mount}${store.parent}/${id}/${file}`)
    .find((candidate) => existsSync(candidate));
  if (place === undefined) throw new Error(`no ${file} of ${id}`);
  return readFileSync(place, 'utf8').trim();
}
