import type { Container } from './document/container.ts';

/** What a container can be called by. */
export type Named = Pick<Container, 'id' | 'shortId' | 'name' | 'engine'> & {
  readonly init: { readonly pid: number } | null;
};

export type Resolved<T> =
  | { readonly kind: 'one'; readonly container: T }
  | { readonly kind: 'none' }
  | { readonly kind: 'many'; readonly candidates: readonly T[] }
  /** `pid:N` of a process that is in no container, or of none that there is. */
  | { readonly kind: 'process'; readonly pid: number };

type Counts = {
  readonly names: ReadonlyMap<string, number>;
  readonly qualified: ReadonlyMap<string, number>;
  readonly shortIds: ReadonlyMap<string, number>;
};

const counted = new WeakMap<readonly Named[], Counts>();

/**
 * How output calls a container: its name where known (`name@engine` if two containers use it), else its short id, else
 * `pid:N`. It resolves to that container again.
 */
export function refOf(container: Named, all: readonly Named[]): string {
  const counts = counted.get(all) ?? count(all);
  counted.set(all, counts);
  const { id, shortId, name, init } = container;
  if (name !== null && counts.names.get(name) === 1) {
    return name;
  }
  if (name !== null && counts.qualified.get(qualified(container)) === 1) {
    return qualified(container);
  }
  if (isPidId(id) && init !== null) {
    return `pid:${init.pid}`;
  }
  return counts.shortIds.get(shortId) === 1 ? shortId : id;
}

function count(all: readonly Named[]): Counts {
  return {
    names: tally(all.map(({ name }) => name)),
    qualified: tally(all.map((container) => (container.name === null ? null : qualified(container)))),
    shortIds: tally(all.map(({ shortId }) => shortId)),
  };
}

function tally(texts: readonly (string | null)[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    if (text !== null) {
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  return counts;
}

function qualified({ name, engine }: Named): string {
  return `${name}@${engine}`;
}

function isPidId(id: string): boolean {
  return id.startsWith('pid:');
}

const ID_PREFIX = /^[0-9a-f]{4,}$/;
const PID = /^pid:(\d{1,10})$/;

/**
 * The container that a user means, in this order: an exact name, an id or a prefix of one (at least 4 hexadecimal
 * digits), `pid:N` of any process in it (the innermost container counts), `name@engine`.
 */
export function resolveRef<T extends Named & Pick<Container, 'processes' | 'parent'>>(
  ref: string,
  containers: readonly T[],
): Resolved<T> {
  const named = containers.filter(({ name }) => name === ref);
  if (named.length > 0) {
    return oneOf(named);
  }
  const exact = containers.filter(({ id, shortId }) => id === ref || shortId === ref);
  if (exact.length > 0) {
    return oneOf(exact);
  }
  const prefixed = ID_PREFIX.test(ref) ? containers.filter(({ id }) => id.startsWith(ref)) : [];
  if (prefixed.length > 0) {
    return oneOf(prefixed);
  }
  const pid = pidOfRef(ref);
  if (pid !== null) {
    const container = innermostWith(pid, containers);
    return container === null ? { kind: 'process', pid } : { kind: 'one', container };
  }
  return oneOf(containers.filter((container) => container.name !== null && qualified(container) === ref));
}

/** N of `pid:N`, else null. */
export function pidOfRef(ref: string): number | null {
  const pid = PID.exec(ref)?.[1];
  return pid === undefined ? null : Number(pid);
}

function oneOf<T>(found: readonly T[]): Resolved<T> {
  const [container, ...more] = found;
  if (container === undefined) {
    return { kind: 'none' };
  }
  return more.length === 0 ? { kind: 'one', container } : { kind: 'many', candidates: found };
}

/** The container that a process is in. A container's processes include those of the containers in it. */
export function innermostWith<T extends Pick<Container, 'id' | 'parent' | 'processes'>>(
  pid: number,
  containers: readonly T[],
): T | null {
  const holding = containers.filter(({ processes }) => processes.some((process) => process.pid === pid));
  const around = new Set(holding.map(({ parent }) => parent));
  return holding.find(({ id }) => !around.has(id)) ?? holding[0] ?? null;
}
