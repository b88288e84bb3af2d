/** The beginning of one version of a file, or why there is none to show. */
export type Contents =
  | { readonly bytes: Uint8Array; readonly isWhole: boolean; readonly why: null }
  | { readonly bytes: null; readonly why: string };

export type Preview = { readonly kind: 'text' | 'hex'; readonly lines: readonly string[]; readonly isWhole: boolean };

/** Of a file that is no text so much is shown. */
const HEX_BYTES = 4096;
const BYTES_PER_LINE = 16;

/** Lines of text where it is UTF-8 without a NUL, else lines as `hexdump -C` has them. */
export function previewOf(bytes: Uint8Array, isWhole: boolean): Preview {
  const text = textOf(bytes, isWhole);
  if (text !== null) {
    return { kind: 'text', lines: linesOf(text), isWhole };
  }
  const shown = bytes.subarray(0, HEX_BYTES);
  const lines = Array.from({ length: Math.ceil(shown.length / BYTES_PER_LINE) }, (_, line) =>
    hexLine(shown.subarray(line * BYTES_PER_LINE, (line + 1) * BYTES_PER_LINE), line * BYTES_PER_LINE),
  );
  return { kind: 'hex', lines, isWhole: isWhole && shown.length === bytes.length };
}

/** Null where it is no text. A cut may have split the last character. */
export function textOf(bytes: Uint8Array, isWhole: boolean): string | null {
  if (bytes.includes(0)) {
    return null;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole });
  } catch {
    return null;
  }
}

export function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function hexLine(bytes: Uint8Array, at: number): string {
  const codes = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  const halves = `${codes.slice(0, 8).join(' ').padEnd(23)}  ${codes.slice(8).join(' ').padEnd(23)}`;
  const letters = Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
  return `${at.toString(16).padStart(8, '0')}  ${halves}  |${letters}|`;
}
