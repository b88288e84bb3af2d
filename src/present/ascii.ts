import { displayWidth, graphemes } from './printable.ts';

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
  '↵': '@',
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
  '┤': '+',
  '┄': '-',
  '┆': '|',
  '▁': '_',
  '▂': '.',
  '▃': '-',
  '▄': '=',
  '▅': '+',
  '▆': '*',
  '▇': '#',
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
  '“': '"',
  '”': '"',
  '−': '-',
  '×': 'x',
};

/**
 * Text for a terminal that knows ASCII only: the same number of columns; what has no stand-in becomes `?`. Several code
 * points may be one letter, a family say, so that what is not ASCII is taken letter by letter.
 */
export function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, (run) => graphemes(run).map(standIn).join(''));
}

function standIn(letter: string): string {
  return SIGNS[letter] ?? dots(letter) ?? '?'.repeat(displayWidth(letter));
}

const EVERY_SECOND = 0x95;

/**
 * A character of a braille chart by where its dots are: in its upper half, in its lower, in both. Every second one is of
 * the upper of two areas.
 */
function dots(sign: string): string | null {
  const bits = sign.charCodeAt(0) - 0x2800;
  if (bits < 0 || bits > 0xff) {
    return null;
  }
  if (bits === EVERY_SECOND) {
    return '%';
  }
  const isUpper = (bits & 0x1b) !== 0;
  return (bits & 0xe4) !== 0 ? (isUpper ? ':' : '.') : isUpper ? "'" : ' ';
}

/** locale(7): LC_ALL, then LC_CTYPE, then LANG say how text is encoded. */
export function isUtf8(env: { readonly [name: string]: string | undefined }): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return /utf-?8/i.test(locale ?? '');
}
