import { type BranchName, isWhole } from './entry.ts';
import type { Hider, Source, UnionForm, VersionKind } from './union.ts';

/** aufs's prefix; what follows twice is its own (`.wh..wh.plnk`), or the mark of an opaque directory. */
const PREFIX = '.wh.';
const PLUMBING = '.wh..wh.';

/** Names that make a directory opaque: of aufs and fuse-overlayfs, and of earlier fuse-overlayfs. */
export const OPAQUE_NAMES: readonly string[] = ['.wh..wh..opq', '.wh..opq'];

/** What one branch has at a name. */
export type Found = { readonly source: Source; readonly entry: BranchName; readonly whiteout: boolean };

/** The name that an entry is about: what it hides, if it is a whiteout by name. Null: it is the union's own. */
export function nameOf(form: UnionForm, entry: Pick<BranchName, 'name'>): string | null {
  if (!form.names || !entry.name.startsWith(PREFIX)) {
    return entry.name;
  }
  return entry.name.startsWith(PLUMBING) || OPAQUE_NAMES.includes(entry.name) ? null : entry.name.slice(PREFIX.length);
}

/** The names under which a branch would say something of this one. */
export function namesFor(form: UnionForm, name: string): readonly string[] {
  return form.names ? [PREFIX + name, name] : [name];
}

export function foundIn(form: UnionForm, source: Source, entry: BranchName): Found {
  const byName = form.names && entry.name.startsWith(PREFIX);
  // A device, and a file where its attributes count, is never told of by its kind alone.
  const byDevice = form.devices && entry.kind === 'char' && isWhole(entry) && entry.rdev === '0:0';
  const byAttribute =
    source.attributeWhiteouts &&
    entry.kind === 'file' &&
    entry.marks.whiteout &&
    isWhole(entry) &&
    entry.sizeBytes === 0;
  return { source, entry, whiteout: byName || byDevice || byAttribute };
}

/** What it hides others by. */
export function hiderOf({ source, entry, whiteout }: Found, opaque = false): Hider {
  return { index: source.index, path: joinPath(source.path, entry.name), kind: kindOf(entry, whiteout, opaque) };
}

export function kindOf(entry: BranchName, whiteout: boolean, opaque: boolean): VersionKind {
  if (whiteout) {
    return 'whiteout';
  }
  return opaque ? 'opaque' : entry.kind;
}

export function joinPath(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}
