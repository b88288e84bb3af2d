import type { Problem } from '../model/document/problem.ts';
import { isUtf8, toAscii } from '../present/ascii.ts';
import { printable } from '../present/printable.ts';
import { openStandardOutput, writeStandardError } from '../standard-streams.ts';

/** Select graphic rendition, on and off: ECMA-48 8.3.117. */
const EMPHASES = { dim: [2, 22], red: [31, 39], green: [32, 39] } as const;

/** Emphasis in text output; the words alone always say the same. */
type Emphasis = keyof typeof EMPHASES;

/** Where a command's result goes. */
export type Output = {
  /** Width to fit tables to; null where nothing needs to fit (a pipe, a file). */
  readonly columns: number | null;
  readonly isTerminal: boolean;
  readonly colours: boolean;
  readonly utf8: boolean;
  write(text: string): void;
  /** Resolves when everything written is out of our hands: only then may the program end. */
  drained(): Promise<void>;
  /** What hides something from us, said beside the result: on stderr, and once however often it is seen. */
  notices(problems: readonly Problem[]): void;
  emphasise(emphasis: Emphasis, text: string): string;
};

/** stdout. Colours only on a terminal that did not ask for none (https://no-color.org: any non-empty value). */
export function openOutput(wantColour: boolean): Output {
  const { env } = process;
  const { columns, write, drained } = openStandardOutput();
  const isTerminal = columns !== null;
  const colours = wantColour && isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const utf8 = isUtf8(env);
  const ascii = isTerminal && !utf8;
  const said = new Set<string>();
  return {
    columns,
    isTerminal,
    colours,
    utf8,
    write: (text) => {
      write(ascii ? toAsciiLines(text) : text);
    },
    drained,
    notices: (problems) => {
      for (const { path, message, remedy } of problems) {
        const what = printable(`${path}: ${message}`);
        const note = `note: ${what}${remedy === null ? '' : ` (${printable(remedy)})`}\n`;
        if (!said.has(note)) {
          said.add(note);
          writeStandardError(note);
        }
      }
    },
    emphasise: (emphasis, text) => {
      const [on, off] = EMPHASES[emphasis];
      return colours ? `\x1b[${on}m${text}\x1b[${off}m` : text;
    },
  };
}

/** Line ends and our own emphasis stay as they are. */
function toAsciiLines(text: string): string {
  return text
    .split(/(\n|\x1b\[[0-9;]*m)/)
    .map((part, index) => (index % 2 === 0 ? toAscii(part) : part))
    .join('');
}

/** What JSON leaves as it is, and a terminal or a reader would obey: C1, bidi controls, separators, invisibles. */
const OBEYED = /[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

function escapeObeyed(json: string): string {
  return json.replace(OBEYED, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** One JSON document on one line, as streams of them need. */
export function jsonLine(document: unknown): string {
  return `${escapeObeyed(JSON.stringify(document))}\n`;
}

/** One JSON document for people and programs alike. */
export function jsonDocument(document: unknown): string {
  return `${escapeObeyed(JSON.stringify(document, null, 2))}\n`;
}
