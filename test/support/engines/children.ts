import { readdirSync, readFileSync } from 'node:fs';

/** The direct children of every thread of a process, by proc_pid_task(5) `children`. */
export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** All descendants, nearest first. */
export function descendantsOf(pid: number): number[] {
  const children = childrenOf(pid);
  return [...children, ...children.flatMap(descendantsOf)];
}

/** Whether the process is PID 1 of a pid namespace below ours and runs a program of this name. */
export function isInitCalled(pid: number, comm: string): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return new RegExp(`^Name:\\t${comm}$`, 'm').test(status) && /^NSpid:\t.*\t1$/m.test(status);
  } catch {
    return false;
  }
}
