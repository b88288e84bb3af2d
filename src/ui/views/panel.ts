import { bold, fitRow, type Row, rowWidth, select, shortenRow, sliceRow, span } from '../rows.ts';

/** Columns of what is behind, on both sides together. */
const LEAST_BEHIND = 6;

/** A box with a title that floats over rows, in their middle; its lines are shortened to what fits. */
export function floatPanel(rows: readonly Row[], title: string, lines: readonly Row[], width: number): readonly Row[] {
  const needed = Math.max(title.length + 2, ...lines.map(rowWidth));
  // A column or two of what is behind say nothing: then the box takes them.
  const inner = needed + 4 + LEAST_BEHIND > width ? width - 4 : needed;
  const shown = lines.slice(0, Math.max(0, rows.length - 2));
  if (inner < 1 || rows.length < 3) {
    return rows;
  }
  const left = Math.floor((width - inner - 4) / 2);
  const top = Math.floor((rows.length - shown.length - 2) / 2);
  const head = `─ ${title} `;
  const box: readonly Row[] = [
    [
      span('┌', 'dim'),
      ...fitRow([bold(head, 'accent'), span('─'.repeat(Math.max(0, inner + 2 - head.length)), 'dim')], inner + 2),
      span('┐', 'dim'),
    ],
    ...shown.map((line) => [span('│ ', 'dim'), ...shortenRow(line, inner), span(' │', 'dim')]),
    [span('└', 'dim'), span('─'.repeat(inner + 2), 'dim'), span('┘', 'dim')],
  ];
  return rows.map((row, index) => {
    const line = box[index - top];
    return line === undefined ? row : [...sliceRow(row, 0, left), ...line, ...sliceRow(row, left + inner + 4, width)];
  });
}

/** One line of a menu. */
export function menuLine(row: Row, selected: boolean): Row {
  return selected ? select([bold('▸ ', 'accent'), ...row, span(' ')]) : [span('  '), ...row, span(' ')];
}

/** The lines of a menu around the selected one, as many as fit. */
export function menuWindow(lines: readonly Row[], index: number, height: number): readonly Row[] {
  const room = Math.max(1, height);
  const top = Math.min(Math.max(0, index - Math.floor(room / 2)), Math.max(0, lines.length - room));
  return lines.slice(top, top + room);
}
