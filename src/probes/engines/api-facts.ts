import type { EngineFacts } from '../../model/engine-facts.ts';
import type { InspectedContainer, ListedContainer } from './api-schema.ts';
import {
  bareFacts,
  cpusGivenAs,
  exitOf,
  groupOf,
  hostPort,
  portsOf,
  restartPolicyOf,
  sortPorts,
  statusOf,
  timeOf,
} from './facts.ts';

type ApiEngine = 'docker' | 'podman';

/** `GET /containers/json`: all of it but what `inspect` alone tells (start, restart policy, privileged). */
export function listedFacts(engine: ApiEngine, listed: ListedContainer): EngineFacts {
  const labels = listed.Labels ?? {};
  const status = statusOf(listed.State ?? null);
  // "Exited (0) 5 minutes ago": when exactly only inspect tells.
  const code = /\((\d{1,3})\)/.exec(listed.Status ?? '')?.[1];
  return {
    ...bareFacts(engine, listed.Id, 'socket'),
    name: nameOf(listed.Names?.[0]),
    image: listed.Image ?? null,
    status,
    exit: exitOf(status, code === undefined ? null : Number(code), null),
    labels,
    group: groupOf(labels),
    ports: sortPorts(
      (listed.Ports ?? []).map((port) => ({
        host: port.PublicPort == null ? null : hostPort(port.IP ?? null, `${port.PublicPort}`),
        container: port.PrivatePort,
        protocol: port.Type,
      })),
    ),
    volumes: volumesOf(listed.Mounts),
  };
}

/** `GET /containers/ID/json`. */
export function inspectedFacts(engine: ApiEngine, inspected: InspectedContainer): EngineFacts {
  const labels = inspected.Config.Labels ?? {};
  const { Status, ExitCode, FinishedAt } = inspected.State;
  const status = statusOf(Status ?? null);
  return {
    ...bareFacts(engine, inspected.Id, 'socket'),
    name: nameOf(inspected.Name),
    image: inspected.Config.Image || null,
    status,
    startedAt: timeOf(inspected.State.StartedAt || null),
    exit: exitOf(status, ExitCode ?? null, FinishedAt ?? null),
    labels,
    restartPolicy: restartPolicyOf(inspected.HostConfig),
    ports: portsOf(inspected.NetworkSettings),
    group: groupOf(labels),
    privileged: inspected.HostConfig.Privileged ?? null,
    cpusGivenAs: cpusGivenAs(inspected.HostConfig),
    volumes: volumesOf(inspected.Mounts),
  };
}

/** Docker writes a slash before names; a further one would be a link of the old kind. */
function nameOf(name: string | null | undefined): string | null {
  return name?.replace(/^\//, '') || null;
}

function volumesOf(mounts: InspectedContainer['Mounts']): { readonly [target: string]: string } {
  return Object.fromEntries(
    (mounts ?? []).flatMap(({ Type, Name, Destination }) =>
      Type === 'volume' && Name && Destination ? [[Destination, Name]] : [],
    ),
  );
}
