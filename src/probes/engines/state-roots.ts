import type { Engine } from '../../model/document/container.ts';
import type { EngineFacts, EngineReport } from '../../model/engine-facts.ts';
import {
  CONTAINERD_STATES,
  CONTAINERD_TASKS,
  DOCKER_DATA_AT_HOME,
  LXC_PATH,
  PODMAN_STORAGE_AT_HOME,
  PODMAN_STORAGE_ROOT,
} from '../../model/engine-places.ts';
import { valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { dockerConfig, dockerContainerIds, dockerDataRoots, readDockerContainer } from './docker-state.ts';
import { stoppedLxcContainers } from './lxc-state.ts';
import { isAlive, type OciState, openOciStates } from './oci-state.ts';
import { ownContainersByInit, stoppedOwnContainers } from './own-state.ts';
import { openPodmanStore, type PodmanStore, podmanBundle } from './podman-state.ts';
import { versionOf } from './state-file.ts';

export type StorageRoot = { readonly engine: Engine; readonly root: string };

const CONTAINERD_ROOT = '/var/lib/containerd';
const PODMAN_RUN_ROOT = '/run/containers/storage';

/** Where the engines of this host keep their state, as far as it is known by now; found roots add to the usual ones. */
export function openStateRoots(
  host: Host,
  environment: {
    readonly home: string | null;
    readonly run: string | null;
    /** Where nsview's own containers may be. */
    readonly ownRoots: readonly string[];
  },
) {
  const { home } = environment;
  const docker = new Set([...dockerDataRoots(host), ...(home === null ? [] : [`${home}/${DOCKER_DATA_AT_HOME}`])]);
  const podman = new Map<string, { readonly store: PodmanStore; readonly runRoot: string | null }>();
  const states = openOciStates(host, ['/run', ...(environment.run === null ? [] : [environment.run])]);
  const files = new Map<string, { readonly version: string; readonly facts: EngineFacts }>();
  let byPid: ReadonlyMap<number, OciState> | null = null;
  let ownByPid: ReadonlyMap<number, string> | null = null;

  const addPodman = (root: string, runRoot: string | null) => {
    if (!podman.has(root)) podman.set(root, { store: openPodmanStore(host, root), runRoot });
  };
  addPodman(PODMAN_STORAGE_ROOT, PODMAN_RUN_ROOT);
  if (home !== null) addPodman(`${home}/${PODMAN_STORAGE_AT_HOME}`, environment.run && `${environment.run}/containers`);

  const dockerContainer = (root: string, id: string): EngineFacts | null => {
    const path = dockerConfig(root, id);
    const version = versionOf(host, path);
    const known = files.get(path);
    if (known !== undefined && known.version === version) return known.facts;
    files.delete(path);
    const facts = version === null ? null : valueOr(readDockerContainer(host, root, id), null);
    if (facts !== null && version !== null) files.set(path, { version, facts });
    return facts;
  };
  const stoppedDocker = () =>
    [...docker].flatMap((root) =>
      dockerContainerIds(host, root).flatMap((id) => {
        const facts = dockerContainer(root, id);
        return facts === null || isRunning(facts) ? [] : [facts];
      }),
    );
  // Podman's store does not say who runs: its monitor's pid file does.
  const stoppedPodman = () =>
    [...podman.values()].flatMap(({ store, runRoot }) =>
      store.all().flatMap((facts): EngineFacts[] => {
        const pidFile = `${runRoot ?? PODMAN_RUN_ROOT}/overlay-containers/${facts.id}/userdata/pidfile`;
        const pid = valueOr(host.readText(pidFile, 'unsupported'), '').trim();
        const runs = /^\d+$/.test(pid) && host.stat(`/proc/${pid}`, 'gone').status === 'ok';
        if (runs) return [];
        const started = host.stat(`${podmanBundle(store.root, facts.id)}/config.json`, 'unsupported').status === 'ok';
        return [{ ...facts, status: started ? 'exited' : 'created' }];
      }),
    );
  const stoppedOwn = (): readonly EngineFacts[] =>
    environment.ownRoots.flatMap((root) => stoppedOwnContainers(host, root));

  return {
    own: (): readonly string[] => environment.ownRoots,
    docker: (): Iterable<string> => [...docker],
    podman: (): Iterable<string> => [...podman.keys()],
    dockerContainer,
    addPodman,
    addDocker: (root: string) => docker.add(root),
    addRuntimeRoot: (root: string) => states.add(root),
    podmanStore: (root: string) => podman.get(root)?.store ?? openPodmanStore(host, root),
    /** Containers of runc, crun and youki by their init; read again after `expire`. */
    runtimes(): ReadonlyMap<number, OciState> {
      byPid ??= new Map(states.all().map((state) => [state.pid, state]));
      return byPid;
    },
    /** Our own containers that run, by their init: an ordinary user's have no groups to tell the id; read again likewise. */
    ownRunning(): ReadonlyMap<number, string> {
      ownByPid ??= new Map(environment.ownRoots.flatMap((root) => ownContainersByInit(host, root)));
      return ownByPid;
    },
    expire(): void {
      byPid = null;
      ownByPid = null;
    },
    storage(): readonly StorageRoot[] {
      const found: StorageRoot[] = [
        ...[...docker].map((root) => ({ engine: 'docker' as const, root })),
        ...[...docker].map((root) => ({ engine: 'containerd' as const, root: `${root}/containerd/daemon` })),
        ...[...podman.keys()].map((root) => ({ engine: 'podman' as const, root })),
        { engine: 'containerd', root: CONTAINERD_ROOT },
      ];
      return found.filter(({ root }) => host.list(root, 'unsupported').status === 'ok');
    },
    stoppedOwn,
    stopped(): readonly EngineFacts[] {
      const dead = states
        .all()
        .filter((state) => !isAlive(host, state))
        .map(({ facts }): EngineFacts => ({ ...facts, status: 'exited' }));
      const known = [...stoppedDocker(), ...stoppedPodman(), ...stoppedLxcContainers(host, LXC_PATH), ...stoppedOwn()];
      const ids = new Set(known.map(({ id }) => id));
      return [...known, ...dead.filter(({ id }) => !ids.has(id))];
    },
    reports(): readonly EngineReport[] {
      const places: readonly (readonly [Engine, string, string])[] = [
        ...[...docker].map((root) => ['docker', root, `${root}/containers`] as const),
        ...[...podman.keys()].map((root) => ['podman', root, root] as const),
        ...CONTAINERD_STATES.map((state) => ['containerd', state, `${state}/${CONTAINERD_TASKS}`] as const),
        ['lxc', LXC_PATH, LXC_PATH],
        ...environment.ownRoots.map((root) => ['nsview', root, `${root}/containers`] as const),
      ];
      return places.flatMap(([engine, where, directory]): EngineReport[] => {
        const names = host.list(directory, 'unsupported');
        if (names.status === 'ok') {
          return [{ engine, where, status: 'ok', message: 'state directory read without a daemon', remedy: null }];
        }
        return names.status === 'denied' ? [deniedReport(engine, where, names.code)] : [];
      });
    },
  };
}

export type StateRoots = ReturnType<typeof openStateRoots>;

function isRunning(facts: EngineFacts): boolean {
  return facts.status === 'running' || facts.status === 'paused' || facts.status === 'restarting';
}

function deniedReport(engine: Engine, where: string, code: string): EngineReport {
  return {
    engine,
    where,
    status: 'denied',
    message: `state directory cannot be read (${code})`,
    remedy: 'run as root, or as a user who may use the socket of the engine',
  };
}
