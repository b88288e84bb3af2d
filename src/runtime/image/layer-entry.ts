/** One path of a layer, relative to its root and without a slash at either end. Owner root, mode as given, time 0. */
export type LayerEntry =
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly content: Buffer }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

/**
 * The entries in the one order that a layer has them: by the bytes of their paths, so that parents come before what is
 * in them; with the parents that nobody named. Of two with one path the last counts.
 */
export function orderEntries(entries: readonly LayerEntry[]): readonly LayerEntry[] {
  const byPath = new Map<string, LayerEntry>();
  for (const { path } of entries) {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
      const parent = path.slice(0, at);
      byPath.set(parent, { kind: 'directory', path: parent, mode: 0o755 });
    }
  }
  for (const entry of entries) {
    byPath.set(entry.path, entry);
  }
  return [...byPath.values()].sort((one, other) => Buffer.compare(Buffer.from(one.path), Buffer.from(other.path)));
}
