import { displayWidth, shorten } from '../../present/printable.ts';

/** A label, what is said of it, and what it comes from; without `source` the third column stays empty. */
export type Field = { readonly label: string; readonly text: string; readonly source?: string };

const INDENT = '  ';
/** Longer texts do not push the sources of all others to the right. */
const WIDEST_TEXT = 44;
/** Less of a path tells nothing: rather let the line wrap. */
const NARROWEST_SOURCE = 20;

/**
 * A titled list of `label  text  source`, aligned; sources are shortened to fit `columns` where that is given. Empty
 * where there is no field. Texts are printable.
 */
export function renderFields(title: string, fields: readonly Field[], columns: number | null): string {
  if (fields.length === 0) {
    return '';
  }
  const labelWidth = widest(fields.map(({ label }) => label));
  const textWidth = widest(
    fields.filter(({ source }) => source !== undefined).map(({ text }) => text),
    WIDEST_TEXT,
  );
  const lines = fields.map(({ label, text, source }) => {
    const start = `${INDENT}${pad(label, labelWidth)}${INDENT}`;
    if (source === undefined) {
      return `${start}${text}`;
    }
    const before = `${start}${pad(text, textWidth)}${INDENT}`;
    const room = columns === null ? Number.POSITIVE_INFINITY : columns - displayWidth(before);
    return `${before}${shorten(source, Math.max(NARROWEST_SOURCE, room))}`;
  });
  return `${title}\n${lines.map((line) => `${line.trimEnd()}\n`).join('')}`;
}

function widest(texts: readonly string[], most = Number.POSITIVE_INFINITY): number {
  return Math.min(
    most,
    texts.reduce((width, text) => Math.max(width, displayWidth(text)), 0),
  );
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}
