import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ContainerSpec, ExecSpec, ProcessRef } from '../../src/runtime/spec.ts';
import { cleanEnvironment } from './command.ts';
import { containerSpec, type Ground, type SpecChanges } from './container-spec.ts';

const program = fileURLToPath(new URL('launch-spec.ts', import.meta.url));

const applets = 'sh true false ls cat sleep id mount umount ps hostname ip stty tty kill env head dd mknod touch mkdir'
  .split(' ')
  .concat('readlink rm wc stat grep nc printf sync chmod chown su ln mv seq tr sort'.split(' '));

/** A root file system of busybox alone, and a place for the state of one container after the other. */
export function makeGround(workDir: string): Ground {
  const rootfs = `${workDir}/rootfs`;
  for (const directory of ['bin', 'etc', 'root', 'tmp']) mkdirSync(`${rootfs}/${directory}`, { recursive: true });
  copyFileSync('/bin/busybox', `${rootfs}/bin/busybox`);
  for (const applet of applets) symlinkSync('busybox', `${rootfs}/bin/${applet}`);
  writeFileSync(`${rootfs}/etc/passwd`, 'root:x:0:0:root:/root:/bin/sh\n');
  const ground = { rootfs, state: `${workDir}/state` };
  freshState(ground);
  return ground;
}

/** As before the first start. */
export function freshState({ state }: Ground): void {
  rmSync(state, { recursive: true, force: true });
  for (const directory of ['upper', 'work', 'init']) mkdirSync(`${state}/${directory}`, { recursive: true });
}

export type Ended = {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Started = {
  readonly launcher: ChildProcess;
  /** The container's first process, by the host's number. */
  readonly process: Promise<ProcessRef>;
  readonly running: Promise<void>;
  readonly ended: Promise<Ended>;
  /** Resolves once standard output holds the text. */
  readonly printed: (text: string) => Promise<void>;
};

/** The command line that starts this, for a terminal. */
export function commandLine(ground: Ground, described: Described, ...flags: readonly string[]): [string, ...string[]] {
  const file = `${ground.state}/described.json`;
  const json = JSON.stringify(described, (key, value) => (key === 'seccomp' && value !== null ? [...value] : value));
  writeFileSync(file, json);
  return [process.execPath, program, file, ...flags];
}

type Described = { readonly run: ContainerSpec } | { readonly exec: ExecSpec };

/** Starts it in a process of its own, which lives and dies as `nsview run` does. Without input, that stays open. */
export function start(
  ground: Ground,
  described: Described,
  input: string | null,
  ...flags: readonly string[]
): Started {
  const [file, ...args] = commandLine(ground, described, ...flags);
  const launcher = spawn(file, args, { env: cleanEnvironment, stdio: ['pipe', 'pipe', 'pipe'] });
  // What a failed test leaves behind ends with the tests.
  const kill = () => void launcher.kill('SIGKILL');
  process.once('exit', kill);
  launcher.once('close', () => process.off('exit', kill));
  const texts = { stdout: '', stderr: '' };
  const first = Promise.withResolvers<ProcessRef>();
  const running = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<Ended>();
  launcher.stdout.on('data', (chunk) => {
    texts.stdout += chunk;
  });
  launcher.stderr.on('data', (chunk) => {
    texts.stderr += chunk;
    const [, pid, startTicks] = /^process (\d+) (\d+)$/m.exec(texts.stderr) ?? [];
    if (pid !== undefined) first.resolve({ pid: Number(pid), startTicks: Number(startTicks) });
    if (/^running$/m.test(texts.stderr)) running.resolve();
  });
  launcher.on('close', (status, signal) => {
    const neverRan = new Error(`it never ran: ${texts.stderr}`);
    first.reject(neverRan);
    running.reject(neverRan);
    ended.resolve({ status, signal, ...texts });
  });
  const printed = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (texts.stdout.includes(text)) resolve();
      };
      launcher.stdout.on('data', look);
      look();
    });
  first.promise.catch(() => {});
  running.promise.catch(() => {});
  launcher.stdin.on('error', () => {});
  if (input !== null) launcher.stdin.end(input);
  return { launcher, process: first.promise, running: running.promise, ended: ended.promise, printed };
}

/** Runs a shell script in a plain container to its end. */
export function runScript(ground: Ground, script: string, changes: SpecChanges = {}): Promise<Ended> {
  return runContainer(ground, { ...changes, process: { argv: ['sh', '-c', script], ...changes.process } });
}

/** Runs a container to its end, from a fresh state. */
export function runContainer(ground: Ground, changes: SpecChanges, input = ''): Promise<Ended> {
  freshState(ground);
  return start(ground, { run: containerSpec(ground, changes) }, input, '--quiet').ended;
}
