/** `sha256:` and 64 hexadecimal digits, as images name all that they are made of. */
export type Digest = `sha256:${string}`;

export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
