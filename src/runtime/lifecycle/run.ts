import { existsSync } from 'node:fs';
import { checkResources } from '../cgroups/check-resources.ts';
import { killAll } from '../cgroups/group-processes.ts';
import { readHostCapacity } from '../cgroups/host-capacity.ts';
import { type LaunchOptions, launch, type StepReport } from '../launch.ts';
import { leaveBridge } from '../network/bridge.ts';
import { bridgeFilter } from '../network/bridge-filter.ts';
import { withChosen } from '../network/published.ts';
import { planContainer } from '../plan/plan-container.ts';
import type { DiscardSpec, ProcessRef } from '../spec.ts';
import { type ExitRecord, makeExitRecord, type OpenRecord, readExitRecord } from '../state/exit-record.ts';
import { processRef } from '../state/process-ref.ts';
import {
  type ContainerConfig,
  type ContainerState,
  containerFiles,
  newId,
  trashFiles,
  writeState,
} from '../state/records.ts';
import { type Reservation, reserve } from '../state/reserve.ts';
import { StateFailure } from '../state/state-failure.ts';
import { makeStore, type Store } from '../state/store.ts';
import { WrongValue } from '../wrong-value.ts';
import { awaitEnd } from './end.ts';
import { endNotes } from './end-notes.ts';
import { sweepContainer, sweepContainers } from './gc.ts';
import { makeContainer } from './make-spec.ts';
import { readContainer } from './own-container.ts';
import { takeDown } from './remove.ts';
import { called, RequestFailed } from './request-failed.ts';
import type { RunRequest } from './run-request.ts';
import { type StartFailure, startFailure } from './start-failure.ts';
import { hasAnonymousVolumes, makeVolumes } from './volumes.ts';

/** What follows a start from outside. */
export type RunHooks = Pick<LaunchOptions, 'onStep' | 'beforeStep'> & {
  /** A free port was asked for, and this one of the host was chosen: `127.0.0.1:40123`. */
  readonly onPort?: (listening: string, containerPort: number) => void;
  /** It starts, but not all will be as was asked for. */
  readonly onWarning?: (why: string, remedy: string) => void;
};

export type RunResult =
  | { readonly kind: 'detached'; readonly id: string }
  | { readonly kind: 'ended'; readonly code: number; readonly notes: readonly string[] }
  | ({ readonly kind: 'failed'; readonly code: number } & StartFailure);

/**
 * Makes a container and follows it: to its command's end, or to its start where `detached`. What cannot be is thrown as
 * WrongValue, RequestFailed or StateFailure before anything is made; what fails while it is made leaves nothing.
 */
