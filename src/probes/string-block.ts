/** Strings, each ended by NUL, as the native library takes them. A NUL inside one would shift all that follow. */
export function stringBlock(strings: readonly string[]): Buffer {
  const bytes = Buffer.from(strings.map((string) => `${string}\0`).join(''));
  if (strings.some((string) => string.includes('\0'))) throw new Error('a path holds a NUL');
  return bytes;
}
