/** Lexical rules of kernel text files: nothing here knows what a file means. */

const OCTAL = /\\([0-7]{3})/g;

/**
 * Decodes `\040`-style escapes of mountinfo, /proc/mounts and sysfs paths (seq_path). An escape is one byte, so a run
 * of them can be one UTF-8 character.
 */
export function decodeOctal(text: string): string {
  if (!text.includes('\\')) {
    return text;
  }
  return text.replace(/(?:\\[0-7]{3})+/g, (run) => {
    const codes = Array.from(run.matchAll(OCTAL), (match) => Number.parseInt(match[1] ?? '0', 8));
    // Made when needed: making one costs every start some milliseconds.
    return new TextDecoder().decode(Uint8Array.from(codes));
  });
}

/** The lines of a file, without the empty one after its last newline. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') {
    lines.pop();
  }
  return lines;
}

/** An unsigned decimal, or null: `Number('')` and `Number(' 1e3')` are not what a kernel writes. */
export function decimal(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

/** NUL-separated strings of cmdline and environ. */
export function nulSeparated(text: string): readonly string[] {
  if (text === '') {
    return [];
  }
  return (text.endsWith('\0') ? text.slice(0, -1) : text).split('\0');
}

/** The same text by itself: V8 keeps the whole text alive that a slice of 13 letters or more was cut from. */
export function detached(slice: string): string {
  return Buffer.from(slice).toString();
}
