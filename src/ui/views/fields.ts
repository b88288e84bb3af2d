import { printable } from '../../present/printable.ts';
import { bold, type Row, type Span, span, type Tone, wrap } from '../rows.ts';

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

/** Parts of a line with a dim dot between them; empty ones are left out. */
export function dotted(...parts: readonly (Span | null)[]): Row {
  return parts
    .filter((part) => part !== null && part.text !== '')
    .flatMap((part, index) => (part === null ? [] : index === 0 ? [part] : [span(' · ', 'dim'), part]));
}
