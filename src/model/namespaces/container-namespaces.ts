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

/** The inode of each type, in the order of NAMESPACE_TYPES; null where it is unknown. */
type Inodes = readonly (number | null)[];

/**
 * The eight namespaces of each container, by candidate key. They are those of its init; a zombie has lost most of
 * them, then another process of its own speaks for it. Inodes identify only within one sample: they are used again at
 * once.
 */
export function containerNamespaces(input: NamespaceInput): ReadonlyMap<string, readonly ContainerNamespace[]> {
  const { sample, candidates } = input;
  const inodes = candidates.map((candidate) => inodesOf(candidate, input));
  const users = NAMESPACE_TYPES.map((type, index) => usersOf(type, index, inodes, input));
  return new Map(
    candidates.map((candidate, position) => [
      candidate.key,
      NAMESPACE_TYPES.map((type, index): ContainerNamespace => {
        const inode = inodes[position]?.[index] ?? null;
        const isolated = isIsolated(candidate, type, inode, input);
        const facts = sample.held === null ? undefined : sample.namespaceFacts[`${type}:${inode}`];
        return {
          type,
          inode,
          isolated,
          sharedWith: isolated === false ? [HOST_REF] : others(users[index]?.get(inode), candidate.key, input.refs),
          parent: facts?.parent ?? null,
          owner: facts?.owner ?? null,
        };
      }),
    ]),
  );
}

/** The containers in each namespace of a type; of the host's own nobody asks. */
function usersOf(
  type: NamespaceType,
  index: number,
  inodes: readonly Inodes[],
  { sample, candidates }: NamespaceInput,
): ReadonlyMap<number | null, readonly string[]> {
  const users = new Map<number | null, string[]>();
  for (const [position, { key }] of candidates.entries()) {
    const inode = inodes[position]?.[index] ?? null;
    if (inode === null || inode === sample.host.namespaces[type]) {
      continue;
    }
    const known = users.get(inode);
    if (known === undefined) {
      users.set(inode, [key]);
    } else {
      known.push(key);
    }
  }
  return users;
}

function inodesOf(candidate: Candidate, { byPid, containerOf }: NamespaceInput): Inodes {
  const found: (number | null)[] = NAMESPACE_TYPES.map(() => null);
  const pids = candidate.init === null ? candidate.pids : [candidate.init, ...candidate.pids];
  for (const pid of pids) {
    const process = byPid.get(pid);
    if (process?.namespaces.status !== 'ok' || containerOf.get(pid) !== candidate.key) {
      continue;
    }
    for (const [index, type] of NAMESPACE_TYPES.entries()) {
      found[index] ??= process.namespaces.value[type] ?? null;
    }
    if (process.stat.state !== 'Z') {
      break;
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

function others(keys: readonly string[] | undefined, own: string, refs: ReadonlyMap<string, string>): string[] {
  return keys === undefined || keys.length < 2
    ? []
    : keys.filter((key) => key !== own).map((key) => refs.get(key) ?? key);
}
