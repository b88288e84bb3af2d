import type { HostGroup } from './host-groups.ts';

/** A group in its place: `name` is its path from the group around it, `lead` the lines that lead there: `│  ├─ `. */
export type PlacedGroup = HostGroup & {
  readonly name: string;
  readonly parent: string | null;
  readonly lead: string;
  /** Groups below it, at any depth. */
  readonly below: number;
  readonly isFolded: boolean;
};

export type TreeRequest = {
  /** Paths of the groups whose insides are not shown. */
  readonly folded: ReadonlySet<string>;
  /** Groups around the same group, in the order in which they are to stand. */
  readonly sort: (siblings: readonly HostGroup[]) => readonly HostGroup[];
  /** Only those that match, and what is around them; null: all. Nothing is folded then. */
  readonly matches: ((group: HostGroup) => boolean) | null;
};

/** Groups as a tree, each after the one around it. Whatever the order, a group stays with what is in it. */
export function groupTree(
  groups: readonly HostGroup[],
  { folded, sort, matches }: TreeRequest,
): readonly PlacedGroup[] {
  const paths = new Set(groups.map(({ path }) => path));
  const children = Map.groupBy(groups, ({ path }) => parentOf(path, paths));
  const below = countBelow(groups, paths);
  const shown = matches === null ? null : withAround(groups.filter(matches), paths);
  const visible = (parent: string | null): readonly HostGroup[] => {
    const inside = children.get(parent) ?? [];
    return sort(shown === null ? inside : inside.filter(({ path }) => shown.has(path)));
  };
  const placed: PlacedGroup[] = [];
  const pending = visible(null)
    .map((group) => ({ group, parent: null as string | null, lead: '', indent: '' }))
    .reverse();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { group, parent, lead, indent } = next;
    const isFolded = shown === null && folded.has(group.path) && children.has(group.path);
    placed.push({
      ...group,
      name: nameIn(group.path, parent),
      parent,
      lead,
      below: below.get(group.path) ?? 0,
      isFolded,
    });
    const inside = isFolded ? [] : visible(group.path);
    for (const [index, child] of inside.toReversed().entries()) {
      const isLast = index === 0;
      pending.push({
        group: child,
        parent: group.path,
        lead: `${indent}${isLast ? '└─ ' : '├─ '}`,
        indent: `${indent}${isLast ? '   ' : '│  '}`,
      });
    }
  }
  return placed;
}

/** The nearest group around a path that there is: of one just made, another tree of v1 may not know its parent. */
function parentOf(path: string, paths: ReadonlySet<string>): string | null {
  for (let at = path; at !== '/' && at !== ''; ) {
    at = at.slice(0, at.lastIndexOf('/')) || '/';
    if (paths.has(at)) {
      return at;
    }
  }
  return null;
}

function countBelow(groups: readonly HostGroup[], paths: ReadonlySet<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { path } of groups) {
    for (let at = parentOf(path, paths); at !== null; at = parentOf(at, paths)) {
      counts.set(at, (counts.get(at) ?? 0) + 1);
    }
  }
  return counts;
}

function withAround(groups: readonly HostGroup[], paths: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { path } of groups) {
    for (let at: string | null = path; at !== null && !found.has(at); at = parentOf(at, paths)) {
      found.add(at);
    }
  }
  return found;
}

function nameIn(path: string, parent: string | null): string {
  return parent === null ? path : path.slice(parent === '/' ? 1 : parent.length + 1);
}
