import { globSync } from 'node:fs';
import path from 'node:path';
import { demoWays, knownDemos } from '../src/actions/demo-actions.ts';
import { demoRuntime } from '../src/cli/run/runtime-program.ts';
import { helperPlace } from '../src/runtime/launch.ts';
import { storeAt } from '../src/runtime/state/store.ts';
import { run } from '../test/support/command.ts';
import { makeBusyboxRoot } from '../test/support/engines/busybox.ts';
import { sweepCgroupsLater } from '../test/support/engines/cgroup-sweep.ts';
import { busyboxImage, startDockerd } from '../test/support/engines/docker.ts';
import { launcher } from '../test/support/nsview.ts';
import { makeWorkDir, removeWorkDir } from '../test/support/work-dir.ts';
import type { Row } from './measure.ts';
import { confinedBundle, defaultBundle, LIMIT_FLAGS } from './oci-bundle.ts';
import { ownStarts } from './own-starts.ts';
import { type Command, milliseconds } from './program.ts';
import { inTurns, type Measured, regimes, rested } from './regime.ts';
import { bwrapCommand, openCrun, unshareCommand } from './runtime-peers.ts';

/**
 * Starts of `true` in a root of busybox, and commands entered into a container that runs, beside others: crun confined
 * as ours is, with the same limits; runc and crun as `runc spec` makes them; docker run; and bwrap and unshare, which
 * build fewer walls. Ours stands on an overlay besides, and keeps a state that others can read.
 */
