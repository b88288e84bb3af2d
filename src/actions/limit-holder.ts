import type { Container } from '../model/document/container.ts';
import { shellWord } from '../present/shell-word.ts';
import type { Engines } from '../probes/engines/engines.ts';
import type { Daemon } from '../probes/engines/sockets.ts';
import type { Host } from '../probes/host.ts';
import type { GroupPlaces } from '../runtime/cgroups/live-change.ts';
import { isUp, readContainer } from '../runtime/lifecycle/own-container.ts';
import type { Store } from '../runtime/state/store.ts';
import { clientOf, nameOrId } from './daemon-actions.ts';
import { groupsOf } from './kernel-actions.ts';
import { engineFlags } from './limit-update.ts';
import { unanswered } from './unanswered.ts';

/** Who changes a container's limits, and where they are. */
export type LimitHolder = {
  readonly places: GroupPlaces;
  /** Asked to change them; null where the files are written. */
  readonly daemon: Daemon | null;
  /** Whether somebody else made it. */
  readonly asks: boolean;
  /** Why nothing of it can be changed; null where it can. */
  readonly closed: string | null;
  /** What a person would type to change it by these flags. */
  readonly command: (flags: readonly string[]) => string;
};

export type LimitWorld = {
  readonly host: Host;
  readonly engines: Pick<Engines, 'daemonOf' | 'reports'>;
  readonly store: Store | null;
  /** The command line of this program up to its verb. */
  readonly nsview: string;
};

/** Our own containers are changed by us, those of Docker and Podman by their engine, all others by their files. */
export function limitHolder(container: Container, { host, engines, store, nsview }: LimitWorld): LimitHolder {
  const { engine } = container;
  const words = (program: string) => (flags: readonly string[]) =>
    [
      program,
      ...flags.map(shellWord),
      container.id.startsWith('pid:') ? `pid:${container.init?.pid}` : nameOrId(container),
    ].join(' ');
  if (engine === 'nsview') {
    const own = store === null ? null : readContainer(store, container.id);
    return {
      places: own?.config.groups ?? groupsOf(container, host),
      daemon: null,
      asks: false,
      closed:
        own !== null && isUp(own)
          ? null
          : own === null
            ? `it is not in ${store?.root ?? 'any store of ours'}: name its store with --root`
            : 'it is not running',
      command: words(`${nsview} limit`),
    };
  }
  const places = groupsOf(container, host);
  if (engine !== 'docker' && engine !== 'podman') {
    return { places, daemon: null, asks: true, closed: null, command: words(`${nsview} limit`) };
  }
  const daemon = engines.daemonOf(container.id);
  return {
    places,
    daemon,
    asks: true,
    closed: daemon === null ? unanswered(engine, engines) : null,
    command: (flags) => words(`${daemon === null ? engine : clientOf(daemon)} update`)(engineFlags(flags)),
  };
}
