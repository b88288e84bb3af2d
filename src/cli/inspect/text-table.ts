import type { Column } from '../../present/columns/column.ts';
import { type Align, displayWidth, fitText, shorten } from '../../present/printable.ts';

/** A column of a printed table. Columns that `shrink` give way where a terminal is too narrow. */
export type TextColumn = { readonly title: string; readonly align: Align; readonly shrink: boolean };

const GAP = '  ';
/** Below this a shortened name tells nothing. */
const NARROWEST = 8;

/**
 * A table for people: as wide as its content, or narrowed to `columns` where that is given. Cells are printable text.
 * The last column is not padded.
 */
export function renderTable(
  head: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  columns: number | null,
): string {
  const natural = naturalWidths(head, rows);
  const widths = columns === null ? natural : narrow(head, natural, columns);
  const titles = head.map(({ title }) => title);
  return [titles, ...rows].map((row) => renderRow(head, widths, row)).join('');
}

function renderRow(head: readonly TextColumn[], widths: readonly number[], row: readonly string[]): string {
  const cells = head.map(({ align }, index) => {
    const width = widths[index] ?? 0;
    const cell = row[index] ?? '';
    return index === head.length - 1 && align === 'left' ? shorten(cell, width) : fitText(cell, width, align);
  });
  return `${cells.join(GAP).trimEnd()}\n`;
}

/** Takes from the widest shrinking column until the table fits, or nothing more can be taken. */
function narrow(head: readonly TextColumn[], natural: readonly number[], columns: number): readonly number[] {
  const widths = [...natural];
  let excess = rowWidth(widths) - columns;
  while (excess > 0) {
    const widest = head.reduce<number | null>(
      (best, { shrink }, index) =>
        shrink && (widths[index] ?? 0) > NARROWEST && (best === null || (widths[index] ?? 0) > (widths[best] ?? 0))
          ? index
          : best,
      null,
    );
    if (widest === null) {
      return widths;
    }
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

/**
 * A table of presentation columns, as the dashboard's lists have them. `yields` are the keys of those that a narrow
 * terminal goes without, the first first: a row over two lines is no table any more.
 */
export function renderColumns<Row, Context>(
  shown: readonly Column<Row, Context>[],
  rows: readonly Row[],
  context: Context,
  columns: number | null,
  yields: readonly string[] = [],
): string {
  const head = shown.map(({ title, align, grow }) => ({ title, align, shrink: grow }));
  const cells = rows.map((row) => shown.map((column) => column.cell(row, context)));
  const kept = columns === null ? shown : withoutYielding(shown, naturalWidths(head, cells), columns, yields);
  const places = kept.map((column) => shown.indexOf(column));
  const pick = <Value>(values: readonly Value[]) => values.filter((_, index) => places.includes(index));
  return renderTable(pick(head), cells.map(pick), columns);
}

function withoutYielding<Row, Context>(
  shown: readonly Column<Row, Context>[],
  natural: readonly number[],
  columns: number,
  yields: readonly string[],
): readonly Column<Row, Context>[] {
  const least = ({ grow }: Column<Row, Context>, index: number) =>
    Math.min(natural[index] ?? 0, grow ? NARROWEST : Number.POSITIVE_INFINITY);
  const [next, ...rest] = yields;
  if (next === undefined || rowWidth(shown.map(least)) <= columns) {
    return shown;
  }
  const stays = shown.map(({ key }) => key !== next);
  return withoutYielding(
    shown.filter((_, index) => stays[index]),
    natural.filter((_, index) => stays[index]),
    columns,
    rest,
  );
}

function naturalWidths(head: readonly TextColumn[], rows: readonly (readonly string[])[]): readonly number[] {
  return head.map(({ title }, index) =>
    rows.reduce((widest, row) => Math.max(widest, displayWidth(row[index] ?? '')), displayWidth(title)),
  );
}

function rowWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
}

/** Columns by their keys, in the order of the keys. */
export function pickColumns<Row, Context>(
  columns: readonly Column<Row, Context>[],
  keys: readonly string[],
): readonly Column<Row, Context>[] {
  return keys.flatMap((key) => columns.filter((column) => column.key === key));
}