export async function runContainer(store: Store, request: RunRequest, hooks: RunHooks): Promise<RunResult> {
  const problem = checkResources(request.resources, readHostCapacity());
  if (problem !== null) {
    throw new WrongValue(problem.flag, problem.why);
  }
  makeStore(store);
  const { spec, config } = makeContainer(store, newId(), request, new Date().toISOString());
  const reserved = await reserveOrSweep(store, config, request.name).catch((error: unknown) => {
    leaveBridge(store, config.id);
    throw error;
  });
  try {
    makeVolumes(store, config);
  } catch (error) {
    const made = readContainer(store, config.id);
    if (made !== null) {
      await takeDown(store, made);
    }
    throw error;
  }
  let state = reserved.state;
  let init: ProcessRef | null = null;
  let record: OpenRecord | null = null;
  let unwritten: unknown = null;
  const keep = (next: ContainerState) => {
    state = next;
    try {
      writeState(reserved.files, state);
    } catch (error) {
      // One that is to be gone at its end may have ended by now.
      unwritten ??= isDiscarded(store, config) ? null : error;
    }
  };
  const { onStep, beforeStep, onPort, onWarning } = hooks;
  const filter = spec.bridge === null ? null : bridgeFilter(spec.bridge.bridge);
  if (filter !== null) {
    onWarning?.(filter.why, filter.remedy);
  }
  const choosesPort = spec.ports.some(({ hostPort }) => hostPort === 0);
  let { ports } = spec;
  const discard = discardOf(store, reserved.config);
  const launched = launch(planContainer({ ...spec, discard }), {
    ...(beforeStep === undefined ? {} : { beforeStep }),
    ...(onStep === undefined && !choosesPort
      ? {}
      : {
          onStep: (report: StepReport) => {
            const { op } = report.step;
            onStep?.(report);
            if (op.kind === 'publish' && op.hostPort === 0 && report.error === null) {
              ports = withChosen(ports, op, report.detail);
              onPort?.(report.detail, op.containerPort);
            }
          },
        }),
    verb: 'run',
    name: reserved.config.name,
    detached: request.detached,
    onHelper: (pid) => {
      keep({ ...state, monitor: processRef(pid) });
      // With the other files it is gone when the helper is.
      record = discard === null || request.detached ? null : makeExitRecord(reserved.files.exit);
    },
    onProcess: (process) => {
      init = process;
    },
    onRunning: () => {
      keep({ ...state, status: 'running', init, ports, startedAt: new Date().toISOString() });
    },
  });
  // What others left is swept while the helper works; a sweep that fails is no failure of this start.
  await sweepContainers(store, config.id).catch(() => {});
  const outcome = await launched;
  if (outcome.kind === 'detached' && unwritten === null) {
    return { kind: 'detached', id: config.id };
  }
  if (outcome.kind === 'detached') {
    // Nobody would find it again.
    await killAll(config.joins.map(({ directory }) => directory));
    await awaitEnd(store, config.id, END_MS);
  }
  const exit = takeRecord(record) ?? readExitRecord(reserved.files.exit);
  const left = readContainer(store, config.id);
  if (left === null) {
    // Its files are all that the helper knows of.
    leaveBridge(store, config.id);
  } else if (outcome.kind !== 'ended' || request.autoRemove) {
    await takeDown(store, left);
  }
  if (outcome.kind === 'failed') {
    return { kind: 'failed', code: outcome.code, ...startFailure(outcome, request, store.root) };
  }
  if (outcome.kind === 'detached') {
    throw unwritten;
  }
  const untold =
    unwritten instanceof StateFailure ? [`while it ran nobody else could find it: ${unwritten.message}`] : [];
  return { kind: 'ended', code: outcome.code, notes: [...(exit === null ? [] : endNotes(exit)), ...untold] };
}

const END_MS = 2000;

/** Null: nobody wrote it. */
function takeRecord(record: OpenRecord | null): ExitRecord | null {
  const exit = record?.read() ?? null;
  record?.close();
  return exit;
}

/**
 * What the helper takes away at the end, whoever may have died by then. Volumes without a name may have gone over to other
 * containers, which only the store tells: with them it stays for the next start to sweep.
 */
function discardOf(store: Store, { id, name, autoRemove, volumes }: ContainerConfig): DiscardSpec | null {
  if (!autoRemove || hasAnonymousVolumes(volumes)) {
    return null;
  }
  const { directory } = containerFiles(store, id);
  return { link: `${store.names}/${name}`, id, directory, trash: trashFiles(store, id).directory };
}

function isDiscarded(store: Store, { id, autoRemove }: Omit<ContainerConfig, 'name'>): boolean {
  return autoRemove && !existsSync(containerFiles(store, id).directory);
}

type Reserved = Extract<Reservation, { kind: 'reserved' }>;

/** A name that only the remains of a crash have is free. */
async function reserveOrSweep(
  store: Store,
  config: Parameters<typeof reserve>[1],
  name: string | null,
): Promise<Reserved> {
  const first = reserve(store, config, name);
  if (first.kind === 'reserved') {
    return first;
  }
  const owner = readContainer(store, first.owner);
  await (owner === null ? sweepContainers(store) : sweepContainer(store, owner));
  const second = readContainer(store, first.owner) === null ? reserve(store, config, name) : first;
  if (second.kind === 'reserved') {
    return second;
  }
  throw new RequestFailed(
    called(second.name),
    `the name is taken by ${second.owner.slice(0, 12)}`,
    `Remove that one (nsview rm ${second.name}), or take another name.`,
  );
}
