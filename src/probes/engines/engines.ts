import type { Candidate } from '../../model/discovery/candidate.ts';
import type { EngineFacts, EngineReport } from '../../model/engine-facts.ts';
import type { Host } from '../host.ts';
import type { EngineChoice } from './choice.ts';
import { ownRoots } from './own-state.ts';
import { type Daemon, openSockets, type Sockets } from './sockets.ts';
import { openStateCache } from './state-cache.ts';
import { readOwnFacts } from './state-directories.ts';
import { openStateRoots, type StateRoots, type StorageRoot } from './state-roots.ts';

/** What the engines of this host add to containers that were found without them: names, images, labels; no figures. */
export type Engines = {
  /** Facts of one candidate from what is known now: last socket answers, else state directories. */
  facts(candidate: Candidate, supervisorArgv: readonly string[] | null): EngineFacts | null;
  /**
   * Asks every socket once, at most `timeoutMs` in all; never throws. The first call loads the client, which comes on
   * top. Without it (and without `follow`) the state directories alone tell.
   */
  refresh(timeoutMs: number): Promise<void>;
  /** Follows /events instead of polling; calls back when facts or reports changed. Returns the stop. */
  follow(onChange: () => void): () => void;
  /** Somebody said where a socket is: what becomes of asking it is owed an answer. */
  readonly named: boolean;
  reports(): readonly EngineReport[];
  /** Whom to ask for a change of this container; null where no socket that answers has it. */
  daemonOf(id: string): Daemon | null;
  /** Containers that the engines know and that did not run when they said so. */
  stopped(): readonly EngineFacts[];
  /** Where image layers and snapshots are kept: data roots of Docker, storage roots of Podman, roots of containerd. */
  storageRoots(): readonly StorageRoot[];
  close(): void;
};

export type EngineEnvironment = {
  readonly home?: string;
  /** Where nsview's own containers are; undefined: at the usual place. */
  readonly root?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** Lists of directories are read again this often. */
const RECHECK_US = 5_000_000;

/**
 * `auto` never asks a socket about a host that is not this one. `none` leaves our own containers on this host: nobody has
 * to be asked for their names.
 */
export function openEngines(host: Host, choice: EngineChoice, environment: EngineEnvironment): Engines {
  const home = environment.home ?? environment.env['HOME'] ?? null;
  const run = environment.env['XDG_RUNTIME_DIR'] || null;
  const data = environment.env['XDG_DATA_HOME'] || null;
  const roots = openStateRoots(host, { home, run, ownRoots: ownRoots({ root: environment.root ?? null, home, data }) });
  if (choice.kind === 'none') return host.live ? ownAlone(host, roots) : noEngines;
  const state = openStateCache(host, roots);
  const sockets: Sockets = openSockets(host, choice, { home, run, env: environment.env });
  const storage = kept(host, () => roots.storage());
  const reports = kept(host, () => roots.reports());
  const stopped = kept(host, () => roots.stopped());
  const runtimes = kept(host, () => roots.expire());

  return {
    facts(candidate, supervisorArgv) {
      const told = candidate.id === null ? null : sockets.find(candidate.id);
      if (told?.sure) return told.facts;
      runtimes();
      // A user's daemon may claim any id: for containers of others, the system's own files go first.
      return state.facts(candidate, supervisorArgv) ?? told?.facts ?? null;
    },
    refresh: (timeoutMs) => sockets.refresh(timeoutMs),
    follow: (onChange) => sockets.follow(onChange),
    named: sockets.named,
    reports: () => [...sockets.reports(), ...reports()],
    daemonOf: (id) => sockets.daemonOf(id),
    stopped() {
      const asked = sockets.all();
      const ids = new Set(asked.map(({ id }) => id));
      return [...asked.filter(isStopped), ...stopped().filter(({ id }) => !ids.has(id))];
    },
    storageRoots: storage,
    close: () => sockets.close(),
  };
}

const noEngines: Engines = {
  facts: () => null,
  refresh: () => Promise.resolve(),
  follow: () => () => {},
  named: false,
  reports: () => [],
  daemonOf: () => null,
  stopped: () => [],
  storageRoots: () => [],
  close: () => {},
};

function ownAlone(host: Host, roots: StateRoots): Engines {
  const stopped = kept(host, () => roots.stoppedOwn());
  const running = kept(host, () => roots.expire());
  return {
    ...noEngines,
    facts(candidate) {
      running();
      const { engine } = candidate;
      return engine === 'nsview' || engine === 'oci' || engine === 'unknown'
        ? readOwnFacts(host, roots, candidate)
        : null;
    },
    stopped,
  };
}

function isStopped({ status }: EngineFacts): boolean {
  return status === 'exited' || status === 'created' || status === 'dead';
}

/** The value, made anew when it is older than `RECHECK_US`. */
function kept<T>(host: Host, make: () => T): () => T {
  let value: { readonly made: T; readonly atUs: number } | null = null;
  return () => {
    const nowUs = host.monotonicUs();
    if (value === null || nowUs - value.atUs >= RECHECK_US) value = { made: make(), atUs: nowUs };
    return value.made;
  };
}
