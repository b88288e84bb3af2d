import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { cleanEnvironment, isInstalled } from '../test/support/command.ts';

/** Clock ticks per second in /proc/PID/stat: USER_HZ, 100 on every Linux that Node runs on. */
const userHz = 100;

const WATCHED_MS = 10_000;

/** Seconds of CPU that the process has used, by proc_pid_stat(5). */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / userHz;
}

function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Percent of one core that processes use together over ten seconds, and the most MiB that they had of them. */
export async function watchCost(...pids: readonly number[]): Promise<{ percent: number; mebibytes: number }> {
  const sum = (of: (pid: number) => number) => pids.reduce((total, pid) => total + of(pid), 0);
  const before = sum(cpuSeconds);
  const start = performance.now();
  let mebibytes = 0;
  while (performance.now() - start < WATCHED_MS) {
    await setTimeout(500);
    mebibytes = Math.max(mebibytes, sum(residentMiB));
  }
  return { percent: ((sum(cpuSeconds) - before) / ((performance.now() - start) / 1000)) * 100, mebibytes };
}

/** The CPU of a program that goes on by itself, with that of the daemon which works for it; null where it is not installed. */
export async function watchPeer(
  [file, ...args]: readonly [string, ...string[]],
  ...daemons: readonly number[]
): Promise<number | null> {
  if (!isInstalled(file)) return null;
  const child = spawn(file, args, { env: cleanEnvironment, stdio: 'ignore' });
  await once(child, 'spawn');
  const ended = once(child, 'exit');
  try {
    await setTimeout(3_000);
    return (await watchCost(child.pid ?? 0, ...daemons)).percent;
  } finally {
    child.kill();
    await ended;
  }
}
