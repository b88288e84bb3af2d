import { displayWidth, takeStart } from '../present/printable.ts';

/** What a piece of text means; the theme knows how that looks. `pair1`… mark what is shared by the same containers. */
export type Tone =
  | 'dim'
  | 'accent'
  | 'good'
  | 'warn'
  | 'bad'
  | 'pair1'
  | 'pair2'
  | 'pair3'
  | 'pair4'
  | 'pair5'
  | 'pair6';

/** Printable text in one style. `selected`: part of the row the cursor is on. */
export type Span = {
  readonly text: string;
  readonly tone?: Tone;
  readonly bold?: boolean;
  readonly underline?: boolean;
  readonly selected?: boolean;
};

/** One line of the screen. */
export type Row = readonly Span[];

export type Size = { readonly columns: number; readonly rows: number };

export function span(text: string, tone?: Tone): Span {
  return tone === undefined ? { text } : { text, tone };
}

export function bold(text: string, tone?: Tone): Span {
  return { ...span(text, tone), bold: true };
}

export function rowWidth(row: Row): number {
  return row.reduce((width, { text }) => width + displayWidth(text), 0);
}

/** A row of exactly `width` columns: cut, or padded with blanks. */
export function fitRow(row: Row, width: number): Row {
  return sliceRow(row, 0, width);
}

/** A row of exactly `width` columns that ends in `…` where more than blanks was cut off. */
export function shortenRow(row: Row, width: number): Row {
  const lost = sliceRow(row, width, rowWidth(row));
  if (rowText(lost).trim() === '') {
    return fitRow(row, width);
  }
  const start = sliceRow(row, 0, width - 1);
  return [...start, { ...start.at(-1), text: '…' }];
}

/** Columns `from` to before `to`, padded with blanks where the row ends; halves of wide characters become blanks. */
export function sliceRow(row: Row, from: number, to: number): Row {
  const taken: Span[] = [];
  let at = 0;
  for (const piece of row) {
    const end = at + displayWidth(piece.text);
    if (end > from && at < to && from < to) {
      const text = at >= from && end <= to ? piece.text : cutText(piece.text, from - at, Math.min(end, to) - at);
      taken.push({ ...piece, text });
    }
    at = end;
  }
  const missing = to - Math.max(from, Math.min(at, to));
  return missing > 0
    ? [...taken, { text: ' '.repeat(missing), ...(row.at(-1)?.selected && { selected: true }) }]
    : taken;
}

/** Columns `from` to before `to` of a text; what is left of a wide character cut at either end becomes blanks. */
function cutText(text: string, from: number, to: number): string {
  const start = Math.max(0, from);
  const head = takeStart(text, to);
  let rest = head.slice(takeStart(head, start).length);
  if (displayWidth(rest) > to - start) {
    rest = rest.slice(takeStart(rest, 2).length);
  }
  const lead = Math.max(0, displayWidth(head) - start - displayWidth(rest));
  return (' '.repeat(lead) + rest).padEnd(rest.length + to - start - displayWidth(rest));
}

/** Left and right parts of one line; the right one gives way when there is no room for both. */
export function splitRow(left: Row, right: Row, width: number): Row {
  const gap = width - rowWidth(left) - rowWidth(right);
  return gap < 1 ? fitRow(left, width) : [...left, span(' '.repeat(gap)), ...right];
}

export function select(row: Row): Row {
  return row.map((piece) => ({ ...piece, selected: true }));
}

/** Text without its styles: for tests and copies. */
export function rowText(row: Row): string {
  return row.map(({ text }) => text).join('');
}

/** A text in lines of `width` columns, cut wherever they end: for what must be read letter by letter. */
export function cut(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest !== '') {
    const line = takeStart(rest, Math.max(1, width)) || Array.from(rest)[0] || '';
    lines.push(line);
    rest = rest.slice(line.length);
  }
  return lines;
}

/** Every letter of a text in lines of at most `width` columns, which end after words and names of paths where they can. */
export function cutAtBorders(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of text.split(/(?<=[ /,])/)) {
    if (displayWidth(line + piece) <= width) {
      line += piece;
      continue;
    }
    const pieces = cut(piece, width);
    lines.push(...(line === '' ? [] : [line]), ...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  return line === '' ? lines : [...lines, line];
}

/** Words in lines of at most `width` columns; a longer word is cut where it must be. */
export function wrap(text: string, width: number): readonly string[] {
  const room = Math.max(1, width);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (displayWidth(joined) <= room) {
      line = joined;
      continue;
    }
    if (line !== '') {
      lines.push(line);
    }
    line = word;
    while (displayWidth(line) > room) {
      const piece = takeStart(line, room) || Array.from(line)[0] || '';
      lines.push(piece);
      line = line.slice(piece.length);
    }
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}
