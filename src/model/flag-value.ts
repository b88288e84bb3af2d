/** The value of the first of these flags, in the forms `-f v`, `--f v`, `-f=v`, `--f=v` of Go's and C's parsers. */
export function flagValue(argv: readonly string[], ...names: readonly string[]): string | null {
  for (const [index, argument] of argv.entries()) {
    const match = /^--?([a-zA-Z][a-zA-Z-]*)(?:=([\s\S]*))?$/.exec(argument);
    if (match === null || !names.includes(match[1] ?? '')) continue;
    const value = match[2] ?? argv[index + 1];
    if (value !== undefined && value !== '') return value;
  }
  return null;
}
