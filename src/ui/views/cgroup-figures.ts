import type { Cgroup } from '../../model/document/cgroup.ts';
import type { ContainerProcess } from '../../model/document/process.ts';
import type { Track } from '../../model/history/track.ts';
import type { Limit } from '../../model/limit.ts';
import { printable, shorten } from '../../present/printable.ts';
import { formatLimit, formatPercent } from '../../present/units.ts';
import { bar } from '../bars.ts';
import { bold, type Row, rowWidth, span } from '../rows.ts';
import type { Shown } from './cgroup-charts.ts';
import { dotted, field, VALUE_START } from './fields.ts';

/** What a figure's line needs to name the file behind it, and a chart to be drawn. */
export type CgroupContext = {
  readonly cgroup: Cgroup;
  readonly width: number;
  readonly chart: Shown;
  readonly processes: readonly ContainerProcess[];
  readonly track: Track | null;
};

/** A line of the tab; with a key it can be selected: the figure's name in the document. `file`: where it comes from. */
export type FigureLine = { readonly row: Row; readonly key: string | null; readonly file: string | null };

/** Why nothing is told of a controller where every other group of its hierarchy has files; null: it is no root group. */
export function rootReason({ cgroup }: CgroupContext, controller: string): string | null {
  const path = cgroup.paths[controller] ?? (cgroup.version === 2 ? cgroup.paths['unified'] : undefined);
  return path === '/' ? 'it is in the root group, which cannot be limited' : null;
}

/** Lines that the cursor passes over. */
export function plain(rows: readonly Row[]): readonly FigureLine[] {
  return rows.map((row) => ({ row, key: null, file: null }));
}

/** Lines of one thing, of which the first can be selected. */
export function keyed(rows: readonly Row[], key: string): readonly FigureLine[] {
  return rows.map((row, index) => ({ row, key: index === 0 ? key : null, file: null }));
}

/** A controller's title, with the share of its limit in use; `unknown` stands for that where it is not known. */
export function head(
  title: string,
  limit: Limit | null,
  percent: number | null,
  unknown: string,
  { width }: CgroupContext,
): readonly FigureLine[] {
  const room = Math.min(40, width - VALUE_START - 22);
  const share =
    limit === null
      ? 'limit unknown'
      : limit === 'max'
        ? 'no limit'
        : `${percent === null ? unknown : formatPercent(percent)} of the limit`;
  return plain([
    [],
    [
      bold(` ${title.padEnd(VALUE_START - 2)} `, 'accent'),
      ...(room < 8 || percent === null || typeof limit !== 'number' ? [] : [...bar(percent, room), span('  ')]),
      span(share, typeof limit === 'number' ? undefined : 'dim'),
    ],
  ]);
}

/** One figure and, where there is room, its file: `key` as in the document's `files`; `fileKey` where that has another name. */
export function figure(context: CgroupContext, label: string, value: Row, key: string, fileKey = key): FigureLine {
  return fileLine(context, label, value, key, context.cgroup.files[fileKey] ?? null);
}

/** A value with its file. */
export function fileLine(
  { width }: CgroupContext,
  label: string,
  value: Row,
  key: string,
  file: string | null,
): FigureLine {
  const row = field(label, ...value);
  const start = Math.max(FILE_START, rowWidth(row) + 2);
  if (file === null || width - start < MIN_FILE) {
    return { row, key, file };
  }
  const named = span(shorten(printable(file), width - start - 1), 'dim');
  return { row: [...row, span(' '.repeat(start - rowWidth(row))), named], key, file };
}

/** Where files begin, so that they stand under each other; and what is too little of one to be worth it. */
const FILE_START = 58;
const MIN_FILE = 16;

/** `0.50 cores` and who imposes it. */
export function limitValue(
  limit: Limit | null,
  limitedBy: string | null,
  format: (figure: number) => string,
  own: readonly string[],
): Row {
  return dotted(
    span(formatLimit(limit, format), limit === 'max' ? 'dim' : undefined),
    limitedBy === null
      ? null
      : span(
          own.includes(limitedBy) ? 'its own' : `by ${printable(limitedBy)}`,
          own.includes(limitedBy) ? 'dim' : 'warn',
        ),
  );
}

/** The group's own paths: what else imposes a limit is an ancestor. */
export function ownPaths({ cgroup }: CgroupContext): readonly string[] {
  return Object.values(cgroup.paths);
}
