import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { isBareProcess } from '../../src/model/discovery/bare-process.ts';
import type { Container } from '../../src/model/document/container.ts';
import { HEADER_BYTES } from '../../src/recording/block.ts';
import { type BusyProcess, startBusyProcess } from '../support/busy-process.ts';
import { busyboxImage, type Docker, dockerClient } from '../support/engines/docker.ts';
import { launcher, nsview } from '../support/nsview.ts';
import { snapshotsOf } from '../support/recorded.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const CPU = '/sys/fs/cgroup/cpu';
const canLimit = process.getuid?.() === 0 && existsSync(CPU);
if (!canLimit) console.log('skipped: the replay of limits: they need root and a cpu hierarchy of version 1');
const lane = inject('docker');

const root = makeWorkDir();
let terminal: Terminal;
afterEach(() => terminal?.close());
afterAll(() => removeWorkDir(root));

type IsIt = (container: Container) => boolean;

/** What a recording holds of a container, of all samples or the last few: its limit, null where it is not there. */
function limitsIn(file: string, isIt: IsIt, last?: number): readonly unknown[] {
  const isBegun = (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > HEADER_BYTES;
  return isBegun
    ? snapshotsOf(file, last).map(({ containers }) => containers.find(isIt)?.cgroup?.cpu.limitCores ?? null)
    : [];
}

/** Until three samples have it: what was used in between has been seen under it. */
function recorded(limit: number | 'max', files: readonly string[], isIt: IsIt): Promise<void> {
  const holds = (file: string) => {
    const limits = limitsIn(file, isIt, 3);
    return limits.length === 3 && limits.every((each) => each === limit);
  };
  return waitUntil(`${limit} is recorded`, () => files.every(holds), 60_000);
}

const changes = (limits: readonly unknown[]) => limits.filter((limit, index) => limit !== limits[index - 1]);

/** Returns what ends it. */
function startRecorder(file: string, args: readonly string[]): () => Promise<void> {
  const command = ['--root', root, 'record', file, '-i', '200ms', ...args];
  const recorder = spawn(launcher, command, { stdio: 'ignore' });
  return async () => {
    const ended = once(recorder, 'exit');
    recorder.kill('SIGINT');
    await ended;
  };
}

/** Types a limit on the selected line of the tab, says yes, and waits until the line has it. */
async function limitTo(cores: number): Promise<void> {
  terminal.press('enter');
  await terminal.waitFor('takes      a number of CPUs');
  terminal.type(`\x15${cores}`);
  await terminal.waitFor(new RegExp(`new +${cores} `));
  terminal.press('enter');
  await terminal.waitFor('Yes, limit');
  terminal.press('down', 'enter');
  await terminal.waitFor(new RegExp(`▸limit +${cores}0 cores`));
}

/** Opens a recording on the only container that the filter leaves, and goes on step by step to each of the limits. */
async function seeReplayed(file: string, name: string, limits: readonly unknown[]): Promise<void> {
  await terminal.close();
  terminal = openTerminal({ columns: 80, rows: 24, command: [launcher, 'replay', file] });
  await terminal.waitFor('REPLAY');
  terminal.type(`/${name}\r`);
  await terminal.waitFor(`▸${name}`);
  terminal.type('\r3^');
  let at = 0;
  for (const limit of changes(limits)) {
    const next = limits.indexOf(limit, at);
    terminal.type('.'.repeat(next - at));
    at = next;
    await terminal.waitFor(limit === 'max' ? /limit {8}max/ : new RegExp(`limit +${limit}0 cores`));
    await terminal.waitFor(/[\u2801-\u28ff]{2}/);
  }
}

describe.skipIf(!canLimit || lane === null)('the demonstration on a container of Docker', () => {
  const name = 'nsview-replayed';
  let docker: Docker['docker'];
  beforeAll(async () => {
    if (lane === null) return;
    docker = dockerClient(lane.socket, lane.configDir);
    await docker('run', '-d', '--name', name, busyboxImage, 'sh', '-c', 'while :; do :; done');
  });
  afterAll(async () => {
    await docker?.('rm', '-f', name);
  });

  it('is done in the dashboard, and replays', async () => {
    const file = `${root}/docker`;
    const engine = `docker=${lane?.socket}`;
    const isIt: IsIt = (container) => container.name === name;
    const endRecording = startRecorder(file, ['--engine', engine]);
    terminal = openTerminal({ columns: 80, rows: 24, command: [launcher, '--root', root, '--engine', engine] });
    await terminal.waitFor(/quit/);
    terminal.type(`/${name}\r`);
    await terminal.waitFor(`▸${name}`);
    terminal.type('\r3j');
    await terminal.waitFor('▸limit        max');
    await recorded('max', [file], isIt);
    for (const cores of [0.2, 0.5]) {
      await limitTo(cores);
      expect(Number(await docker('inspect', '-f', '{{.HostConfig.NanoCpus}}', name))).toBe(cores * 1e9);
      await recorded(cores, [file], isIt);
    }
    await endRecording();
    const limits = limitsIn(file, isIt);
    expect(changes(limits)).toEqual(['max', 0.2, 0.5]);
    await seeReplayed(file, name, limits);
  }, 180_000);
});

describe.skipIf(!canLimit)('the demonstration on a bare process', () => {
  const above = `${CPU}/nsview-replayed-${process.pid}`;
  let busy: BusyProcess;

  beforeAll(() => {
    busy = startBusyProcess(above);
  });
  afterAll(() => busy.end(() => nsview(['--root', root, 'gc'])));

  it('is done in the dashboard, and replays, with its names and without', async () => {
    const [file, scrubbed] = [`${root}/bare`, `${root}/bare-scrubbed`];
    const endRecording = startRecorder(file, [`pid:${busy.pid}`]);
    // Told of no process: those that were limited are in it.
    const endScrubbed = startRecorder(scrubbed, ['--scrub']);
    terminal = openTerminal({ columns: 80, rows: 24, command: [launcher, '--root', root, '--engine', 'none'] });
    await terminal.waitFor(/quit/);
    terminal.type(`H/${path.basename(above)}\r`);
    await terminal.waitFor(/ └─ nsview-rep/);
    terminal.type('j\r');
    await terminal.waitFor(new RegExp(`▸ +${busy.pid} `));
    terminal.type('\r');
    await terminal.waitFor(`▸ pid ${busy.pid}`);
    terminal.type('3j');
    await terminal.waitFor('▸limit        max');
    await recorded('max', [file], isBareProcess);
    for (const cores of [0.2, 0.5]) {
      await limitTo(cores);
      expect(Number(readFileSync(`${CPU}${busy.group()}/cpu.cfs_quota_us`, 'utf8'))).toBe(cores * 100_000);
      await recorded(cores, [file, scrubbed], isBareProcess);
    }
    terminal.type('u');
    await terminal.waitFor('Yes, undo');
    terminal.press('down', 'enter');
    await recorded(0.2, [file, scrubbed], isBareProcess);
    terminal.type('u');
    await terminal.waitFor('Yes, undo');
    terminal.press('down', 'enter');
    await terminal.waitFor('is where it was');
    await recorded('max', [file], isBareProcess);
    await Promise.all([endRecording(), endScrubbed()]);
    expect(changes(limitsIn(file, isBareProcess))).toEqual(['max', 0.2, 0.5, 0.2, 'max']);
    // Until it was limited, and after it was released, it was none of those that are recorded by themselves.
    expect(changes(limitsIn(scrubbed, isBareProcess))).toEqual([null, 0.2, 0.5, 0.2, null]);
    expect(JSON.stringify(snapshotsOf(scrubbed))).not.toContain(path.basename(above));
    await seeReplayed(file, '(sh)', limitsIn(file, isBareProcess));
  }, 180_000);
});
