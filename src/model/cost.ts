import type { Container } from './document/container.ts';
import type { Cost } from './document/isolation.ts';

/**
 * What a container costs the kernel. `mounts` is the number of lines of its mount table, `groups` that of the cgroups
 * at and below its own; null where they were not read. A namespace it shares is not its own. `namespaces`: of the types
 * that the kernel has.
 */
export function costOf(
  container: Pick<Container, 'processes' | 'cgroup' | 'namespaces'>,
  read: { readonly mounts: number | null; readonly groups: number | null },
): Cost {
  const { processes, cgroup, namespaces } = container;
  return {
    processes: processes.length,
    threads: processes.reduce((sum, { threads }) => sum + threads, 0),
    memoryBytes: cgroup?.memory.usageBytes ?? null,
    kernelBytes: cgroup?.memory.kernelBytes ?? null,
    // One that cannot be read may be its own, or shared.
    namespaces: namespaces.some(({ inode }) => inode === null)
      ? null
      : namespaces.filter(({ isolated, sharedWith }) => isolated === true && sharedWith.length === 0).length,
    mounts: read.mounts,
    cgroups: read.groups,
  };
}

/**
 * All containers together. Those inside of others are part of these already; a namespace that several share counts
 * once. A figure that is unknown of some is the sum of the others, and null where it is known of none.
 */
export function sumCosts(containers: readonly Pick<Container, 'cost' | 'parent' | 'namespaces'>[]): Cost {
  const outermost = containers.filter(({ parent }) => parent === null).map(({ cost }) => cost);
  const own = containers
    .flatMap(({ namespaces }) => namespaces)
    .filter(({ isolated, inode }) => isolated === true && inode !== null)
    .map(({ type, inode }) => `${type}:${inode}`);
  return {
    processes: outermost.reduce((sum, { processes }) => sum + processes, 0),
    threads: outermost.reduce((sum, { threads }) => sum + threads, 0),
    memoryBytes: sumKnown(outermost.map(({ memoryBytes }) => memoryBytes)),
    kernelBytes: sumKnown(outermost.map(({ kernelBytes }) => kernelBytes)),
    namespaces:
      containers.length > 0 && containers.every(({ cost }) => cost.namespaces === null) ? null : new Set(own).size,
    mounts: sumKnown(containers.map(({ cost }) => cost.mounts)),
    cgroups: sumKnown(outermost.map(({ cgroups }) => cgroups)),
  };
}

function sumKnown(figures: readonly (number | null)[]): number | null {
  const known = figures.filter((figure) => figure !== null);
  return known.length === 0 ? null : known.reduce((sum, figure) => sum + figure, 0);
}
