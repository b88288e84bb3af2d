/** A process as its cgroup is named after it: proc_pid_stat(5) starttime tells it from a later one of the same number. */
type Named = { readonly pid: number; readonly startTicks: number };

/** What `nsview limit pid:N` calls the groups that it makes for a process: `pid-PID-STARTTICKS`. */
export function processGroupName({ pid, startTicks }: Named): string {
  return `pid-${pid}-${startTicks}`;
}

/** The process that a group of this name was made for; null: it is no such group. */
export function processOfGroup(name: string): Named | null {
  const [, pid, startTicks] = /^pid-(\d+)-(\d+)$/.exec(name) ?? [];
  return pid === undefined ? null : { pid: Number(pid), startTicks: Number(startTicks) };
}
