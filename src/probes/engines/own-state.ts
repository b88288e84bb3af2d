import { resolve } from 'node:path';
import type { Port } from '../../model/document/isolation.ts';
import { parseEnding } from '../../model/ending.ts';
import type { EngineFacts } from '../../model/engine-facts.ts';
import { flatMapReading, garbled, ok, type Reading, valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { readStat } from '../proc/stat.ts';
import { bareFacts, hostPort, isHashId, sortPorts, timeOf } from './facts.ts';
import { at, booleanAt, listAt, numberAt, textAt, textsAt } from './json.ts';
import { namesIn, readStateJson } from './state-file.ts';

/** Where nsview keeps its own containers unless told otherwise with --root. */
export function ownRoots(environment: {
  readonly root: string | null;
  readonly home: string | null;
  readonly data: string | null;
}): readonly string[] {
  const { root, home, data } = environment;
  if (root !== null) return [resolve(root)];
  return [
    '/var/lib/nsview',
    ...(data?.startsWith('/') ? [`${data}/nsview`] : home === null ? [] : [`${home}/.local/share/nsview`]),
  ];
}

/** Facts of `containers/ID/config.json` and the `state.json` beside it. Null where it is not such a file. */
function ownFacts(config: unknown, state: unknown, source: string): EngineFacts | null {
  const id = textAt(config, 'id');
  if (id === null || !isHashId(id)) return null;
  return {
    ...bareFacts('nsview', id, source),
    name: textAt(config, 'name'),
    image: textAt(config, 'image'),
    startedAt: timeOf(textAt(state, 'startedAt')),
    labels: textsAt(config, 'labels'),
    ports: sortPorts(listAt(Array.isArray(at(state, 'ports')) ? state : config, 'ports').flatMap(portOf)),
    privileged: booleanAt(config, 'privileged'),
    volumes: textsAt(config, 'volumes'),
  };
}

function portOf(port: unknown): readonly Port[] {
  const container = numberAt(port, 'containerPort');
  const published = numberAt(port, 'hostPort');
  if (container === null || published === null) return [];
  // Who chose the port and died before it was written down knew it alone.
  const host = published === 0 ? null : hostPort(textAt(port, 'hostAddress'), String(published));
  return [{ host, container, protocol: textAt(port, 'protocol') ?? 'tcp' }];
}

/** One container of a store. */
export function readOwnContainer(host: Host, root: string, id: string): Reading<EngineFacts> {
  const path = `${root}/containers/${id}/config.json`;
  return flatMapReading(readStateJson(host, path), (config) => {
    const facts = ownFacts(config, readState(host, root, id), path);
    return facts === null || facts.id !== id ? garbled(path, JSON.stringify(config)) : ok(facts);
  });
}

/** Those of which nothing runs: they ended, or their helper was lost. Not what was to be gone then and only is swept yet. */
export function stoppedOwnContainers(host: Host, root: string): readonly EngineFacts[] {
  return namesIn(host, `${root}/containers`)
    .filter(isHashId)
    .flatMap((id): EngineFacts[] => {
      const state = readState(host, root, id);
      const ended = host.stat(`${root}/containers/${id}/exit`, 'unsupported').status === 'ok';
      if ((!ended && isAttended(host, state)) || isAutoRemoved(host, root, id)) return [];
      const facts = valueOr(readOwnContainer(host, root, id), null);
      return facts === null ? [] : [{ ...facts, status: ended ? 'exited' : 'dead', exit: readExit(host, root, id) }];
    });
}

/** The init and the id of each that runs. */
export function ownContainersByInit(host: Host, root: string): readonly (readonly [number, string])[] {
  return namesIn(host, `${root}/containers`)
    .filter(isHashId)
    .flatMap((id) => {
      const state = readState(host, root, id);
      const pid = numberAt(at(state, 'init'), 'pid');
      return pid !== null && isAttended(host, state) && isAlive(host, at(state, 'init')) ? [[pid, id] as const] : [];
    });
}

function readState(host: Host, root: string, id: string): unknown {
  return valueOr(readStateJson(host, `${root}/containers/${id}/state.json`), undefined);
}

function readExit(host: Host, root: string, id: string): EngineFacts['exit'] {
  const ending = parseEnding(valueOr(host.readText(`${root}/containers/${id}/exit`, 'unsupported'), ''));
  return ending === null ? null : { code: ending.code, at: new Date(ending.endedAt).toISOString() };
}

function isAutoRemoved(host: Host, root: string, id: string): boolean {
  const config = valueOr(readStateJson(host, `${root}/containers/${id}/config.json`), undefined);
  return booleanAt(config, 'autoRemove') === true;
}

/** Whether its helper, or who makes it, still is the recorded process of this start of the machine. */
function isAttended(host: Host, state: unknown): boolean {
  const boot = valueOr(host.readText('/proc/sys/kernel/random/boot_id', 'unsupported'), '').trim();
  return (
    textAt(state, 'bootId') === boot &&
    (isAlive(host, at(state, 'monitor')) ||
      (textAt(state, 'status') !== 'running' && isAlive(host, at(state, 'creator'))))
  );
}

function isAlive(host: Host, process: unknown): boolean {
  const pid = numberAt(process, 'pid');
  if (pid === null) return false;
  const stat = readStat(host, pid);
  return stat.status === 'ok' && stat.value.startTicks === numberAt(process, 'startTicks');
}
