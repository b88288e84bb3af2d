import { readFileSync } from 'node:fs';
import type { ProcessRef } from '../spec.ts';
import { readTextFile } from './read-text-file.ts';

/** proc_pid_stat(5): the fields after the name, which may hold spaces and parentheses itself. */
const STATE = 0;
const FLAGS = 6;
const START_TICKS = 19;

/** PF_KTHREAD of include/linux/sched.h. */
const KERNEL_THREAD = 0x00200000;

/** The process that has this number now; null: none has, or it only waits to be reaped. */
export function processRef(pid: number): ProcessRef | null {
  const fields = statFields(pid);
  const start = fields?.[START_TICKS];
  return start === undefined || fields?.[STATE] === 'Z' || fields?.[STATE] === 'X'
    ? null
    : { pid, startTicks: Number(start) };
}

/** Whether it still runs: its number may belong to another process by now, its start may not. */
export function isRunning(process: ProcessRef): boolean {
  return processRef(process.pid)?.startTicks === process.startTicks;
}

/** A thread of the kernel stays in the groups that it is in. */
export function isKernelThread(pid: number): boolean {
  return (Number(statFields(pid)?.[FLAGS] ?? 0) & KERNEL_THREAD) !== 0;
}

function statFields(pid: number): readonly string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

let knownBootId: string | undefined;

/** Processes are compared only within one start of one machine: random(4) boot_id. None outlives it, nor do we. */
export function bootId(): string {
  knownBootId ??= readTextFile('/proc/sys/kernel/random/boot_id')?.trim() ?? 'unknown';
  return knownBootId;
}
