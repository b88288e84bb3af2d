/** One entry of a captured host. Paths are absolute, as the kernel names them. */
export type TreeEntry =
  | { readonly kind: 'file'; readonly text: string }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'error'; readonly code: string }
  | { readonly kind: 'dir' };

/** Files the kernel separates by NUL: only there are escapes, and the last line has no newline. */
const NUL_SEPARATED = /\/(?:cmdline|environ)$/;
const ESCAPED: Readonly<Record<string, string>> = { '\0': '\\0', '\n': '\\n', '\\': '\\\\' };
const UNESCAPED: Readonly<Record<string, string>> = { '0': '\0', n: '\n' };

const HEADER = /^=== (.+?)(?: -> (.*)| !(E[A-Z0-9]+))?$/;

/**
 * Reads the text form of a captured host:
 *
 *     === proc/42/stat              a file; the lines until the next header are its content
 *     === proc/42/ns/mnt -> mnt:[4026531832]
 *     === proc/42/io !EACCES        opening it, or anything below it, fails so
 *     === proc/42/fd/               an empty directory; others are implied
 *
 * Content is taken as it is (mountinfo holds `\040`), but for the NUL-separated files (`cmdline`, `environ`), where
 * `\0`, `\n`, `\\` and, at their start, `\=` are escapes. Lines before the first header are a comment.
 */
export function parseTree(text: string): Map<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  let path = '';
  let lines: string[] | undefined;
  const finish = () => {
    if (lines !== undefined) entries.set(path, { kind: 'file', text: contentOf(path, lines) });
    lines = undefined;
  };
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const header = HEADER.exec(line);
    if (header === null) {
      lines?.push(line);
      continue;
    }
    finish();
    const [, name = '', target, code] = header;
    path = `/${name.replace(/\/$/, '')}`;
    if (entries.has(path)) throw new Error(`${path} is twice in the tree`);
    if (target !== undefined) entries.set(path, { kind: 'link', target });
    else if (code !== undefined) entries.set(path, { kind: 'error', code });
    else if (name.endsWith('/')) entries.set(path, { kind: 'dir' });
    else lines = [];
  }
  finish();
  return entries;
}

function contentOf(path: string, lines: readonly string[]): string {
  if (!NUL_SEPARATED.test(path)) return lines.map((line) => `${line}\n`).join('');
  return lines.join('\n').replace(/\\([0n=\\])/g, (_, letter: string) => UNESCAPED[letter] ?? letter);
}

/** The text form of these entries, in their order; a file that the form cannot hold is an error. */
export function formatTree(entries: ReadonlyMap<string, TreeEntry>): string {
  return [...entries].map(([path, entry]) => `=== ${path.slice(1)}${formatEntry(path, entry)}`).join('');
}

function formatEntry(path: string, entry: TreeEntry): string {
  switch (entry.kind) {
    case 'link':
      return ` -> ${entry.target}\n`;
    case 'error':
      return ` !${entry.code}\n`;
    case 'dir':
      return '/\n';
    case 'file':
      return `\n${NUL_SEPARATED.test(path) ? formatNulSeparated(entry.text) : formatLines(path, entry.text)}`;
  }
}

function formatNulSeparated(text: string): string {
  if (text === '') return '';
  const escaped = text.replace(/[\\\0\n]/g, (letter) => ESCAPED[letter] ?? letter);
  return `${escaped.startsWith('=') ? '\\' : ''}${escaped}\n`;
}

function formatLines(path: string, text: string): string {
  if (/^===/m.test(text)) throw new Error(`${path} holds a line that looks like a header`);
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
