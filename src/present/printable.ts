import stringWidth from 'string-width';

const PLAIN = /^[\x20-\x7e]*$/;
/** What is one UTF-16 unit and one column: Latin, punctuation, and the signs that our own views are made of. */
export const NARROW_LETTER =
  /[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2190-\u2193\u21b5\u21c4\u2212\u2500-\u25a1\u25b4\u25b8\u25be\u25cb\u25cf\u2801-\u28ff\u26a0\u2713\u2717\ufffd]/;
const NARROW = new RegExp(`^${NARROW_LETTER.source}*$`);
const REPLACEMENT = '�';
const ELLIPSIS = '…';

/** Text of strangers made fit for a terminal: whatever is not a visible character becomes `�`. */
export function printable(text: string): string {
  return PLAIN.test(text) ? text : withoutUnprintable(text);
}

/**
 * What text of strangers must not do to a terminal or a reader: control it (C0, DEL, C1), turn its order (bidi
 * controls), hide in it (zero-width, fillers, variation selectors, tags), break its line (U+2028, U+2029), be no
 * character at all (lone surrogates, noncharacters), or stack more than two marks on one letter, which climb out of its
 * line. Patterns of Unicode's properties stand here, since only to read them takes a millisecond of a start.
 */
function withoutUnprintable(text: string): string {
  const unprintable =
    /[\p{Control}\p{Default_Ignorable_Code_Point}\p{Surrogate}\p{Noncharacter_Code_Point}\u2028\u2029\ufff9-\ufffb]/gu;
  return text.replace(unprintable, REPLACEMENT).replace(/(\p{Mark}{2})\p{Mark}+/gu, '$1');
}

/** Terminal columns of printable text: wide characters take two. */
export function displayWidth(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}

export type Align = 'left' | 'right';

/** Text in exactly `width` columns: padded, or shortened in its middle so that both ends can be told. */
export function fitText(text: string, width: number, align: Align = 'left'): string {
  const short = shorten(text, width);
  const padding = ' '.repeat(Math.max(0, width - displayWidth(short)));
  return align === 'left' ? short + padding : padding + short;
}

/** Text in at most `width` columns, shortened in its middle; no wide character is split. */
export function shorten(text: string, width: number): string {
  if (displayWidth(text) <= width) {
    return text;
  }
  if (width <= 1) {
    return width === 1 ? ELLIPSIS : '';
  }
  const room = width - 1;
  return takeStart(text, Math.ceil(room / 2)) + ELLIPSIS + takeEnd(text, Math.floor(room / 2));
}

/** As much of the beginning as fits in `width` columns. */
export function takeStart(text: string, width: number): string {
  if (NARROW.test(text)) {
    return text.slice(0, width);
  }
  let taken = '';
  let used = 0;
  for (const letter of letters(text)) {
    used += stringWidth(letter);
    if (used > width) {
      break;
    }
    taken += letter;
  }
  return taken;
}

function takeEnd(text: string, width: number): string {
  if (NARROW.test(text)) {
    return text.slice(text.length - width);
  }
  let taken = '';
  let used = 0;
  for (const letter of letters(text).reverse()) {
    used += stringWidth(letter);
    if (used > width) {
      break;
    }
    taken = letter + taken;
  }
  return taken;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What a reader takes for one letter each. */
export function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Only so much of a long text as a screen can show. */
function letters(text: string): string[] {
  return graphemes(text.length > LONGEST ? text.slice(0, LONGEST / 2) + text.slice(-LONGEST / 2) : text);
}

const LONGEST = 2048;
