import type { Status } from '../../model/document/container.ts';
import type { EngineFacts } from '../../model/engine-facts.ts';
import { DOCKER_DATA_ROOT } from '../../model/engine-places.ts';
import { flagValue } from '../../model/flag-value.ts';
import { flatMapReading, garbled, ok, type Reading, valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { nulSeparated } from '../kernel-text.ts';
import { readStat } from '../proc/stat.ts';
import { bareFacts, cpusGivenAs, exitOf, groupOf, isHashId, portsOf, restartPolicyOf, timeOf } from './facts.ts';
import { at, booleanAt, entriesAt, numberAt, textAt, textsAt } from './json.ts';
import { namesIn, readStateJson } from './state-file.ts';

/** Where dockerd keeps its state unless told otherwise, dockerd(8). */
const PID_FILE = '/var/run/docker.pid';
const DAEMON_CONFIG = '/etc/docker/daemon.json';

/**
 * Facts of `containers/ID/config.v2.json` and the `hostconfig.json` beside it, moby container/container.go. Null where
 * it is not such a file. Without a host configuration, what only it knows stays unknown.
 */
export function dockerFacts(config: unknown, hostConfig: unknown, source: string): EngineFacts | null {
  const id = textAt(config, 'ID');
  if (id === null || !isHashId(id)) return null;
  const labels = textsAt(config, 'Config', 'Labels');
  const status = statusOfState(at(config, 'State'));
  return {
    ...bareFacts('docker', id, source),
    name: textAt(config, 'Name')?.replace(/^\//, '') ?? null,
    image: textAt(config, 'Config', 'Image'),
    status,
    startedAt: timeOf(textAt(config, 'State', 'StartedAt')),
    exit: exitOf(status, numberAt(config, 'State', 'ExitCode'), textAt(config, 'State', 'FinishedAt')),
    labels,
    restartPolicy: hostConfig === undefined ? null : restartPolicyOf(hostConfig),
    ports: portsOf(at(config, 'NetworkSettings')),
    group: groupOf(labels),
    privileged: booleanAt(hostConfig, 'Privileged'),
    cpusGivenAs: cpusGivenAs(hostConfig),
    volumes: Object.fromEntries(
      entriesAt(config, 'MountPoints').flatMap(([target, mount]) => {
        const name = textAt(mount, 'Type') === 'volume' ? textAt(mount, 'Name') : null;
        return name === null ? [] : [[textAt(mount, 'Destination') ?? target, name]];
      }),
    ),
  };
}

/** As the daemon words it, moby container/state.go StateString. */
function statusOfState(state: unknown): Status {
  const is = (flag: string) => booleanAt(state, flag) === true;
  if (is('Running')) {
    if (is('Paused')) return 'paused';
    return is('Restarting') ? 'restarting' : 'running';
  }
  if (is('RemovalInProgress') || is('Dead')) return 'dead';
  return timeOf(textAt(state, 'StartedAt')) === null ? 'created' : 'exited';
}

export function dockerConfig(dataRoot: string, id: string): string {
  return `${dataRoot}/containers/${id}/config.v2.json`;
}

/** One container of a data root. */
export function readDockerContainer(host: Host, dataRoot: string, id: string): Reading<EngineFacts> {
  const path = dockerConfig(dataRoot, id);
  return flatMapReading(readStateJson(host, path), (config) => {
    const hostConfig = valueOr(readStateJson(host, `${dataRoot}/containers/${id}/hostconfig.json`), undefined);
    const facts = dockerFacts(config, hostConfig, path);
    return facts === null || facts.id !== id ? garbled(path, JSON.stringify(config)) : ok(facts);
  });
}

export function dockerContainerIds(host: Host, dataRoot: string): readonly string[] {
  return namesIn(host, `${dataRoot}/containers`).filter(isHashId);
}

/** Data roots of the system's daemon: its command line, its configuration file, the usual place. */
export function dockerDataRoots(host: Host): readonly string[] {
  const pid = valueOr(host.readText(PID_FILE, 'unsupported'), '').trim();
  const configured = valueOr(readStateJson(host, DAEMON_CONFIG), undefined);
  return [
    /^\d+$/.test(pid) ? dataRootOf(host, Number(pid)) : null,
    textAt(configured, 'data-root'),
    DOCKER_DATA_ROOT,
  ].filter((root) => root !== null);
}

/**
 * The data root of the daemon behind a shim's `-address`: that socket is containerd's, whose pid file lies beside it;
 * its parent is the dockerd that started it.
 */
export function dataRootBehind(host: Host, address: string): string | null {
  const directory = address.slice(0, address.lastIndexOf('/'));
  const pid = valueOr(host.readText(`${directory}/containerd.pid`, 'unsupported'), '').trim();
  if (!/^\d+$/.test(pid)) return null;
  const stat = readStat(host, Number(pid));
  return stat.status === 'ok' ? dataRootOf(host, stat.value.ppid) : null;
}

function dataRootOf(host: Host, pid: number): string | null {
  const argv = nulSeparated(valueOr(host.readText(`/proc/${pid}/cmdline`, 'gone'), ''));
  if (!(argv[0] ?? '').endsWith('dockerd')) return null;
  const root = flagValue(argv, 'data-root', 'g', 'graph');
  return root?.startsWith('/') === true ? root.replace(/\/+$/, '') : null;
}
