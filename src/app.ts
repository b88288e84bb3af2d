import { setFlagsFromString } from 'node:v8';
import { openActions, refusing } from './actions/open-actions.ts';
import { openLayerTree } from './layer-tree.ts';
import { snapshotInSteps } from './model/build-snapshot.ts';
import { createHistory } from './model/history/history.ts';
import type { Sample } from './model/sample.ts';
import type { Snapshot } from './model/snapshot.ts';
import { finish, type Steps } from './model/steps.ts';
import { lookAtGroups } from './probes/cgroup/look.ts';
import { openSampler, type Want } from './probes/collect.ts';
import type { EngineChoice } from './probes/engines/choice.ts';
import { openEngines } from './probes/engines/engines.ts';
import type { HostRoots } from './probes/host.ts';
import { openHost } from './probes/open-host.ts';
import { storeOf } from './runtime/state/store.ts';
import { loadSettings, saveSettings } from './settings.ts';
import { showDashboard } from './show-dashboard.ts';
import { stepsInTurns } from './steps-in-turns.ts';
import type { Actions, DashboardPorts, Want as ViewWant } from './ui/ports.ts';

const DEFAULT_INTERVAL_MS = 1000;

/**
 * A program that lives long and does little must not let its heap grow as one that is in a hurry: V8 is to clear away
 * when a fifth has been added, not when the heap is twice as large. For many containers the space for what is new grows,
 * up to what bin/nsview allows: with 1,000 a small one cost 15 % of a core instead of 11 to 12.
 */
const GROW_SLOWLY = '--heap-growing-percent=20';
const FEW_NEW = '--semi-space-growth-factor=1';
const MANY_NEW = '--semi-space-growth-factor=2';
const MANY_CONTAINERS = 400;

export type AppOptions = {
  readonly roots: Partial<HostRoots>;
  readonly engines: EngineChoice;
  /** Where our own containers are; undefined: at the usual place. */
  readonly root: string | undefined;
  /** Nothing is changed, whatever is asked. */
  readonly readOnly: boolean;
  /** The flags that say all this, for another start of this program. */
  readonly flags: readonly string[];
};

/**
 * The dashboard: one sampler, one timer, one view. The first sample is taken and drawn before React is loaded.
 * Returns the exit status.
 */
export async function runApp(options: AppOptions): Promise<number> {
  setFlagsFromString(GROW_SLOWLY);
  setFlagsFromString(FEW_NEW);
  const { env, stdin, stdout } = process;
  const host = openHost(options.roots);
  const engines = openEngines(host, options.engines, { env, root: options.root });
  const sampler = openSampler(host, engines);
  const listeners = new Set<Parameters<DashboardPorts['subscribe']>[0]>();
  let want = wantFor({
    detail: null,
    namespaces: false,
    procfs: false,
    layers: false,
    memory: false,
    hostGroups: null,
    pids: [],
  });
  let intervalMs = DEFAULT_INTERVAL_MS;
  let frozen = false;
  let timer: NodeJS.Timeout | null = null;
  let previous: Sample | null = null;
  let heap = FEW_NEW;
  let ticking = false;
  let again = false;
  let ended = false;
  const failure = Promise.withResolvers<never>();

  function* take(wanted: Want): Steps<Snapshot> {
    const sample = yield* sampler.sample(wanted);
    const snapshot = yield* snapshotInSteps(sample, previous);
    previous = sample;
    const fitting = snapshot.containers.length > MANY_CONTAINERS ? MANY_NEW : FEW_NEW;
    if (fitting !== heap) {
      heap = fitting;
      setFlagsFromString(fitting);
    }
    return snapshot;
  }

  /** One at a time: what is asked for during a tick is taken right after it. */
  async function tick(): Promise<void> {
    if (ticking) {
      again = true;
      return;
    }
    ticking = true;
    let snapshot: Snapshot;
    try {
      snapshot = await stepsInTurns(take(want));
    } finally {
      ticking = false;
    }
    for (const listener of listeners) {
      listener(snapshot, null);
    }
    schedule(again ? 0 : intervalMs);
    again = false;
  }

  function tickNow(): void {
    tick().catch(failure.reject);
  }

  function schedule(delayMs: number): void {
    if (timer !== null) {
      clearTimeout(timer);
    }
    timer = ended || (frozen && !again) ? null : setTimeout(tickNow, delayMs);
  }

  const actions = openActions({
    host,
    engines,
    store: storeOf(options.root),
    root: options.root,
    reentry: { file: process.execPath, args: [...process.execArgv, process.argv[1] ?? '', ...options.flags] },
    loadDemoRuntime: async () => (await import('./cli/run/runtime-program.ts')).demoRuntime,
    stdout,
    onChange: tickNow,
  });

  const ports: DashboardPorts = {
    // A glance, which tells what the first picture shows; a whole sample follows as soon as the dashboard stands.
    initial: finish(take({ ...want, figures: 'summary', network: false })),
    history: createHistory(),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    failed: failure.promise,
    want: (view) => {
      const wider = wantFor(view);
      if (JSON.stringify(wider) !== JSON.stringify(want)) {
        want = wider;
        tickNow();
      }
    },
    intervalMs,
    setInterval: (ms) => {
      intervalMs = ms;
      schedule(ms);
    },
    setFrozen: (state) => {
      frozen = state;
      schedule(intervalMs);
    },
    replay: null,
    settings: loadSettings(env),
    saveSettings: (settings) => saveSettings(env, settings),
    look: (question) => lookAtGroups(host, question),
    readTree: openLayerTree(host, failure.reject, () => frozen),
    actions: allowed(actions, options, host.live),
    stdin,
    stdout,
    env,
  };

  const stopFollowing = engines.follow(() => undefined);
  try {
    return await showDashboard(ports, () => schedule(0));
  } finally {
    ended = true;
    if (timer !== null) {
      clearTimeout(timer);
    }
    actions.close();
    stopFollowing();
    engines.close();
    sampler.close();
  }
}

function allowed(actions: Actions, { readOnly }: AppOptions, live: boolean): Actions {
  if (readOnly) {
    return refusing(actions, 'nothing is changed: nsview was started with --read-only');
  }
  return live ? actions : refusing(actions, 'these are the files of another host: nothing can be done to it from here');
}

/** So much of each sample files are counted for: a large image takes several, and figures come meanwhile. */
const WALK_US = 200_000;

function wantFor({ detail, namespaces, procfs, layers, memory, hostGroups, pids }: ViewWant): Want {
  return {
    detail: detail === null ? 'none' : { only: [detail] },
    figures: 'all',
    stopped: false,
    network: true,
    namespaces,
    walkLayersUs: layers ? WALK_US : 0,
    procfs,
    memoryShares: memory,
    hostGroups,
    alsoPids: pids,
  };
}
