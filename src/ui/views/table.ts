import { type Column, sortRows } from '../../present/columns/column.ts';
import { displayWidth, fitText } from '../../present/printable.ts';
import { bold, fitRow, type Row, rowWidth, type Span, select, span } from '../rows.ts';
import type { TableSettings } from '../settings.ts';
import type { TableId } from '../table-columns.ts';
import type { Body } from './body.ts';
import { type Placed, placeColumns } from './place-columns.ts';

/** How one table is drawn: the columns' own texts, except where `draw` knows better. */
export type TableSpec<Item, Context> = {
  readonly id: TableId;
  readonly columns: readonly Column<Item, Context>[];
  readonly key: (item: Item) => string;
  /** Columns in the order in which they are given up where there is no room; the last one stays. */
  readonly yields: readonly string[];
  /** Columns that are nicer with so many columns more: bars. */
  readonly extra: { readonly [column: string]: number };
  readonly draw: { readonly [column: string]: (item: Item, width: number, context: Context) => Row };
  readonly copy: (item: Item) => string;
};

/** Items in lines: with a title above each group where there are groups. */
type Line<Item> = { readonly item: Item } | { readonly title: string };

export type TableInput<Item, Context> = {
  readonly items: readonly Item[];
  readonly context: Context;
  readonly settings: TableSettings;
  readonly filter: string;
  /** Whether the items are filtered and in their order already: those of a tree. */
  readonly isArranged?: boolean;
  readonly groupOf: ((item: Item) => string) | null;
  readonly width: number;
  /** What stands there when there are no items at all. */
  readonly empty: readonly Row[];
};

const MARK = '▸';

export function tableBody<Item, Context>(spec: TableSpec<Item, Context>, input: TableInput<Item, Context>): Body {
  const { settings, context, width } = input;
  const lines = input.isArranged === true ? input.items.map((item) => ({ item })) : arrange(spec, input);
  if (lines.length === 0) {
    return emptyBody(input);
  }
  const shown = spec.columns.filter(({ key }) => settings.columns.includes(key));
  const placed = placeColumns(spec, shown, input.items, context, width);
  const itemAt = (index: number): Item | null => {
    const line = lines[index];
    return line !== undefined && 'item' in line ? line.item : null;
  };
  return {
    head: [headRow(placed, settings, width)],
    count: lines.length,
    selectable: true,
    keyAt: (index) => {
      const item = itemAt(index);
      return item === null ? null : spec.key(item);
    },
    line: (index, selected) => {
      const line = lines[index];
      if (line === undefined) {
        return [];
      }
      return 'title' in line
        ? fitRow([span(' '), bold(line.title, 'dim')], width)
        : itemRow(spec, placed, line.item, context, selected, width);
    },
    columnAt: (x) => placed.find(({ start, width: wide }) => x >= start && x < start + wide)?.column.key ?? null,
    copyAt: (index) => {
      const item = itemAt(index);
      return item === null ? null : spec.copy(item);
    },
  };
}

function emptyBody<Item, Context>({ items, empty, filter }: TableInput<Item, Context>): Body {
  const rows: readonly Row[] =
    items.length > 0 ? [[], [span(`  Nothing matches “${filter}”. Esc clears the filter.`, 'dim')]] : empty;
  return {
    head: [],
    count: rows.length,
    selectable: false,
    keyAt: () => null,
    line: (index) => rows[index] ?? [],
    columnAt: () => null,
    copyAt: () => null,
  };
}

/** Sorting and filtering a thousand rows is for once per snapshot, not for every key. */
const arranged = new WeakMap<object, { readonly question: string; readonly answer: unknown }>();

function arrange<Item, Context>(
  spec: TableSpec<Item, Context>,
  input: TableInput<Item, Context>,
): readonly Line<Item>[] {
  const { items, settings, filter, groupOf } = input;
  const question = [spec.id, settings.sort, settings.reversed, filter, groupOf?.name ?? ''].join('\n');
  const known = arranged.get(items);
  if (known?.question === question) {
    return known.answer as readonly Line<Item>[];
  }
  const matching = filterItems(spec.columns, items, filter, input.context);
  const column = spec.columns.find(({ key }) => key === settings.sort);
  const sorted =
    column === undefined
      ? settings.reversed
        ? matching.toReversed()
        : matching
      : sortRows(matching, column, settings.reversed);
  const answer = groupOf === null ? sorted.map((item) => ({ item })) : grouped(sorted, groupOf);
  arranged.set(items, { question, answer });
  return answer;
}

function grouped<Item>(items: readonly Item[], groupOf: (item: Item) => string): readonly Line<Item>[] {
  const groups = Map.groupBy(items, groupOf);
  return Array.from(groups)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([title, members]) => [{ title: `${title} (${members.length})` }, ...members.map((item) => ({ item }))]);
}

/** Items whose texts hold the filter, letter case aside; with a leading `!`, those that do not. */
export function filterItems<Item, Context>(
  columns: readonly Column<Item, Context>[],
  items: readonly Item[],
  filter: string,
  context: Context,
): readonly Item[] {
  const inverse = filter.startsWith('!');
  const wanted = (inverse ? filter.slice(1) : filter).toLowerCase();
  if (wanted === '') {
    return items;
  }
  // Names and numbers that name something; not figures, which change while one looks.
  const texts = columns.filter(({ align, largestFirst }) => align === 'left' || !largestFirst);
  return items.filter(
    (item) => texts.some(({ cell }) => cell(item, context).toLowerCase().includes(wanted)) !== inverse,
  );
}

function headRow<Item, Context>(placed: readonly Placed<Item, Context>[], settings: TableSettings, width: number): Row {
  const cells = placed.flatMap(({ column, width: wide }): Row => {
    const sorted = column.key === settings.sort;
    const sign = settings.reversed === column.largestFirst ? '▴' : '▾';
    const room = wide - displayWidth(column.title);
    const title =
      sorted && room > 0 ? (column.align === 'left' ? column.title + sign : sign + column.title) : column.title;
    const cell: Span = sorted
      ? { ...bold(fitText(title, wide, column.align), 'accent'), ...(room <= 0 && { underline: true }) }
      : span(fitText(title, wide, column.align), 'dim');
    return [span(' '), cell];
  });
  return fitRow(cells, width);
}

function itemRow<Item, Context>(
  spec: TableSpec<Item, Context>,
  placed: readonly Placed<Item, Context>[],
  item: Item,
  context: Context,
  selected: boolean,
  width: number,
): Row {
  const cells = placed.flatMap(({ column, width: wide }, place): Row => {
    const gap = place === 0 && selected ? bold(MARK, 'accent') : span(' ');
    const drawn = spec.draw[column.key]?.(item, wide, context);
    return [
      gap,
      ...(drawn === undefined ? [span(fitText(column.cell(item, context), wide, column.align))] : fitRow(drawn, wide)),
    ];
  });
  const row = fitRow(cells, width);
  return selected ? select(row.map((piece, place) => (place === 1 ? { ...piece, bold: true } : piece))) : row;
}

/** A drawn cell of the right width: text first, blanks after or before it. */
export function aligned(row: Row, width: number, align: 'left' | 'right'): Row {
  const blank = span(' '.repeat(Math.max(0, width - rowWidth(row))));
  return align === 'left' ? [...row, blank] : [blank, ...row];
}
