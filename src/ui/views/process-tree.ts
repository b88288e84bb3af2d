import type { ContainerProcess } from '../../model/document/process.ts';

/** `branch` are the lines that lead to a process: `│  ├─ `. */
export type TreePlace = { readonly branch: string };

type ProcessTree = {
  readonly ordered: readonly ContainerProcess[];
  readonly places: ReadonlyMap<number, TreePlace>;
};

const known = new WeakMap<object, ProcessTree>();

/** Parents before their children, children by pid. A parent outside the container makes a root. */
export function treeOf(processes: readonly ContainerProcess[]): ProcessTree {
  const before = known.get(processes);
  if (before !== undefined) {
    return before;
  }
  const pids = new Set(processes.map(({ pid }) => pid));
  const children = Map.groupBy(
    processes.toSorted((a, b) => a.pid - b.pid),
    ({ pid, ppid }) => (pids.has(ppid) && ppid !== pid ? ppid : null),
  );
  const ordered: ContainerProcess[] = [];
  const places = new Map<number, TreePlace>();
  const pending = (children.get(null) ?? []).map((process) => ({ process, lead: '', branch: '' })).reverse();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { process, lead, branch } = next;
    ordered.push(process);
    places.set(process.pid, { branch });
    const below = children.get(process.pid) ?? [];
    for (const [index, child] of below.toReversed().entries()) {
      const last = index === 0;
      pending.push({
        process: child,
        lead: `${lead}${last ? '   ' : '│  '}`,
        branch: `${lead}${last ? '└─ ' : '├─ '}`,
      });
    }
  }
  // Parents of each other, which only a torn scan can show, hang on no root: they come last.
  ordered.push(...processes.filter(({ pid }) => !places.has(pid)));
  const tree = { ordered, places };
  known.set(processes, tree);
  return tree;
}
