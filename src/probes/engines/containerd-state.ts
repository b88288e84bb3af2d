import type { EngineFacts } from '../../model/engine-facts.ts';
import { CONTAINERD_STATES, CONTAINERD_TASKS } from '../../model/engine-places.ts';
import { mapReading, type Reading, valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { factsOfBundle } from './annotations.ts';
import { bareFacts, isHashId, isPathComponent } from './facts.ts';
import { readStateJson } from './state-file.ts';

/**
 * Facts of a container's bundle. Names are in containerd's database, which it locks: what the bundle's annotations
 * tell (CRI, nerdctl) is all there is, and an id that is no hash is the name that somebody gave.
 */
export function containerdFacts(config: unknown, id: string, source: string): EngineFacts {
  const told = factsOfBundle(config);
  return {
    ...bareFacts('containerd', id, source),
    ...told,
    name: told.name ?? (isHashId(id) ? null : id),
  };
}

export function readBundle(host: Host, bundle: string, id: string): Reading<EngineFacts> {
  const path = `${bundle}/config.json`;
  return mapReading(readStateJson(host, path), (config) => containerdFacts(config, id, path));
}

/** The bundle of a shim: its working directory, or what its command line says it must be. */
export function bundlesOf(
  host: Host,
  id: string,
  shim: { readonly namespace: string | null; readonly address: string | null; readonly pid: number | null },
): readonly string[] {
  if (!isPathComponent(id)) return [];
  const cwd = shim.pid === null ? '' : valueOr(host.readLink(`/proc/${shim.pid}/cwd`, 'gone'), '');
  const namespace = shim.namespace !== null && isPathComponent(shim.namespace) ? shim.namespace : null;
  const beside = shim.address?.startsWith('/') === true ? shim.address.slice(0, shim.address.lastIndexOf('/')) : null;
  const states = beside === null ? CONTAINERD_STATES : [beside, `${beside}/daemon`];
  return [
    ...(cwd.endsWith(`/${id}`) ? [cwd] : []),
    ...(namespace === null ? [] : states.map((state) => `${state}/${CONTAINERD_TASKS}/${namespace}/${id}`)),
  ];
}
