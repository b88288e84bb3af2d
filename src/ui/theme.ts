import { isUtf8, toAscii } from '../present/ascii.ts';
import type { Row, Span, Tone } from './rows.ts';

type Depth = 'none' | '16' | '256' | 'true';

export type Theme = { readonly depth: Depth; readonly utf8: boolean };

type Environment = { readonly [name: string]: string | undefined };

/** What the terminal can show, by its environment alone: https://no-color.org, COLORTERM, TERM, locale(7). */
export function themeOf(env: Environment): Theme {
  return { depth: depthOf(env), utf8: isUtf8(env) };
}

function depthOf(env: Environment): Depth {
  const term = env['TERM'] ?? '';
  if ((env['NO_COLOR'] ?? '') !== '' || term === 'dumb' || term === '') {
    return 'none';
  }
  if (/^(truecolor|24bit)$/.test(env['COLORTERM'] ?? '')) {
    return 'true';
  }
  return /256|kitty|alacritty|ghostty/.test(term) ? '256' : '16';
}

/** SGR parameters of a tone: on 16 colours the user's own palette, else colours that read on dark and on light. */
type Palette = { readonly [tone in Tone]: string };

const PALETTES: {
  readonly [depth in Depth]: { readonly plain: Palette; readonly selected: Palette; readonly bar: string };
} = {
  none: {
    plain: palette({ dim: '2' }),
    selected: palette({}),
    bar: '7',
  },
  16: {
    plain: palette({
      dim: '90',
      accent: '36',
      good: '32',
      warn: '33',
      bad: '31',
      pairs: ['35', '34', '36', '32', '95', '94'],
    }),
    selected: palette({
      dim: '37',
      accent: '96',
      good: '92',
      warn: '93',
      bad: '91',
      pairs: ['95', '96', '93', '92', '97', '37'],
    }),
    bar: '44;97',
  },
  256: {
    plain: palette({
      dim: '38;5;244',
      accent: '38;5;37',
      good: '38;5;71',
      warn: '38;5;172',
      bad: '38;5;167',
      pairs: ['38;5;170', '38;5;68', '38;5;136', '38;5;72', '38;5;131', '38;5;98'],
    }),
    selected: palette({
      dim: '38;5;250',
      accent: '38;5;87',
      good: '38;5;120',
      warn: '38;5;221',
      bad: '38;5;217',
      pairs: ['38;5;219', '38;5;117', '38;5;228', '38;5;158', '38;5;217', '38;5;189'],
    }),
    bar: '48;5;24;38;5;231',
  },
  true: {
    plain: palette({
      dim: '38;2;128;136;146',
      accent: '38;2;42;161;170',
      good: '38;2;92;160;92',
      warn: '38;2;205;135;30',
      bad: '38;2;214;86;82',
      pairs: [
        '38;2;190;100;190',
        '38;2;90;135;210',
        '38;2;170;135;50',
        '38;2;80;165;130',
        '38;2;190;100;110',
        '38;2;135;110;205',
      ],
    }),
    selected: palette({
      dim: '38;2;185;198;210',
      accent: '38;2;110;230;240',
      good: '38;2;150;225;150',
      warn: '38;2;250;205;110',
      bad: '38;2;255;170;165',
      pairs: [
        '38;2;240;175;240',
        '38;2;165;205;255',
        '38;2;240;215;140',
        '38;2;160;235;205',
        '38;2;250;180;190',
        '38;2;205;190;255',
      ],
    }),
    bar: '48;2;30;72;104;38;2;245;248;250',
  },
};

function palette(given: Partial<Palette> & { readonly pairs?: readonly string[] }): Palette {
  const [pair1 = '', pair2 = '', pair3 = '', pair4 = '', pair5 = '', pair6 = ''] = given.pairs ?? [];
  const { dim = '', accent = '', good = '', warn = '', bad = '' } = given;
  return { dim, accent, good, warn, bad, pair1, pair2, pair3, pair4, pair5, pair6 };
}

/** A row as text with SGR sequences, each closed before the row ends. */
export function paintRow(row: Row, theme: Theme): string {
  let painted = '';
  let current = '';
  for (const piece of row) {
    if (piece.text === '') {
      continue;
    }
    const style = styleOf(piece, theme);
    if (style !== current) {
      painted += style === '' ? '\u001b[0m' : `\u001b[0;${style}m`;
      current = style;
    }
    painted += theme.utf8 ? piece.text : toAscii(piece.text);
  }
  return current === '' ? painted : `${painted}\u001b[0m`;
}

function styleOf(piece: Span, theme: Theme): string {
  const { plain, selected, bar } = PALETTES[theme.depth];
  const colours = piece.selected === true ? selected : plain;
  return [
    piece.selected === true ? bar : '',
    piece.bold === true ? '1' : '',
    piece.underline === true ? '4' : '',
    piece.tone === undefined ? '' : colours[piece.tone],
  ]
    .filter((parameter) => parameter !== '')
    .join(';');
}
