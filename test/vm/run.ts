import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, existsSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInstalled } from '../support/command.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';
import { initScript, OUTPUT, STATUS } from './init-script.ts';

/**
 * Boots the cgroup v2 kernel, runs test/vm in it and shows what it prints. Ends as the tests inside ended. Words: only files
 * whose names have one of them.
 */

const PROGRAMS = ['linux.uml', 'insmod', 'busybox', 'crun', 'dockerd', 'docker', 'ip'];
/** The tests take one minute on an idle machine. */
const TIMEOUT_MS = 420_000;
const POLL_MS = 250;

const checkout = path.resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** Starts the kernel in a process group of its own: it is many processes of the host. */
function boot(workDir: string): ChildProcess {
  const script = path.join(workDir, 'init');
  const guest = path.join(checkout, 'test/vm/guest.ts');
  writeFileSync(script, initScript(workDir, checkout, [process.execPath, guest, ...process.argv.slice(2)]));
  chmodSync(script, 0o755);
  const console = openSync(path.join(workDir, 'console'), 'w');
  const args = ['mem=2048M', 'root=/dev/root', 'rootfstype=hostfs', 'rootflags=/', 'ro', `init=${script}`];
  const consoles = ['con=null', 'con0=fd:0,fd:1', 'con1=null', 'quiet', `uml_dir=${workDir}`];
  const kernel = spawn('linux.uml', [...args, ...consoles], {
    detached: true,
    stdio: ['ignore', console, console],
  });
  closeSync(console);
  return kernel;
}

/** Prints what was added to the output since the last call. */
function follower(file: string): () => void {
  const buffer = Buffer.alloc(65536);
  let position = 0;
  return () => {
    if (!existsSync(file)) return;
    const fd = openSync(file, 'r');
    for (let read = 1; read > 0; position += read) {
      read = readSync(fd, buffer, 0, buffer.length, position);
      process.stdout.write(buffer.toString('utf8', 0, read));
    }
    closeSync(fd);
  };
}

async function main(): Promise<number> {
  const missing = PROGRAMS.filter((program) => !isInstalled(program));
  if (missing.length > 0) {
    console.log(`skipped: the cgroup v2 kernel: not installed: ${missing.join(', ')}`);
    console.log('0 passed, 0 failed, 1 skipped');
    return 0;
  }
  const workDir = makeWorkDir();
  const kernel = boot(workDir);
  const kill = () => {
    if (kernel.pid !== undefined && kernel.exitCode === null) process.kill(-kernel.pid, 'SIGKILL');
  };
  const interrupted = () => {
    kill();
    process.exitCode = 130;
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const show = follower(path.join(workDir, OUTPUT));
  const showing = setInterval(show, POLL_MS);
  const timeout = setTimeout(kill, TIMEOUT_MS);
  try {
    await once(kernel, 'exit');
    show();
    const status = path.join(workDir, STATUS);
    if (existsSync(status)) return Number(readFileSync(status, 'utf8'));
    console.log(readFileSync(path.join(workDir, 'console'), 'utf8').slice(-4000));
    console.log('the cgroup v2 kernel did not run its tests to their end');
    return 1;
  } finally {
    clearInterval(showing);
    clearTimeout(timeout);
    await removeWorkDir(workDir);
  }
}

process.exitCode = await main();
