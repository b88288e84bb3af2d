import type { Row } from '../rows.ts';
import type { Cursor } from '../state.ts';

/**
 * The part of the screen that scrolls. Lines are built one by one, so that only those on the screen cost anything.
 * A line without a key cannot be selected: a group's title.
 */
export type Body = {
  /** Rows above the lines that stay. */
  readonly head: readonly Row[];
  readonly count: number;
  readonly keyAt: (index: number) => string | null;
  /** Whether a cursor walks over the lines; else the keys scroll the text. */
  readonly selectable: boolean;
  readonly line: (index: number, selected: boolean) => Row;
  /** The column under a click on the last row of `head`. */
  readonly columnAt: (x: number) => string | null;
  /** What `y` copies of a line: whole, as the screen may shorten it. */
  readonly copyAt: (index: number) => string | null;
  /** What stands left of all this, in so many rows, whatever is scrolled. */
  readonly beside?: (height: number) => readonly Row[];
};

/** Lines of text, with nothing to select. */
export function textBody(rows: readonly Row[]): Body {
  return {
    head: [],
    count: rows.length,
    keyAt: () => null,
    selectable: false,
    line: (index) => rows[index] ?? [],
    columnAt: () => null,
    copyAt: () => null,
  };
}

/** Where the cursor stands now: on its key, wherever that went; else where the key was. -1: nothing can be selected. */
export function selectedIndex(body: Body, cursor: Cursor): number {
  if (!body.selectable || body.count === 0) {
    return -1;
  }
  if (cursor.key !== null) {
    for (let index = 0; index < body.count; index += 1) {
      if (body.keyAt(index) === cursor.key) {
        return index;
      }
    }
  }
  return nearestSelectable(body, Math.min(cursor.index, body.count - 1));
}

/** The selectable line nearest to `index`, downwards first; -1 where there is none. */
function nearestSelectable(body: Body, index: number): number {
  for (let below = Math.max(0, index); below < body.count; below += 1) {
    if (body.keyAt(below) !== null) {
      return below;
    }
  }
  for (let above = index; above >= 0; above -= 1) {
    if (body.keyAt(above) !== null) {
      return above;
    }
  }
  return -1;
}

/** The first line to show: as before, moved only so far that the selected line is on the screen. */
export function topLine(body: Body, cursor: Cursor, height: number): number {
  const selected = selectedIndex(body, cursor);
  const last = Math.max(0, body.count - height);
  if (selected < 0) {
    return Math.min(cursor.top, last);
  }
  // Titles and pictures above a line stay with it, and what follows the last one: no cursor ever goes there.
  let highest = selected;
  while (highest > 0 && body.keyAt(highest - 1) === null) {
    highest -= 1;
  }
  let end = selected + 1;
  while (end < body.count && body.keyAt(end) === null) {
    end += 1;
  }
  const lowest = Math.max(0, Math.min(end === body.count ? end : selected + 1, selected + height) - height);
  return Math.min(Math.max(cursor.top, lowest), Math.max(lowest, highest), last);
}

/** The cursor after moving `by` selectable lines, or scrolling text by as many. */
export function moveCursor(body: Body, cursor: Cursor, by: number, height: number): Cursor {
  if (!body.selectable) {
    const last = Math.max(0, body.count - height);
    return { ...cursor, top: Math.min(last, Math.max(0, topLine(body, cursor, height) + by)) };
  }
  let index = selectedIndex(body, cursor);
  const step = Math.sign(by);
  let left = Math.abs(by);
  for (let next = index + step; left > 0 && next >= 0 && next < body.count; next += step) {
    if (body.keyAt(next) !== null) {
      index = next;
      left -= 1;
    }
  }
  return cursorAt(body, cursor, index, height);
}

/** The cursor on one line. */
export function cursorAt(body: Body, cursor: Cursor, index: number, height: number): Cursor {
  if (index < 0) {
    return cursor;
  }
  const moved = { key: body.keyAt(index), index, top: cursor.top };
  return { ...moved, top: topLine(body, moved, height) };
}
