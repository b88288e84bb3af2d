import type { Status } from '../../model/document/container.ts';
import type { Port } from '../../model/document/isolation.ts';
import type { EngineFacts } from '../../model/engine-facts.ts';
import { entriesAt, listAt, numberAt, textAt } from './json.ts';

/** Facts of which nothing more is known than whose they are. */
export function bareFacts(engine: EngineFacts['engine'], id: string, source: string): EngineFacts {
  return {
    id,
    engine,
    name: null,
    image: null,
    source,
    status: null,
    startedAt: null,
    exit: null,
    labels: null,
    restartPolicy: null,
    ports: [],
    group: null,
    privileged: null,
    cpusGivenAs: null,
    volumes: {},
  };
}

/** Whether a name of a stranger can be one component of a path. */
export function isPathComponent(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0');
}

/** The id of every engine that numbers by hash. */
export function isHashId(id: string): boolean {
  return /^[0-9a-f]{64}$/.test(id);
}

const RFC_3339 = /^\d{4}-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** RFC 3339 as it was written, or null: Go writes the year 1 for "never". */
export function timeOf(text: string | null): string | null {
  const [, month, day] = RFC_3339.exec(text ?? '') ?? [];
  if (text === null || month === undefined || text.startsWith('0001-') || Number.isNaN(Date.parse(text))) return null;
  // Date.parse lets 30 February be 2 March.
  const noon = new Date(`${text.slice(0, 10)}T12:00:00Z`);
  return noon.getUTCMonth() + 1 === Number(month) && noon.getUTCDate() === Number(day) ? text : null;
}

/** How a command ended, where its container has: its exit status, and when, as its engine wrote it. */
export function exitOf(status: Status | null, code: number | null, at: string | null): EngineFacts['exit'] {
  const ended = status === 'exited' || status === 'dead';
  return ended && code !== null && Number.isInteger(code) ? { code, at: timeOf(at) } : null;
}

/** Docker's `NetworkSettings.Ports`: `{"80/tcp": [{"HostIp", "HostPort"}] or null where exposed only}`. */
export function portsOf(networkSettings: unknown): readonly Port[] {
  const ports = entriesAt(networkSettings, 'Ports').flatMap(([key, bindings]): Port[] => {
    const match = /^(\d{1,5})\/([a-z]+)$/.exec(key);
    if (match === null) return [];
    const exposed = { container: Number(match[1]), protocol: match[2] ?? '' };
    const published = listAt({ bindings }, 'bindings');
    if (published.length === 0) return [{ host: null, ...exposed }];
    return published.map((binding) => {
      const port = textAt(binding, 'HostPort');
      return { host: port === null ? null : hostPort(textAt(binding, 'HostIp'), port), ...exposed };
    });
  });
  return sortPorts(ports);
}

/** Without an address it is published on all. */
export function hostPort(address: string | null, port: string): string {
  const host = address || '0.0.0.0';
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export function sortPorts(ports: readonly Port[]): readonly Port[] {
  const text = (port: Port) => `${port.protocol} ${port.host ?? ''}`;
  return ports.toSorted((one, other) => {
    const [left, right] = [text(one), text(other)];
    return one.container - other.container || (left < right ? -1 : Number(left > right));
  });
}

/** `no`, `always`, `unless-stopped`, `on-failure` or `on-failure:3`, as `docker run --restart` takes them. */
export function restartPolicyOf(hostConfig: unknown): string | null {
  const name = textAt(hostConfig, 'RestartPolicy', 'Name') ?? 'no';
  const retries = numberAt(hostConfig, 'RestartPolicy', 'MaximumRetryCount') ?? 0;
  return name === 'on-failure' && retries > 0 ? `${name}:${retries}` : name;
}

/** In which of the two ways a CPU limit was given: `--cpus`, or a quota or period. */
export function cpusGivenAs(hostConfig: unknown): EngineFacts['cpusGivenAs'] {
  const isGiven = (name: string) => (numberAt(hostConfig, name) ?? 0) > 0;
  return isGiven('NanoCpus') ? 'cpus' : isGiven('CpuQuota') || isGiven('CpuPeriod') ? 'quota' : null;
}

const STATUS: { readonly [word: string]: Status } = {
  created: 'created',
  configured: 'created',
  initialized: 'created',
  running: 'running',
  stopping: 'running',
  paused: 'paused',
  restarting: 'restarting',
  exited: 'exited',
  stopped: 'exited',
  removing: 'dead',
  dead: 'dead',
};

/** Docker's and Podman's words for a container's state; null for a word that neither has today. */
export function statusOf(word: string | null): Status | null {
  return word !== null && Object.hasOwn(STATUS, word) ? (STATUS[word] ?? null) : null;
}

/** The pod or compose project that labels tell of. */
export function groupOf(labels: { readonly [key: string]: string }): string | null {
  const pod = labels['io.kubernetes.pod.name'];
  const namespace = labels['io.kubernetes.pod.namespace'];
  if (pod !== undefined) return namespace === undefined ? pod : `${namespace}/${pod}`;
  return labels['com.docker.compose.project'] ?? labels['io.podman.compose.project'] ?? null;
}