export async function benchLaunch(): Promise<Row[]> {
  const workDir = makeWorkDir();
  const cgroupParent = `/${path.basename(workDir)}`;
  const rootfs = await makeBusyboxRoot(workDir);
  const store = storeAt(`${workDir}/store`, process.env, 0);
  const own: Command = [launcher, '--root', store.root];
  const ownFlags = ['--cgroup-parent', cgroupParent, ...LIMIT_FLAGS];
  const starts = ownStarts(store, rootfs, ownFlags);
  const spec = starts.spec();
  const confined = await confinedBundle(`${workDir}/confined`, rootfs, ['true'], spec, cgroupParent);
  const waiting = await confinedBundle(`${workDir}/waiting`, rootfs, ['sleep', '1000000'], spec, cgroupParent);
  const plain = await defaultBundle(`${workDir}/plain`, rootfs, ['true']);
  const other = await confinedBundle(`${workDir}/other`, rootfs, ['sleep', '1000000'], spec, cgroupParent);
  const sweepGroups = sweepCgroupsLater(path.basename(workDir));
  const { crun, enter, close: closeCrun } = await openCrun(workDir);
  const docker = await startDockerd(workDir);
  let number = 0;
  const name = () => `nsview-bench-${process.pid}-${number++}`;
  const busybox = `${rootfs}/bin/busybox`;
  const programFiles = async (program: string) => [program, busybox, ...(await librariesOf(program))];
  const ours = [helperPlace(), busybox, launcher, ...globSync(`${path.dirname(launcher)}/../dist/*`)];
  const byCrun = await programFiles('/usr/bin/crun');
  const byRunc = await programFiles('/usr/sbin/runc');
  const program = (files: readonly string[], command: () => Command): Measured => ({
    files,
    take: () => milliseconds(command()),
  });
  const dockerRun: Command = ['docker', '-H', `unix://${docker.socket}`, 'run', '--rm', '--network', 'none'];
  const rows: Row[] = [];
  try {
    const entered = name();
    await milliseconds([...crun, 'run', '-d', '-b', waiting, entered]);
    const detached = ['run', '-d', '--name', 'waits', '--rootfs', rootfs, ...ownFlags, 'sleep', '1000000'];
    const waits = (await run(...own, ...detached)).trim();
    for (const regime of regimes) {
      const row = (what: string, value: number, peer: string, peerValue: number, target: number | null) => {
        rows.push({
          what: `${what}, ${regime.name}`,
          ours: value,
          peer: { name: peer, value: peerValue },
          unit: 'ms',
          target,
        });
      };
      const measures = {
        entering: program([], () => [...enter, 'true']),
        helper: { files: [helperPlace(), busybox], take: starts.byHelper },
        warm: { files: [helperPlace(), busybox], take: starts.whole },
        whole: program(ours, () => [...own, 'run', '--rm', '--rootfs', rootfs, ...ownFlags, 'true']),
        crun: program(byCrun, () => [...crun, 'run', '-b', confined, name()]),
        plainCrun: program(byCrun, () => [...crun, 'run', '-b', plain, name()]),
        runc: program(byRunc, () => ['runc', '--root', `${workDir}/runc`, 'run', '-b', plain, name()]),
        docker: program([busybox], () => [...dockerRun, busyboxImage, 'true']),
        bwrap: program(await programFiles('/usr/bin/bwrap'), () => bwrapCommand(rootfs)),
        unshare: program(await programFiles('/usr/bin/unshare'), () => unshareCommand(rootfs)),
        exec: program(ours, () => [...own, 'exec', waits, 'true']),
        execWarm: { files: [helperPlace(), busybox], take: () => starts.entered(waits) },
        crunExec: program(byCrun, () => [...crun, 'exec', entered, 'true']),
      };
      const took = await inTurns(regime, measures);
      const lessEntering = (value: number) => value - took.entering;
      row('a start by the helper', took.helper, 'crun with the same restrictions', lessEntering(took.crun), 0.5);
      row('a start by the helper', took.helper, 'crun of the default bundle', lessEntering(took.plainCrun), 0.5);
      row('a start by the helper', took.helper, 'bwrap, fewer walls', took.bwrap, null);
      row('a start by the helper', took.helper, 'unshare, fewer walls', took.unshare, null);
      row(
        'run within the dashboard’s process',
        took.warm,
        'crun with the same restrictions',
        lessEntering(took.crun),
        0.6,
      );
      row('nsview run', took.whole, 'runc run of the default bundle', took.runc, 1.5);
      row('nsview run', took.whole, 'docker run --network none', took.docker, 0.25);
      row('exec by the helper', took.execWarm, 'crun exec', lessEntering(took.crunExec), 1);
      row('nsview exec', took.exec, 'crun exec', lessEntering(took.crunExec), 1);
    }
    const demo = await demoStart(store.root);
    await demo();
    const shown = await inTurns(rested, {
      ours: { files: [], take: demo },
      crun: {
        files: [],
        take: async () => {
          const target = name();
          const took = await milliseconds([...crun, 'run', '-d', '-b', other, target]);
          await run(...crun, 'delete', '-f', target);
          return took;
        },
      },
    });
    rows.push({
      what: 'a demo started from the dashboard, after a rest',
      ours: shown.ours,
      peer: { name: 'crun run -d', value: shown.crun },
      unit: 'ms',
      target: 0.6,
    });
    await run(...crun, 'delete', '-f', entered);
    return rows;
  } finally {
    await starts.removeAll();
    await docker.stop();
    await closeCrun();
    sweepGroups();
    await removeWorkDir(workDir);
  }
}

/** Starts a demo of one container as the key of the dashboard does; it is removed between two starts. */
async function demoStart(root: string): Promise<() => Promise<number>> {
  const demo = knownDemos().find(({ name }) => name === 'burn');
  if (demo === undefined) throw new Error('there is no demo burn');
  const entry = path.join(path.dirname(launcher), '../dist/nsview.cjs');
  const ways = demoWays(demo, 'nsview', {
    store: storeAt(root, process.env, 0),
    reentry: { file: process.execPath, args: [entry, '--root', root] },
    loadRuntime: () => Promise.resolve(demoRuntime),
  });
  const perform = async (verb: 'start' | 'remove') => {
    const result = await ways.find((way) => way.verb === verb)?.run();
    if (result?.ok !== true) throw new Error(`${verb}: ${result?.says}`);
  };
  return async () => {
    const start = performance.now();
    await perform('start');
    const took = performance.now() - start;
    await perform('remove');
    return took;
  };
}

/** What ldd(1) finds for a program, so that it can be forgotten too. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const printed = await run('ldd', program).catch(() => '');
  return [...printed.matchAll(/(\/\S+) \(0x/g)].map(([, file = '']) => file);
}
