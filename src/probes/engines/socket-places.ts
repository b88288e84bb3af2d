import type { EngineReport } from '../../model/engine-facts.ts';
import { valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import type { ChosenSocket } from './choice.ts';
import { textAt } from './json.ts';
import { namesIn, readStateJson } from './state-file.ts';

/** A unix socket on which an engine may answer. */
export type SocketPlace = ChosenSocket & {
  /** Somebody named it: that it is missing is worth a word. */
  readonly named: boolean;
  /** Served by a user's own engine: it speaks for containers that nobody else knows. */
  readonly rootless: boolean;
};

export type SocketEnvironment = {
  readonly home: string | null;
  readonly run: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
};

export type SocketPlaces = { readonly places: readonly SocketPlace[]; readonly unsupported: readonly EngineReport[] };

const SYSTEM: readonly ChosenSocket[] = [
  { engine: 'docker', path: '/var/run/docker.sock' },
  { engine: 'podman', path: '/run/podman/podman.sock' },
  { engine: 'containerd', path: '/run/containerd/containerd.sock' },
  { engine: 'containerd', path: '/run/docker/containerd/containerd.sock' },
];

/**
 * Where sockets are: what DOCKER_HOST, CONTAINER_HOST and the current Docker context name, then the usual places of
 * the system's engines and of every user's that can be seen. Each socket once.
 */
export function findSockets(host: Host, environment: SocketEnvironment): SocketPlaces {
  const unsupported: EngineReport[] = [];
  const places = new Map<string, SocketPlace>();
  const add = (engine: ChosenSocket['engine'], path: string, named: boolean, rootless: boolean) => {
    const socket = identityOf(host, path);
    if (!places.has(socket)) places.set(socket, { engine, path, named, rootless });
  };
  for (const { engine, origin, address } of namedAddresses(host, environment)) {
    const path = pathOfAddress(address);
    if (path === null) unsupported.push(unsupportedReport(engine, origin, address));
    else add(engine, path, true, false);
  }
  for (const { engine, path } of SYSTEM) add(engine, path, false, false);
  const runs = namesIn(host, '/run/user').filter((uid) => /^\d+$/.test(uid));
  for (const run of new Set([
    ...(environment.run === null ? [] : [environment.run]),
    ...runs.map((uid) => `/run/user/${uid}`),
  ])) {
    add('docker', `${run}/docker.sock`, false, true);
    add('podman', `${run}/podman/podman.sock`, false, true);
  }
  return { places: [...places.values()], unsupported };
}

type NamedAddress = { readonly engine: ChosenSocket['engine']; readonly origin: string; readonly address: string };

function namedAddresses(host: Host, { home, env }: SocketEnvironment): readonly NamedAddress[] {
  const docker = env['DOCKER_HOST'];
  const podman = env['CONTAINER_HOST'];
  const named: NamedAddress[] = [];
  if (docker) named.push({ engine: 'docker', origin: 'DOCKER_HOST', address: docker });
  if (podman) named.push({ engine: 'podman', origin: 'CONTAINER_HOST', address: podman });
  const folder = env['DOCKER_CONFIG'] || (home === null ? null : `${home}/.docker`);
  const context = folder === null || docker ? null : contextAddress(host, folder, env['DOCKER_CONTEXT']);
  if (context !== null) named.push({ engine: 'docker', ...context });
  return named;
}

/** docker-context(1): DOCKER_CONTEXT or `currentContext` names one of `contexts/meta/HASH/meta.json`. */
function contextAddress(host: Host, folder: string, chosen: string | undefined): Omit<NamedAddress, 'engine'> | null {
  const name = chosen || textAt(valueOr(readStateJson(host, `${folder}/config.json`), undefined), 'currentContext');
  if (name === null || name === 'default') return null;
  for (const hash of namesIn(host, `${folder}/contexts/meta`)) {
    const meta = valueOr(readStateJson(host, `${folder}/contexts/meta/${hash}/meta.json`), undefined);
    const address = textAt(meta, 'Name') === name ? textAt(meta, 'Endpoints', 'docker', 'Host') : null;
    if (address !== null) return { origin: `Docker context ${name}`, address };
  }
  return null;
}

/** `unix:///path`, Podman's `unix:/path`, or a bare path; null for anything on a network. */
function pathOfAddress(address: string): string | null {
  const path = address.replace(/^unix:(?:\/\/)?/, '');
  return path.startsWith('/') && !path.includes('\0') ? path : null;
}

function unsupportedReport(engine: ChosenSocket['engine'], where: string, address: string): EngineReport {
  return {
    engine,
    where,
    status: 'absent',
    message: `${address} is not a unix socket: an engine elsewhere knows nothing of the containers here`,
    remedy: `name a local socket: --engine ${engine}=SOCKET`,
  };
}

/** What tells two paths of one socket: /var/run is a link to /run, and one engine's socket often a link to another's. */
function identityOf(host: Host, path: string): string {
  const target = valueOr(host.readLink(path, 'unsupported'), null);
  const stat = host.stat(target?.startsWith('/') === true ? target : path, 'unsupported');
  return stat.status === 'ok' ? `${stat.value.device} ${stat.value.inode}` : path.replace(/^\/var\/run\//, '/run/');
}
