import type { Align } from '../printable.ts';

/**
 * One column of a table, as the dashboard, its sort menu, the commands and the documents all use it.
 *
 * `width` is the number of terminal columns it wants; a table with room to spare gives it to columns with `grow`.
 * `cell` gives printable text. `value` is what sorts it; null (unknown) sorts last in both directions. `largestFirst`
 * says which direction a person means when sorting by it.
 */
export type Column<Row, Context> = {
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly grow: boolean;
  readonly align: Align;
  readonly largestFirst: boolean;
  readonly cell: (row: Row, context: Context) => string;
  readonly value: (row: Row) => number | string | null;
};

/** Rows in the order of a column; equal ones keep the order they came in, so that nothing jumps between ticks. */
export function sortRows<Row, Context>(
  rows: readonly Row[],
  column: Column<Row, Context>,
  reversed: boolean,
): readonly Row[] {
  const sign = column.largestFirst === reversed ? 1 : -1;
  return rows
    .map((row) => ({ row, value: column.value(row) }))
    .sort((a, b) => compareValues(a.value, b.value, sign))
    .map(({ row }) => row);
}

function compareValues(a: number | string | null, b: number | string | null, sign: number): number {
  if (a === null || b === null) {
    return a === b ? 0 : a === null ? 1 : -1;
  }
  if (a === b) {
    return 0;
  }
  return a < b ? -sign : sign;
}
