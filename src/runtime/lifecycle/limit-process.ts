import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { processGroupName, processOfGroup } from '../../model/process-group.ts';
import { applyLive, type LiveOutcome } from '../cgroups/apply-live.ts';
import { cgroupFiles, writeRefusal } from '../cgroups/cgroup-files.ts';
import { DEFAULT_PARENT } from '../cgroups/group-places.ts';
import { groupTree, processesIn, removeEmptyGroup } from '../cgroups/group-processes.ts';
import type { LiveWrite } from '../cgroups/live-change.ts';
import type { ProcessRef } from '../spec.ts';
import { namesIn } from '../state/names-in.ts';
import { isRunning } from '../state/process-ref.ts';
import { movedOf } from '../state/record-form.ts';
import { writeWhole } from '../state/records.ts';
import { StateFailure } from '../state/state-failure.ts';
import { makeStore, type Store } from '../state/store.ts';
import type { ProcessMove } from './plan-process-move.ts';
import { RequestFailed } from './request-failed.ts';

/** Where a process was before it got groups of ours: from each of ours to the one it came from. */
type Moved = ProcessMove['from'];

const AS_ROOT = 'Run it as root.';

/** What speaks against it before anything is made; null: nothing. */
export function moveRefusal({ groups, fills, joins }: ProcessMove): RequestFailed | null {
  const isNew = (file: string) => groups.includes(path.dirname(file));
  const [top] = groups;
  const needed = [
    ...(top === undefined ? [] : [path.dirname(top)]),
    ...[...fills, ...joins].map(({ file }) => file).filter((file) => !isNew(file)),
  ];
  for (const file of needed) {
    const code = writeRefusal(file);
    if (code !== null) {
      return new RequestFailed(file, `it cannot be written (${code})`, code === 'EACCES' ? AS_ROOT : null);
    }
  }
  return null;
}

/**
 * Makes the groups, limits them and moves the process there; what is refused on the way leaves nothing behind. Where it
 * is now is written down first.
 */
export async function limitProcess(
  store: Store,
  process: ProcessRef,
  move: ProcessMove,
  writes: readonly LiveWrite[],
): Promise<LiveOutcome> {
  const refused = moveRefusal(move);
  if (refused !== null) {
    throw refused;
  }
  makeStore(store);
  const file = recordOf(store, process);
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw StateFailure.of(store.root, error);
  }
  writeWhole(file, `${JSON.stringify({ ...readMoved(file), ...move.from })}\n`);
  try {
    makeGroups(move);
    const outcome = applyLive(cgroupFiles, writes);
    if (outcome.kind === 'refused') {
      await putBack(store, process, move.from);
    } else {
      writeAll(move.joins);
    }
    return outcome;
  } catch (error) {
    await putBack(store, process, move.from);
    throw error;
  }
}

function makeGroups({ groups, fills }: ProcessMove): void {
  for (const group of groups) {
    try {
      mkdirSync(group, { recursive: true });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new RequestFailed(group, `the group cannot be made (${code})`, AS_ROOT);
    }
  }
  writeAll(fills);
}

function writeAll(writes: ProcessMove['fills']): void {
  for (const { file, value } of writes) {
    const code = cgroupFiles.write(file, value);
    if (code !== null) {
      throw new RequestFailed(file, `${value} cannot be written (${code})`, code === 'EACCES' ? AS_ROOT : null);
    }
  }
}

/** What a release comes to: each group of ours and where what is in it goes. Of all, or of these alone. */
export function plannedRelease(store: Store, process: ProcessRef, only: readonly string[] | null = null): Moved {
  const moved = Object.entries(readMoved(recordOf(store, process))).filter(
    ([group]) => only?.includes(group) !== false,
  );
  if (moved.length === 0) {
    throw new RequestFailed(`pid:${process.pid}`, 'it is in no group that nsview made for it');
  }
  for (const [group, was] of moved) {
    const busy = groupTree(group).find((below) => below !== group && processesIn(below).length > 0);
    if (busy !== undefined) {
      throw new RequestFailed(
        busy,
        `it has processes, and is in the group of pid:${process.pid}`,
        'Release them first.',
      );
    }
    if (groupTree(group).length > 0 && cgroupFiles.read(`${was}/cgroup.procs`) === null) {
      throw new RequestFailed(was, `the group that pid:${process.pid} was in is gone`);
    }
  }
  return Object.fromEntries(moved);
}

