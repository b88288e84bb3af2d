import { displayWidth } from './printable.ts';

/** Our own signs and what stands for them, column for column, where the locale is not UTF-8. */
const SIGNS: { readonly [sign: string]: string } = {
  '–': '-',
  '—': '-',
  '…': '~',
  '·': '.',
  '•': '*',
  '▸': '>',
  '▾': 'v',
  '▴': '^',
  '⇄': '=',
  '↵': '<',
  '→': '>',
  '←': '<',
  '↑': '^',
  '↓': 'v',
  '│': '|',
  '─': '-',
  '├': '|',
  '└': '`',
  '┌': '+',
  '┐': '+',
  '┘': '+',
  '┼': '+',
  '▕': '[',
  '▏': ']',
  '█': '#',
  '▉': '#',
  '▊': '#',
  '▋': '=',
  '▌': '=',
  '▍': '-',
  '▎': '-',
  '●': '*',
  '○': 'o',
  '✓': '+',
  '✗': 'x',
  '⚠': '!',
  '’': "'",
  '−': '-',
  '×': 'x',
};

/** Text for a terminal that knows ASCII only: the same number of columns; what has no stand-in becomes `?`. */
export function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (sign) => SIGNS[sign] ?? '?'.repeat(displayWidth(sign)));
}

/** locale(7): LC_ALL, then LC_CTYPE, then LANG say how text is encoded. */
export function isUtf8(env: { readonly [name: string]: string | undefined }): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return /utf-?8/i.test(locale ?? '');
}
