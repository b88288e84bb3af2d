import { linesWithEnds } from './c-text.ts';
import { cpusetText, cpuTest, visibleCpus } from './cpus.ts';
import { fitting, type LxcfsOptions, type LxcfsRelease, type ViewInput, viewerPath } from './input.ts';

/** lxcfs's /sys/devices/system/cpu/online: the set as it was written, or as many CPUs as the quota fills. */
export function onlineView(input: ViewInput, release: LxcfsRelease, options: LxcfsOptions): string {
  const host = input.host['cpu/online'] ?? '';
  const paths = cpuPaths(input, release);
  if (paths === null) {
    return host;
  }
  const set = cpusetText(input, paths.cpuset);
  if (set === null) {
    return '';
  }
  if (!usesQuota(input, options)) {
    return fitting(`${set}\n`, host);
  }
  const count = visibleCpus(input, release, paths.cpuset, paths.cpu);
  return count > 1 ? `0-${count - 1}\n` : '0\n';
}

/** Whether the daemon counts CPUs by quota: version 1 must have both hierarchies. */
export function usesQuota(input: ViewInput, options: LxcfsOptions): boolean {
  const { cpu, cpuacct } = input.viewer.paths;
  return options.cfs && (input.version === 2 || (cpu !== undefined && cpuacct !== undefined));
}

/** The groups that CPUs are counted by; null where lxcfs shows the host's files. 5.0.3 knows the cpuset's alone. */
export function cpuPaths(input: ViewInput, release: LxcfsRelease): { cpuset: string; cpu: string } | null {
  const cpuset = viewerPath(input, 'cpuset');
  const cpu = release === '5.0.3' ? cpuset : viewerPath(input, 'cpu');
  return cpuset === null || cpu === null ? null : { cpuset, cpu };
}

/** lxcfs's /proc/cpuinfo: the blocks of the CPUs in the set, numbered anew. */
export function cpuinfoView(input: ViewInput, release: LxcfsRelease, options: LxcfsOptions): string {
  const host = input.host.cpuinfo ?? '';
  const paths = cpuPaths(input, release);
  if (paths === null) {
    return host;
  }
  const set = cpusetText(input, paths.cpuset);
  if (set === null) {
    return '';
  }
  const most = usesQuota(input, options) ? visibleCpus(input, release, paths.cpuset, paths.cpu) : 0;
  const lines = linesWithEnds(host);
  const onS390 = lines[0]?.includes('IBM/S390') === true;
  const { text, count } = blocksOf(onS390 ? lines.slice(1) : lines, { isIn: cpuTest(set), most, onS390 });
  const header = onS390 ? `vendor_id       : IBM/S390\n# processors    : ${count}\n` : '';
  return fitting(header + text, host);
}

type Kept = { readonly isIn: (cpu: number) => boolean; readonly most: number; readonly onS390: boolean };

function blocksOf(lines: readonly string[], { isIn, most, onS390 }: Kept): { text: string; count: number } {
  const kept: string[] = [];
  let count = 0;
  let keeping = onS390;
  for (const line of lines) {
    if (line.startsWith('# processors')) {
      continue;
    }
    const block = /^processor\s*:\s*([+-]?\d+)/.exec(line);
    const row = onS390 ? /^processor\s*(\d+):(.*\n?)/.exec(line) : null;
    if ((block ?? row) !== null && most > 0 && count === most) {
      break;
    }
    if (block !== null) {
      keeping = isIn(Number(block[1]));
      if (keeping) {
        kept.push(`processor\t: ${count}\n`);
        count += 1;
      }
    } else if (row !== null) {
      if (isIn(Number(row[1]))) {
        kept.push(`processor ${count}:${row[2] ?? ''}`);
        count += 1;
      }
    } else if (keeping) {
      kept.push(line);
    }
  }
  return { text: kept.join(''), count };
}
