import { buildSnapshot, hostNamespacesOf } from '../model/build-snapshot.ts';
import type { Container, Engine } from '../model/document/container.ts';
import type { ContainerSample, Sample } from '../model/sample.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { finish } from '../model/steps.ts';
import { openSampler, type Want } from '../probes/collect.ts';
import { type Engines, openEngines } from '../probes/engines/engines.ts';
import type { Host } from '../probes/host.ts';
import { openHost } from '../probes/open-host.ts';
import type { GlobalOptions } from './globals.ts';

/** What to look for; parts that are not named are not read. */
export type Look = {
  /** Containers whose mounts, layers and security are read. */
  readonly detail?: 'all' | readonly Container[];
  /** What those see in /proc. */
  readonly procfs?: boolean;
  /** All figures of the cgroups unless a list needs less. */
  readonly figures?: Exclude<Want['figures'], 'none'>;
  /** Also what the engines know and does not run. */
  readonly stopped?: boolean;
  readonly network?: boolean;
  readonly namespaces?: boolean;
  readonly walkLayers?: boolean;
  /** Processes that count as containers where they are in none. */
  readonly alsoPids?: readonly number[];
  /** Rates since the look before; without it the snapshot stands alone. */
  readonly rates?: boolean;
  /** Asks the engines' sockets even where the files told every name. */
  readonly askEngines?: boolean;
};

/** The host as one command sees it. */
export type Session = {
  readonly host: Host;
  /** What `--root` says. */
  readonly root: string | undefined;
  /** Asks the engines' sockets: whose daemons can then be asked to change a container. */
  askEngines(): Promise<Pick<Engines, 'daemonOf' | 'reports'>>;
  look(look: Look): Promise<Snapshot>;
  /** What a snapshot is made from, raw. */
  sample(want: Want): Promise<Sample>;
  /** For a command that goes on for long: names that come later are heard of. Returns what ends it. */
  followEngines(): () => void;
  /** The namespaces of the host, which containers are in them by name, and nothing else of these. */
  namespaces(): Promise<ReturnType<typeof hostNamespacesOf>>;
  close(): void;
};

/** A dead or slow socket costs no more than this, and its names. */
const ENGINE_TIMEOUT_MS = 1500;

/** So long a command counts files before it says that it does not know. */
const LONGEST_WALK_US = 3_000_000;

/** No socket knows a name for these: their rows are complete without. */
const NAMELESS: readonly Engine[] = ['nsview', 'oci', 'unknown'];

/**
 * Opens what the global flags say. As root the engines' own files tell every name in a millisecond; their sockets are
 * asked only where the files did not, or where somebody named a socket. `keep`: the same files will be
 * read again and again.
 */
export function openSession(
  { roots, engines: choice, root }: Pick<GlobalOptions, 'roots' | 'engines' | 'root'>,
  keep = false,
): Session {
  const host = openHost(roots, { keep });
  const engines = openEngines(host, choice, { env: process.env, root });
  const sampler = openSampler(host, engines);
  let asked = choice.kind === 'none';
  let last: Sample | null = null;

  async function askOnce(): Promise<void> {
    if (!asked) {
      asked = true;
      await engines.refresh(ENGINE_TIMEOUT_MS);
    }
  }

  async function sample(want: Want): Promise<Sample> {
    if (engines.named) {
      await askOnce();
    }
    let sample = finish(sampler.sample(want));
    const nameless = asked ? [] : Object.values(sample.containers).filter(isNameless);
    if (nameless.length > 0) {
      await askOnce();
      const named = nameless.some(({ candidate }) => engines.facts(candidate, null) !== null);
      // Where no socket knows more, only the list of engines has grown, and of what they stopped.
      sample = named
        ? finish(sampler.sample(want))
        : { ...sample, engines: engines.reports(), stopped: want.stopped ? engines.stopped() : [] };
    }
    last = sample;
    return sample;
  }

  async function look(look: Look): Promise<Snapshot> {
    if (look.askEngines === true) {
      await askOnce();
    }
    const previous = look.rates === true ? last : null;
    return buildSnapshot(await sample(wantOf(look, last)), previous);
  }

  async function namespaces(): Promise<ReturnType<typeof hostNamespacesOf>> {
    const want = { ...wantOf({ namespaces: true }, null), figures: 'none' as const };
    let sample = finish(sampler.sample(want));
    if (!asked && (engines.named || Object.values(sample.containers).some(isNameless))) {
      await askOnce();
      sample = finish(sampler.sample(want));
    }
    return hostNamespacesOf(sample);
  }

  return {
    host,
    root,
    askEngines: async () => {
      await askOnce();
      return engines;
    },
    look,
    sample,
    namespaces,
    followEngines: () => engines.follow(() => undefined),
    close: () => {
      engines.close();
      sampler.close();
    },
  };
}

function isNameless({ candidate, facts }: ContainerSample): boolean {
  return (facts?.name ?? candidate.name) === null && !NAMELESS.includes(facts?.engine ?? candidate.engine);
}

function wantOf(look: Look, sample: Sample | null): Want {
  return {
    detail: detailOf(look.detail, sample),
    figures: look.figures ?? 'all',
    stopped: look.stopped ?? false,
    network: look.network ?? false,
    namespaces: look.namespaces ?? false,
    walkLayersUs: look.walkLayers === true ? LONGEST_WALK_US : 0,
    procfs: look.procfs ?? false,
    alsoPids: look.alsoPids ?? [],
  };
}

function detailOf(detail: Look['detail'], sample: Sample | null): Want['detail'] {
  if (detail === undefined || detail === 'all') {
    return detail ?? 'none';
  }
  return { only: detail.map((container) => keyOf(container, sample)) };
}

/** The sampler knows containers by the keys of their candidates; no engine's id is one of those. */
function keyOf({ id, init }: Container, sample: Sample | null): string {
  const entry = Object.values(sample?.containers ?? {}).find(
    ({ candidate }) => candidate.id === id || (candidate.init !== null && candidate.init === init?.pid),
  );
  return entry?.candidate.key ?? id;
}