/** The groups that nsview made for a process and that are there. */
export function movedGroups(store: Store, process: ProcessRef): readonly string[] {
  return Object.keys(readMoved(recordOf(store, process))).filter((group) => groupTree(group).length > 0);
}

/** Moves the process, and what it started, back to where it was and removes the groups that it had of us. */
export async function releaseProcess(
  store: Store,
  process: ProcessRef,
  only: readonly string[] | null = null,
): Promise<void> {
  await putBack(store, process, plannedRelease(store, process, only));
}

async function putBack(store: Store, process: ProcessRef, moved: Moved): Promise<void> {
  for (const [group, was] of Object.entries(moved)) {
    await emptyInto(group, was);
  }
  await leave(store, process, Object.keys(moved));
}

/** How often a group is looked at again that still has processes: they may start others meanwhile. */
const TRIES = 50;
const PAUSE_MS = 10;

async function emptyInto(group: string, was: string): Promise<void> {
  for (let round = 0; round < TRIES; round += 1) {
    const pids = processesIn(group);
    if (pids.length === 0) {
      return;
    }
    for (const pid of pids) {
      const code = cgroupFiles.write(`${was}/cgroup.procs`, String(pid));
      if (code !== null && code !== 'ESRCH') {
        throw new RequestFailed(`${was}/cgroup.procs`, `${pid} cannot be written (${code})`);
      }
    }
    await setTimeout(PAUSE_MS);
  }
}

/** Removes groups that nobody is in any more, and forgets them. */
async function leave(store: Store, process: ProcessRef, groups: readonly string[]): Promise<void> {
  for (let round = 0; round < TRIES && !groups.every(removeMade); round += 1) {
    await setTimeout(PAUSE_MS);
  }
  const file = recordOf(store, process);
  const rest = Object.entries(readMoved(file)).filter(([group]) => groupTree(group).length > 0);
  if (rest.length === 0) {
    rmSync(file, { force: true });
  } else {
    writeWhole(file, `${JSON.stringify(Object.fromEntries(rest))}\n`);
  }
}

/** With the group that ours are in together, where this was the last; false: somebody is in it. */
function removeMade(group: string): boolean {
  const isGone = groupTree(group).every(removeEmptyGroup);
  const parent = path.dirname(group);
  if (isGone && parent.endsWith(DEFAULT_PARENT)) {
    removeEmptyGroup(parent);
  }
  return isGone;
}

/** The processes that are in groups which they have of us, and run. */
export function limitedProcesses(store: Store): readonly ProcessRef[] {
  return namesIn(`${store.root}/processes`)
    .map(processOfRecord)
    .filter((process) => process !== null)
    .filter(isRunning);
}

/** Removes the groups of processes that have ended, and what was remembered of them. The groups that went. */
export function sweepMoved(store: Store): readonly string[] {
  const directory = `${store.root}/processes`;
  return namesIn(directory).flatMap((name) => {
    const process = processOfRecord(name);
    if (process === null || isRunning(process)) {
      return [];
    }
    const groups = Object.keys(readMoved(`${directory}/${name}`)).filter((group) => groupTree(group).length > 0);
    const removed = groups.filter(removeMade);
    // What it started may be there still.
    if (removed.length === groups.length) {
      rmSync(`${directory}/${name}`, { force: true });
    }
    return removed;
  });
}

function recordOf(store: Store, process: ProcessRef): string {
  return `${store.root}/processes/${processGroupName(process)}.json`;
}

/** Null: it is no such file. */
function processOfRecord(name: string): ProcessRef | null {
  return name.endsWith('.json') ? processOfGroup(name.slice(0, -'.json'.length)) : null;
}

function readMoved(file: string): Moved {
  try {
    return movedOf(JSON.parse(readFileSync(file, 'utf8'))) ?? {};
  } catch {
    return {};
  }
}
