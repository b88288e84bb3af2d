import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { launch } from '../src/runtime/launch.ts';
import { planContainer } from '../src/runtime/plan/plan-container.ts';
import { cleanEnvironment, run } from '../test/support/command.ts';
import { containerSpec } from '../test/support/container-spec.ts';
import { makeBusyboxRoot } from '../test/support/engines/busybox.ts';
import { busyboxImage, startDockerd } from '../test/support/engines/docker.ts';
import { launcher } from '../test/support/nsview.ts';
import { freshState, makeGround } from '../test/support/own-container.ts';
import { makeWorkDir, removeWorkDir } from '../test/support/work-dir.ts';
import { interleave, type Row } from './measure.ts';

const ROUNDS = 15;

/** crun refuses a hybrid host: for it the unified hierarchy is taken out of sight, in a mount namespace of its own. */
const WITHOUT_UNIFIED =
  'mountpoint -q /sys/fs/cgroup/unified && umount /sys/fs/cgroup/unified; export XDG_RUNTIME_DIR="$0"; exec "$@"';

type Command = readonly [string, ...string[]];

/** Starts of `true` and commands entered into a running container, beside crun, runc and docker run. */
export async function benchLaunch(): Promise<Row[]> {
  const workDir = makeWorkDir();
  const rootfs = await makeBusyboxRoot(workDir);
  const bundle = await makeBundle(workDir, rootfs, ['true']);
  const waiting = await makeBundle(`${workDir}/waiting`, rootfs, ['sleep', '1000000']);
  const inCrun: Command = ['unshare', '-m', '--propagation', 'private', 'sh', '-c', WITHOUT_UNIFIED, workDir, 'crun'];
  const own: Command = [launcher, '--root', `${workDir}/store`];
  const docker = await startDockerd(workDir);
  const dockerRun: Command = ['docker', '-H', `unix://${docker.socket}`, 'run', '--rm', '--network', 'none'];
  let number = 0;
  const name = () => `nsview-bench-${process.pid}-${number++}`;
  const ground = makeGround(`${workDir}/ground`);
  try {
    const [helper = 0, crun = 0, whole = 0, runc = 0, dockerWhole = 0] = await interleave(
      ROUNDS,
      async () => {
        freshState(ground);
        const start = performance.now();
        const steps = planContainer(containerSpec(ground, { process: { argv: ['true'] } }));
        await launch(steps, { verb: 'run', name: 'bench', detached: false });
        return performance.now() - start;
      },
      () => milliseconds([...inCrun, 'run', '-b', bundle, name()]),
      () => milliseconds([...own, 'run', '--rm', '--rootfs', rootfs, 'true']),
      () => milliseconds(['runc', 'run', '-b', bundle, name()]),
      () => milliseconds([...dockerRun, busyboxImage, 'true']),
    );
    const target = name();
    // Not with pipes: runc leaves them to the container, and they would never close.
    await milliseconds(['runc', 'run', '-d', '-b', waiting, target]);
    await milliseconds([...own, 'run', '-d', '--name', 'waits', '--rootfs', rootfs, 'sleep', '1000000']);
    const [entered = 0, runcExec = 0] = await interleave(
      ROUNDS,
      () => milliseconds([...own, 'exec', 'waits', 'true']),
      () => milliseconds(['runc', 'exec', target, 'true']),
    );
    await run('runc', 'delete', '-f', target);
    await run(...own, 'rm', '-f', 'waits');
    await run(...own, 'gc');
    return [
      row('a start by the helper', helper, 'crun of the default bundle', crun, 0.5),
      row('nsview run', whole, 'runc run of the default bundle', runc, 1.5),
      row('nsview run', whole, 'docker run --network none', dockerWhole, 0.25),
      row('nsview exec', entered, 'runc exec', runcExec, 1),
    ];
  } finally {
    await docker.stop();
    await removeWorkDir(workDir);
  }
}

function row(what: string, ours: number, peer: string, value: number, target: number): Row {
  return { what, ours, peer: { name: peer, value }, unit: 'ms', target };
}

async function makeBundle(bundle: string, rootfs: string, args: readonly string[]): Promise<string> {
  mkdirSync(bundle, { recursive: true });
  await run('runc', 'spec', '--bundle', bundle);
  const file = `${bundle}/config.json`;
  const spec = JSON.parse(readFileSync(file, 'utf8'));
  spec.process.terminal = false;
  spec.process.args = args;
  // Root here may lack the right to raise a hard limit.
  spec.process.rlimits = [];
  spec.root = { path: rootfs, readonly: true };
  writeFileSync(file, JSON.stringify(spec));
  return bundle;
}

async function milliseconds([file, ...args]: Command): Promise<number> {
  const start = performance.now();
  const child = spawn(file, args, { env: cleanEnvironment, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'close');
  if (code !== 0) {
    throw new Error(`${file} ${args.join(' ')}: ${code}`);
  }
  return performance.now() - start;
}
