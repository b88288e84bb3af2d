import { linesWithEnds, scanInteger, scanUnsigned, wholeUnsigned, wrap } from './c-text.ts';
import { possibleCpus } from './cpus.ts';
import { groupFile, type ViewInput } from './input.ts';

/** USER_HZ: sysconf(_SC_CLK_TCK). */
const HERTZ = 100;

export type CpuUsage = { readonly user: bigint; readonly system: bigint };

/**
 * What a group used of each possible CPU, in ticks; null where cpuacct does not tell. Rows count by their position.
 * Without `usage_all` the usage counts twice, as user and as system.
 */
export function cpuUsage(input: ViewInput, path: string): readonly CpuUsage[] | null {
  const count = possibleCpus(input);
  const all = groupFile(input, 'cpuacct', path, 'cpuacct.usage_all');
  const rows = all === null ? perCpuRows(input, path, count) : usageRows(all, count);
  const none: CpuUsage = { user: 0n, system: 0n };
  return rows === null ? null : Array.from({ length: count }, (_, cpu) => rows[cpu] ?? none);
}

function usageRows(text: string, count: number): readonly CpuUsage[] | null {
  const rows: CpuUsage[] = [];
  let rest = text.replace(/^cpu\s*user\s*system\s*/, '');
  while (rows.length < count && rest.trim() !== '') {
    const found = /^\s*[+-]?\d+(?!\d)\s*(\d+)(?!\d)\s*(\d+)\s*/.exec(rest);
    if (found === null) {
      return null;
    }
    rows.push({ user: ticks(BigInt(found[1] ?? 0)), system: ticks(BigInt(found[2] ?? 0)) });
    rest = rest.slice(found[0].length);
  }
  return rows;
}

function perCpuRows(input: ViewInput, path: string, count: number): readonly CpuUsage[] | null {
  const text = groupFile(input, 'cpuacct', path, 'cpuacct.usage_percpu');
  const values = text?.split(/[ \t\n]+/).filter((word) => word !== '');
  const rows: CpuUsage[] = [];
  for (const word of values?.slice(0, count) ?? []) {
    const value = wholeUnsigned(word);
    if (value === null) {
      return null;
    }
    rows.push({ user: ticks(value), system: ticks(value) });
  }
  return values === undefined ? null : rows;
}

/** In doubles and in this order, as the rounding shows. */
function ticks(nanoseconds: bigint): bigint {
  return BigInt(Math.trunc((Number(nanoseconds) / 1000 / 1000 / 1000) * HERTZ));
}

/** A `cpuN` line of the host's stat: its ten columns, or null where it has fewer. `rest`: from the first blank on. */
export type HostCpu = {
  readonly cpu: number;
  readonly columns: readonly bigint[] | null;
  readonly rest: string | null;
};

const COLUMNS = 10;
const IDLE = 3;

/** Null: no `cpuN` line. A CPU that is no number is NaN: such a line is dropped. */
export function parseCpuLine(line: string): HostCpu | null {
  const word = /^cpu([^ ]{1,9})/.exec(line)?.[1];
  if (word === undefined) {
    return null;
  }
  const blank = line.indexOf(' ');
  const columns = line
    .slice(Math.max(0, line.search(/\s/)))
    .trim()
    .split(/\s+/)
    .slice(0, COLUMNS)
    .map((column) => scanUnsigned(column));
  return {
    cpu: scanInteger(word) ?? Number.NaN,
    columns: columns.length === COLUMNS && columns.every((column) => column !== null) ? (columns as bigint[]) : null,
    rest: blank === -1 ? null : line.slice(blank),
  };
}

/** The host's idle time and what others used of the CPU: all that is not the group's. */
export function idleOf(columns: readonly bigint[], { user, system }: CpuUsage): bigint {
  const idle = columns[IDLE] ?? 0n;
  const used = wrap(columns.reduce((total, column, index) => (index === IDLE ? total : total + column), 0n));
  const own = wrap(user + system);
  return used >= own ? wrap(idle + (used - own)) : idle;
}

/** The host's stat after its first line. */
export function linesAfterFirst(stat: string): readonly string[] {
  return linesWithEnds(stat).slice(1);
}
