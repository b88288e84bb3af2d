/** A list of CPUs as cpuset(7) "List format" writes it, or null where it is none: `0-1,3` is [0, 1, 3]. */
export function parseCpuList(text: string): readonly number[] | null {
  const cpus = new Set<number>();
  for (const part of text.trim().split(',')) {
    const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null || last < first || last - first > MOST_CPUS) {
      return null;
    }
    for (let cpu = first; cpu <= last; cpu += 1) {
      cpus.add(cpu);
    }
  }
  return [...cpus].sort((a, b) => a - b);
}

/** CONFIG_NR_CPUS of the largest kernels. */
const MOST_CPUS = 8192;
