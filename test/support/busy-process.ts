import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';

/** An endless loop in a group of its own of v1's CPU hierarchy. */
export type BusyProcess = {
  readonly pid: number;
  /** Where it is in that hierarchy. */
  group(): string;
  /** Before its group goes, `meanwhile` takes away what was made below that. */
  end(meanwhile: () => Promise<unknown>): Promise<void>;
};

export function startBusyProcess(directory: string): BusyProcess {
  mkdirSync(directory);
  const busy = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' });
  const { pid } = busy;
  if (pid === undefined) throw new Error('it did not start');
  writeFileSync(`${directory}/cgroup.procs`, String(pid));
  return {
    pid,
    group: () => /:cpu(?:,[^:]*)?:(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1] ?? '',
    async end(meanwhile) {
      const ended = once(busy, 'exit');
      busy.kill('SIGKILL');
      await ended;
      await meanwhile();
      rmdirSync(directory);
    },
  };
}
