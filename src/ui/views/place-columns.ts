import type { Column } from '../../present/columns/column.ts';
import { displayWidth } from '../../present/printable.ts';

export type Placed<Item, Context> = {
  readonly column: Column<Item, Context>;
  /** Screen column where its cell begins. */
  readonly start: number;
  readonly width: number;
};

type PlacingSpec = {
  readonly yields: readonly string[];
  readonly extra: { readonly [column: string]: number };
};

/** How wide a text may make its column while others still want room. */
const MODEST = 24;
/** How wide a text may make its column at all. */
const WIDEST = 100;
/** A blank before each column. */
const GAP = 1;

/**
 * Where each column goes: those that find no room are left out, in the order of `yields`; then bars get their room,
 * then texts that were shortened get theirs.
 */
export function placeColumns<Item, Context>(
  spec: PlacingSpec,
  shown: readonly Column<Item, Context>[],
  items: readonly Item[],
  context: Context,
  width: number,
): readonly Placed<Item, Context>[] {
  const sizes = shown.map((column) => ({ column, natural: naturalWidth(column, items, context) }));
  const kept = dropColumns(
    sizes.map(({ column, natural }) => ({ column, natural, width: Math.min(natural, leastWidth(column)) })),
    spec.yields,
    width,
  );
  let left = width - kept.reduce((sum, { width: wide }) => sum + wide + GAP, 0);
  const grow = (index: number, wanted: number) => {
    const size = kept[index];
    const given = Math.max(0, Math.min(wanted, left));
    if (size !== undefined && given > 0) {
      kept[index] = { ...size, width: size.width + given };
      left -= given;
    }
  };
  for (const [index, { natural, width: wide }] of kept.entries()) {
    grow(index, Math.min(natural, MODEST) - wide);
  }
  for (const [index, { column }] of kept.entries()) {
    const wanted = spec.extra[column.key] ?? 0;
    grow(index, left >= wanted ? wanted : 0);
  }
  for (const [index, { column, natural, width: wide }] of kept.entries()) {
    grow(index, column.grow ? natural - wide : 0);
  }
  let start = 0;
  return kept.map(({ column, width: wide }) => {
    start += GAP;
    const placed = { column, start, width: wide };
    start += wide;
    return placed;
  });
}

/** A text may be shortened to this; a figure may not. */
function leastWidth<Item, Context>(column: Column<Item, Context>): number {
  return Math.max(column.width, displayWidth(column.title));
}

type Sized<Item, Context> = { column: Column<Item, Context>; natural: number; width: number };

function dropColumns<Item, Context>(
  sizes: readonly Sized<Item, Context>[],
  yields: readonly string[],
  width: number,
): Sized<Item, Context>[] {
  let kept = [...sizes];
  let taken = kept.reduce((sum, size) => sum + size.width + GAP, 0);
  for (const key of yields) {
    if (taken <= width || kept.length === 1) {
      break;
    }
    const dropped = kept.find(({ column }) => column.key === key);
    if (dropped !== undefined) {
      kept = kept.filter((size) => size !== dropped);
      taken -= dropped.width + GAP;
    }
  }
  return kept;
}

const naturalWidths = new WeakMap<object, Map<string, number>>();

/** The widest text of a column among all rows, so that scrolling moves no column; figures have a fixed width. */
function naturalWidth<Item, Context>(column: Column<Item, Context>, items: readonly Item[], context: Context): number {
  const least = Math.max(
    displayWidth(column.title) + (column.align === 'left' ? 1 : 0),
    column.align === 'right' ? column.width : 0,
  );
  if (column.align === 'right') {
    return least;
  }
  const known = naturalWidths.get(items) ?? new Map<string, number>();
  naturalWidths.set(items, known);
  let widest = known.get(column.key);
  if (widest === undefined) {
    widest = items.reduce((wide, item) => Math.max(wide, displayWidth(column.cell(item, context).slice(0, WIDEST))), 0);
    known.set(column.key, widest);
  }
  return Math.min(WIDEST, Math.max(least, widest));
}
