import { displayWidth, printable } from '../../present/printable.ts';
import { bold, type Row, rowWidth, type Span, span, type Tone, wrap } from '../rows.ts';

/** Columns before a field's value: a blank, the label, a blank. */
const LABEL = 12;
export const VALUE_START = LABEL + 2;

/** A section's title over its fields. */
export function section(title: string): readonly Row[] {
  return [[], [span(' '), bold(title, 'accent')]];
}

/** A label and its value on one line. */
export function field(label: string, ...value: Row): Row {
  return [span(` ${label.padEnd(LABEL)} `, 'dim'), ...value];
}

/** A label and a text of strangers, in as many lines as it takes. */
export function textField(label: string, text: string, width: number, tone?: Tone): readonly Row[] {
  return wrap(printable(text), width - VALUE_START).map((line, index) =>
    field(index === 0 ? label : '', span(line, tone)),
  );
}

/** A label and parts with a dim dot between them, in as many lines as it takes; `lead` comes before the first part. */
export function flowField(label: string, lead: Row, parts: readonly (Span | null)[], width: number): readonly Row[] {
  const rows: Row[] = [];
  let row = field(label, ...lead);
  let isBegun = false;
  for (const part of parts) {
    if (part === null || part.text === '') {
      continue;
    }
    if (isBegun && rowWidth(row) + DOT.text.length + displayWidth(part.text) > width) {
      rows.push(row);
      row = field('', part);
    } else {
      row = isBegun ? [...row, DOT, part] : [...row, part];
    }
    isBegun = true;
  }
  return [...rows, row];
}

const DOT = span(' · ', 'dim');

/** Parts of a line with a dim dot between them; empty ones are left out. */
export function dotted(...parts: readonly (Span | null)[]): Row {
  return parts
    .filter((part) => part !== null && part.text !== '')
    .flatMap((part, index) => (part === null ? [] : index === 0 ? [part] : [DOT, part]));
}

/** A sentence with a dot before it, in as many lines as it takes. */
export function bullet(text: string, width: number): readonly Row[] {
  return wrap(printable(text), width - 5).map((line, index) => [
    span(index === 0 ? '  • ' : '    ', 'dim'),
    span(line),
  ]);
}
