/**
 * Runs as `unshare -fp --mount-proc node pid-reuse.ts native|plain`: in a pid namespace of its own, where nobody else
 * takes numbers, it lets a process end, starts another under the same number, and prints what a kept path, a read by
 * path and, after forgetting, the kept path again say.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { openHost } from '../../src/probes/open-host.ts';

const host = openHost({}, { native: process.argv[2] === 'native' });
const first = spawn('sleep', ['60']);
const path = `/proc/${first.pid}/stat`;
const alive = host.readKept([path])[0]?.status;
first.kill('SIGKILL');
await once(first, 'exit');

const again = await startUnder(first.pid ?? 0);
const kept = host.readKept([path])[0]?.status;
const byPath = host.readText(path, 'gone').status;
host.forget([path]);
const forgotten = host.readKept([path])[0]?.status;
again.kill('SIGKILL');
host.close();
process.stdout.write(JSON.stringify({ alive, kept, byPath, forgotten }));

/** Node's own threads may take a number in between: then once more. */
async function startUnder(pid: number) {
  for (;;) {
    writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1));
    const child = spawn('sleep', ['60']);
    if (child.pid === pid) return child;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}
