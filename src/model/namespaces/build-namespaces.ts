import { containerId, shortId } from '../container-id.ts';
import type { Candidate } from '../discovery/candidate.ts';
import type { ContainerNamespace, HostNamespace } from '../document/namespace.ts';
import type { ScannedProcess } from '../process.ts';
import { type Named, refOf } from '../ref.ts';
import type { ContainerSample, Sample } from '../sample.ts';
import { containerNamespaces } from './container-namespaces.ts';
import { hostNamespaces } from './host-namespaces.ts';

type Namespaces = {
  /** The eight of each container, by candidate key. */
  readonly ofContainer: ReadonlyMap<string, readonly ContainerNamespace[]>;
  readonly host: readonly HostNamespace[];
  /** How each container is called in output, by candidate key. */
  readonly refs: ReadonlyMap<string, string>;
};

type Built = {
  readonly host: Sample['host']['namespaces'];
  readonly containers: readonly ContainerSample[];
  readonly byPid: ReadonlyMap<number, ScannedProcess>;
  readonly namespaces: Namespaces;
};

let last: Built | null = null;

/**
 * Who is in which namespace, seen from the containers and from the host. Where only those of the containers are asked
 * for, and nothing moved since they were asked for last, the answer is the same.
 */
export function buildNamespaces(
  sample: Sample,
  containers: readonly ContainerSample[],
  byPid: ReadonlyMap<number, ScannedProcess>,
): Namespaces {
  if (sample.held !== null) {
    return build(sample, containers, byPid);
  }
  const host = sample.host.namespaces;
  if (last === null || last.host !== host || !isUnmoved(last, containers, byPid)) {
    last = { host, containers, byPid, namespaces: sameWhereEqual(build(sample, containers, byPid), last) };
  }
  return last.namespaces;
}

/** A container's eight stay the same objects as long as they say the same. */
function sameWhereEqual(built: Namespaces, before: Built | null): Namespaces {
  if (before === null) {
    return built;
  }
  const ofContainer = new Map(
    Array.from(built.ofContainer, ([key, own]) => {
      const earlier = before.namespaces.ofContainer.get(key);
      return [key, earlier?.every((each, index) => isEqual(each, own[index])) ? earlier : own];
    }),
  );
  return { ...built, ofContainer };
}

function isEqual(some: ContainerNamespace, other: ContainerNamespace | undefined): boolean {
  return (
    some.type === other?.type &&
    some.inode === other.inode &&
    some.isolated === other.isolated &&
    some.parent === other.parent &&
    some.owner === other.owner &&
    some.sharedWith.length === other.sharedWith.length &&
    some.sharedWith.every((ref, index) => ref === other.sharedWith[index])
  );
}

function isUnmoved(
  before: Built,
  containers: readonly ContainerSample[],
  byPid: ReadonlyMap<number, ScannedProcess>,
): boolean {
  if (containers.length !== before.containers.length || byPid.size !== before.byPid.size) {
    return false;
  }
  for (const [index, { candidate, facts }] of containers.entries()) {
    const earlier = before.containers[index];
    if (candidate !== earlier?.candidate || facts !== earlier.facts) {
      return false;
    }
  }
  for (const [pid, process] of byPid) {
    const earlier = before.byPid.get(pid);
    if (process !== earlier && !(earlier !== undefined && isWhereItWas(process, earlier))) {
      return false;
    }
  }
  return true;
}

/** A zombie has lost its namespaces though it was told them. */
function isWhereItWas(process: ScannedProcess, earlier: ScannedProcess): boolean {
  return (
    process.namespaces === earlier.namespaces &&
    process.nsPids === earlier.nsPids &&
    process.cgroups === earlier.cgroups &&
    (process.stat.state === 'Z') === (earlier.stat.state === 'Z')
  );
}

function build(
  sample: Sample,
  containers: readonly ContainerSample[],
  byPid: ReadonlyMap<number, ScannedProcess>,
): Namespaces {
  const candidates = containers.map(({ candidate }) => candidate);
  const refs = refsByKey(containers, byPid);
  const input = { sample, byPid, candidates, containerOf: innermost(candidates), refs };
  return { ofContainer: containerNamespaces(input), host: hostNamespaces(input), refs };
}

function refsByKey(
  containers: readonly ContainerSample[],
  byPid: ReadonlyMap<number, ScannedProcess>,
): ReadonlyMap<string, string> {
  const named = containers.map(({ candidate, facts }): Named => {
    const id = facts?.id ?? containerId(candidate, byPid);
    return {
      id,
      shortId: shortId(id),
      name: facts?.name ?? candidate.name,
      engine: facts?.engine ?? candidate.engine,
      init: candidate.init === null ? null : { pid: candidate.init },
    };
  });
  return new Map(named.map((container, index) => [containers[index]?.candidate.key ?? '', refOf(container, named)]));
}

/** A container's pids include those of the containers in it: the deepest one has the last word. */
function innermost(candidates: readonly Candidate[]): ReadonlyMap<number, string> {
  const byKey = new Map(candidates.map((candidate) => [candidate.key, candidate]));
  const depthOf = (candidate: Candidate) => {
    let depth = 0;
    for (let around = candidate.parent; around !== null && depth <= byKey.size; depth += 1) {
      around = byKey.get(around)?.parent ?? null;
    }
    return depth;
  };
  const outerFirst = candidates
    .map((candidate) => ({ candidate, depth: depthOf(candidate) }))
    .sort((one, other) => one.depth - other.depth);
  const containerOf = new Map<number, string>();
  for (const { candidate } of outerFirst) {
    for (const pid of candidate.pids) {
      containerOf.set(pid, candidate.key);
    }
  }
  for (const { joined } of candidates) {
    for (const pid of joined) {
      containerOf.delete(pid);
    }
  }
  return containerOf;
}
