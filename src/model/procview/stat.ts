import { wrap } from './c-text.ts';
import { type CpuUsage, cpuUsage, idleOf, linesAfterFirst, parseCpuLine } from './cpu-usage.ts';
import { cpuPaths, usesQuota } from './cpuinfo.ts';
import { cpusetText, cpuTest, visibleCpus } from './cpus.ts';
import { fitting, type LxcfsOptions, type LxcfsRelease, type ViewInput } from './input.ts';
import { type StatRecord, statInView } from './stat-view.ts';

/** With `--enable-cfs` on version 1 lxcfs remembers what it read before; `record` is that, by the group's path. */
export type StatAnswer = { readonly text: string; readonly record: StatRecord | null };

/** lxcfs's /proc/stat. */
export function statView(
  input: ViewInput,
  release: LxcfsRelease,
  options: LxcfsOptions,
  record: StatRecord | null,
): StatAnswer {
  const host = input.host.stat ?? '';
  const paths = cpuPaths(input, release);
  if (input.viewer.pid === 1 || paths === null) {
    return { text: host, record };
  }
  const set = cpusetText(input, paths.cpuset);
  if (set === null || host === '') {
    return { text: '', record };
  }
  const usage = input.version === 2 ? null : cpuUsage(input, paths.cpuset);
  const byQuota = usesQuota(input, options);
  if (usage !== null && byQuota) {
    return statInView(input, { path: paths.cpuset, set, usage, host }, record);
  }
  const most = byQuota && release !== '5.0.3' ? visibleCpus(input, release, paths.cpuset, paths.cpu) : 0;
  return { text: plainStat(host, { isIn: cpuTest(set), usage, renumber: byQuota, most }), record };
}

type Plain = {
  readonly isIn: (cpu: number) => boolean;
  /** Null: the host's columns stay. */
  readonly usage: readonly CpuUsage[] | null;
  readonly renumber: boolean;
  /** 0: all. */
  readonly most: number;
};

/** The buffer keeps so much for the first line. */
const SPARE_BYTES = 256;

function plainStat(host: string, { isIn, usage, renumber, most }: Plain): string {
  const sums = Array.from({ length: 10 }, () => 0n);
  const kept: string[] = [];
  let shown = 0;
  for (const line of linesAfterFirst(host)) {
    const parsed = parseCpuLine(line);
    if (parsed === null) {
      kept.push(line);
      continue;
    }
    const { cpu, columns, rest } = parsed;
    if (Number.isNaN(cpu) || (most > 0 && shown === most) || !isIn(cpu)) {
      continue;
    }
    const number = renumber ? shown : cpu;
    shown += 1;
    if (columns === null || usage === null) {
      if (rest !== null) {
        kept.push(`cpu${number}${rest}`);
        addTo(sums, columns ?? []);
      }
      continue;
    }
    const own = usage[cpu];
    if (own === undefined) {
      // What lies beyond the possible CPUs ends the file.
      break;
    }
    const idle = idleOf(columns, own);
    kept.push(`cpu${number} ${own.user} 0 ${own.system} ${idle} 0 0 0 0 0 0\n`);
    addTo(sums, [own.user, 0n, own.system, idle]);
  }
  const body = fitting(kept.join(''), host, SPARE_BYTES);
  return body === '' && kept.length > 0 ? '' : `cpu  ${sums.join(' ')}\n${body}`;
}

function addTo(sums: bigint[], columns: readonly bigint[]): void {
  for (const [index, column] of columns.entries()) {
    sums[index] = wrap((sums[index] ?? 0n) + column);
  }
}
