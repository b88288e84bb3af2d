import type { Candidate } from '../discovery/candidate.ts';
import type { ContainerNamespace, NamespaceType } from '../document/namespace.ts';
import type { ScannedProcess } from '../process.ts';
import type { Sample } from '../sample.ts';
import { NAMESPACE_TYPES } from './types.ts';

/** The word for the host among REFs. */
const HOST_REF = 'host';

export type NamespaceInput = {
  readonly sample: Pick<Sample, 'host' | 'held' | 'namespaceFacts'>;
  readonly byPid: ReadonlyMap<number, ScannedProcess>;
  readonly candidates: readonly Candidate[];
  /** The innermost container of a process, by pid: a candidate key. Those that only joined one are left out. */
  readonly containerOf: ReadonlyMap<number, string>;
  /** How each container is called in output, by candidate key. */
  readonly refs: ReadonlyMap<string, string>;
};

/**
 * The eight namespaces of each container, by candidate key. They are those of its init; a zombie has lost most of
 * them, then another process of its own speaks for it. Inodes identify only within one sample: they are used again at
 * once.
 */
export function containerNamespaces(input: NamespaceInput): ReadonlyMap<string, readonly ContainerNamespace[]> {
  const { sample, candidates } = input;
  const inodes = new Map(candidates.map((candidate) => [candidate.key, inodesOf(candidate, input)]));
  const users = new Map<string, string[]>();
  for (const [key, types] of inodes) {
    for (const [type, inode] of types) {
      const place = `${type}:${inode}`;
      const known = users.get(place);
      if (known === undefined) {
        users.set(place, [key]);
      } else {
        known.push(key);
      }
    }
  }
  return new Map(
    candidates.map((candidate) => {
      const types = inodes.get(candidate.key) ?? new Map<NamespaceType, number>();
      return [
        candidate.key,
        NAMESPACE_TYPES.map((type): ContainerNamespace => {
          const inode = types.get(type) ?? null;
          const place = `${type}:${inode}`;
          const isolated = isIsolated(candidate, type, inode, input);
          const facts = sample.namespaceFacts[place];
          return {
            type,
            inode,
            isolated,
            sharedWith: isolated === false ? [HOST_REF] : others(users.get(place) ?? [], candidate.key, input.refs),
            parent: facts?.parent ?? null,
            owner: facts?.owner ?? null,
          };
        }),
      ];
    }),
  );
}

function inodesOf(candidate: Candidate, { byPid, containerOf }: NamespaceInput): ReadonlyMap<NamespaceType, number> {
  const found = new Map<NamespaceType, number>();
  const pids = candidate.init === null ? candidate.pids : [candidate.init, ...candidate.pids];
  for (const pid of pids) {
    const namespaces = byPid.get(pid)?.namespaces;
    if (namespaces?.status === 'ok' && containerOf.get(pid) === candidate.key) {
      for (const type of NAMESPACE_TYPES) {
        const inode = namespaces.value[type];
        if (inode !== undefined && !found.has(type)) {
          found.set(type, inode);
        }
      }
      if (found.size === NAMESPACE_TYPES.length || byPid.get(pid)?.stat.state !== 'Z') {
        break;
      }
    }
  }
  return found;
}

/** Where links are denied, `NSpid` still tells of the pid namespace. */
function isIsolated(
  candidate: Candidate,
  type: NamespaceType,
  inode: number | null,
  { sample, byPid }: NamespaceInput,
): boolean | null {
  const host = sample.host.namespaces[type];
  if (inode !== null && host !== undefined) {
    return inode !== host;
  }
  const nsPids = candidate.init === null ? null : (byPid.get(candidate.init)?.nsPids ?? null);
  return type === 'pid' && nsPids !== null ? nsPids.length > 1 : null;
}

function others(keys: readonly string[], own: string, refs: ReadonlyMap<string, string>): string[] {
  return keys.filter((key) => key !== own).map((key) => refs.get(key) ?? key);
}
