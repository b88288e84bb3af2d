import type { VersionKind } from './union.ts';

type Found = { readonly index: number; readonly kind: VersionKind; readonly merged: boolean };

/**
 * What stood at a path before the branch `index` put something else in its place: a directory that hides the one below, or
 * another kind of file. Null where it did not.
 */
export function replacedKind(index: number, kind: VersionKind, shadows: readonly Found[]): VersionKind | null {
  const below = shadows.find((shadow) => shadow.index > index && !shadow.merged && !isMark(shadow));
  if (below === undefined) {
    return null;
  }
  const isOpaque = shadows.some((shadow) => shadow.index === index && shadow.kind === 'opaque');
  return below.kind !== kind || (kind === 'dir' && isOpaque) ? below.kind : null;
}

function isMark({ kind }: Found): boolean {
  return kind === 'whiteout' || kind === 'opaque';
}
