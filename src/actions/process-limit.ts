import type { ActionResult } from '../model/action.ts';
import type { Container } from '../model/document/container.ts';
import { valueOr } from '../model/reading.ts';
import { containerLabel } from '../present/container-label.ts';
import { releaseCommands } from '../present/release-commands.ts';
import { directoriesOfMemberships } from '../probes/cgroup/container-places.ts';
import { readCgroupLayout } from '../probes/cgroup/layout.ts';
import { parseProcCgroup } from '../probes/proc/cgroup.ts';
import { applyLive } from '../runtime/cgroups/apply-live.ts';
import { cgroupFiles } from '../runtime/cgroups/cgroup-files.ts';
import { readHostCapacity } from '../runtime/cgroups/host-capacity.ts';
import { planLimits } from '../runtime/cgroups/plan-limits.ts';
import type { Resources } from '../runtime/cgroups/resources.ts';
import { restoreWrites } from '../runtime/cgroups/restore-live.ts';
import { limitProcess, movedGroups, moveRefusal, releaseProcess } from '../runtime/lifecycle/limit-process.ts';
import { type ProcessMove, planProcessMove } from '../runtime/lifecycle/plan-process-move.ts';
import { RequestFailed } from '../runtime/lifecycle/request-failed.ts';
import type { ProcessRef } from '../runtime/spec.ts';
import { isRunning } from '../runtime/state/process-ref.ts';
import type { Store } from '../runtime/state/store.ts';
import type { LimitWorld } from './limit-holder.ts';
import { changingWrites, kept, keptText, writeText } from './limit-results.ts';
import { closedWay, failed, type Undo, type Way } from './way.ts';

type Input = {
  readonly container: Container;
  readonly asked: Resources;
  readonly command: string;
  /** What a person would type for the limit as it is now. */
  readonly undoing: string;
  /** And to put it back where it was. */
  readonly releasing: string;
  readonly world: LimitWorld;
  readonly remember: (container: Container, undo: Undo) => void;
  readonly forget: (container: Container) => void;
};

/** What speaks against giving a process groups of its own; null: nothing. */
export function processRefusal({ init }: Container, { store }: LimitWorld): string | null {
  return init === null
    ? 'it has ended'
    : store === null
      ? 'there is no store to write down where it was: name one with --root'
      : null;
}

/** A process in no container gets a group of its own under the right parent, and is limited there. */
export function processLimitWay(input: Input): Way {
  const { container, asked, command, world } = input;
  const { init } = container;
  const { store } = world;
  const refused = processRefusal(container, world);
  if (init === null || store === null || refused !== null) {
    return closedWay('limit', command, refused ?? '');
  }
  const ref: ProcessRef = { pid: init.pid, startTicks: init.startTicks };
  try {
    const move = moveOf(world, ref, asked);
    const denied = moveRefusal(move);
    if (denied !== null) {
      return closedWay('limit', command, `${denied.what}: ${denied.why}`);
    }
    const plan = planLimits(asked, move.places, readHostCapacity(), cgroupFiles.read);
    if (plan.kind === 'problem') {
      return closedWay('limit', command, plan.problem.why);
    }
    const isThere = move.joins.every(({ file, value }) => cgroupFiles.read(file)?.split('\n').includes(value));
    const writes = changingWrites(plan.writes);
    if (isThere && writes.length === 0) {
      return closedWay('limit', command, 'it is so already');
    }
    return {
      verb: 'limit',
      command,
      calls: [
        ...move.groups.map((group) => `makes ${group}`),
        ...move.fills.map(({ file, value }) => `${file}: ${value}`),
        ...writes.map(writeText),
        ...(isThere ? [] : move.joins.map(({ file, value }) => `${file}: ${value}`)),
      ],
      asks: true,
      disabledReason: null,
      run: () => changed(input, ref, store, { move, writes, isThere }),
    };
  } catch (error) {
    return closedWay('limit', command, whyOf(error));
  }
}

type Planned = {
  readonly move: ProcessMove;
  readonly writes: Parameters<typeof applyLive>[1];
  readonly isThere: boolean;
};

async function changed(
  { container, undoing, releasing, remember, forget }: Input,
  ref: ProcessRef,
  store: Store,
  { move, writes, isThere }: Planned,
): Promise<ActionResult> {
  const name = containerLabel(container);
  if (!isRunning(ref)) {
    return failed('limit', name, 'it has ended');
  }
  try {
    const outcome = await limitProcess(store, ref, move, writes);
    if (outcome.kind === 'refused') {
      const { write, code, why } = outcome;
      applyLive(cgroupFiles, restoreWrites(outcome.results));
      return failed('limit', name, `${kept(write.value)} into ${write.file}: ${why} (${code})`);
    }
    const back = restoreWrites(outcome.results);
    remember(container, (now) =>
      isThere ? takenBack(now, back, undoing, forget) : released(now, ref, store, move, releasing, forget),
    );
    return { ok: true, says: `limited ${name}: ${keptText(outcome.results)}` };
  } catch (error) {
    return failed('limit', name, whyOf(error));
  }
}

/** In a group that was its own before: only the figures go back. */
function takenBack(container: Container, writes: Planned['writes'], command: string, forget: Input['forget']): Way {
  return {
    verb: 'undo',
    command,
    calls: changingWrites(writes).map(writeText),
    asks: true,
    disabledReason: null,
    run: () => {
      const outcome = applyLive(cgroupFiles, writes);
      if (outcome.kind === 'refused') {
        return Promise.resolve(failed('undo', containerLabel(container), `${outcome.why} (${outcome.code})`));
      }
      forget(container);
      const says = `taken back, ${containerLabel(container)}: ${keptText(outcome.results)}`;
      return Promise.resolve({ ok: true, says });
    },
  };
}

/** The group was made for this: it goes, and the process where it was. */
function released(
  container: Container,
  ref: ProcessRef,
  store: Store,
  { from }: ProcessMove,
  releasing: string,
  forget: Input['forget'],
): Way {
  return {
    verb: 'undo',
    command: releaseCommand(ref, store, from, releasing),
    calls: Object.entries(from).flatMap(([group, was]) => [`${was}/cgroup.procs: ${ref.pid}`, `removes ${group}`]),
    asks: true,
    disabledReason: null,
    run: async () => {
      try {
        await releaseProcess(store, ref, Object.keys(from));
        forget(container);
        return { ok: true, says: `taken back: ${containerLabel(container)} is where it was` };
      } catch (error) {
        return failed('undo', containerLabel(container), whyOf(error));
      }
    },
  };
}

/** `--release` takes it out of all groups of ours: where it was in some before, only these are left, by hand. */
function releaseCommand(ref: ProcessRef, store: Store, from: ProcessMove['from'], releasing: string): string {
  const isAll = movedGroups(store, ref).every((group) => from[group] !== undefined);
  return isAll ? releasing : releaseCommands(ref.pid, from).join(' && ');
}

/** Where it would go, from where it is at this moment. */
function moveOf({ host }: LimitWorld, process: ProcessRef, resources: Resources): ProcessMove {
  const layout = readCgroupLayout(host);
  const memberships = valueOr(parseProcCgroup(valueOr(host.readText(`/proc/${process.pid}/cgroup`, 'gone'), '')), []);
  const now = directoriesOfMemberships(layout, memberships);
  return planProcessMove({ layout, process, resources, now, read: cgroupFiles.read });
}

function whyOf(error: unknown): string {
  return error instanceof RequestFailed
    ? `${error.what}: ${error.why}`
    : error instanceof Error
      ? error.message
      : String(error);
}
