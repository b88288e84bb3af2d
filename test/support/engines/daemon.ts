import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { cleanEnvironment } from '../command.ts';
import { waitUntil } from '../wait-until.ts';

export type Daemon = { readonly pid: number; stop(signal?: NodeJS.Signals): Promise<void> };

/**
 * Starts a program that stays, in a session of its own, its output in `log`. `isReady` is asked until it holds; a
 * program that ends before is reported with what it wrote.
 */
export async function startDaemon(
  file: string,
  args: readonly string[],
  log: string,
  isReady: (pid: number) => boolean | Promise<boolean>,
): Promise<Daemon> {
  const output = openSync(log, 'a');
  const child = spawn(file, args, { env: cleanEnvironment, detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => end(child, signal);
  try {
    await waitUntil(`${file} is ready`, () => {
      if (child.exitCode !== null) throw new Error(`${file} ended: ${readFileSync(log, 'utf8').slice(-2000)}`);
      return isReady(pid);
    });
  } catch (error) {
    await stop('SIGKILL');
    throw error;
  }
  return { pid, stop };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
