import type { Layers } from '../document/layers.ts';
import type { Failure } from '../reading.ts';
import { type BranchEntry, type BranchName, type EntryKind, isWhole } from './entry.ts';

/**
 * The engine behind everything that is told of single paths of a union. What to call:
 *
 * - `openUnion(host, container, layers)` of src/probes/layers says how the union hides and merges, and reads its branches;
 *   also the contents of their files.
 * - `rootOf(union, reader)` is the merged `/`; `listDirectory(union, reader, directory)` what is in a merged directory:
 *   a `MergedEntry` for each name, deleted ones too. The `directory` of an entry opens the next one.
 * - `resolvePath(union, reader, path)` is the entry of one path.
 * - `changes(union, reader)` what the writable branch changed.
 * - `walkUnion(union, reader)` the whole tree; `searchUnion` looks for names in it, `measureUnion` says what each branch
 *   has that is seen, shadowed or deleted, which paths waste most, and where the container wrote.
 * - `mountedOver(path, mounts)` what hides a path from the container.
 *
 * All that reads is in steps (../steps.ts) and can be put down at each.
 */
export type Union = {
  readonly form: UnionForm;
  /** Indexes of the branches that are merged, top first. */
  readonly merged: readonly number[];
  /** Those that hold contents only, found by redirects of files. */
  readonly data: readonly number[];
  /** The index of the branch that the container writes to; null where it is read-only. */
  readonly writable: number | null;
};

/** How this kind of union marks what it hides and moves. */
export type UnionForm = {
  /** Whiteouts are character devices 0:0, or empty files with an attribute. */
  readonly devices: boolean;
  /** Whiteouts are names `.wh.NAME`, opaque directories hold `.wh..wh..opq`. */
  readonly names: boolean;
  /** Whose attributes count. */
  readonly attributes: readonly AttributeForm[];
  readonly metacopy: boolean;
  /** False: the kernel refuses directories that say they were renamed. */
  readonly redirects: boolean;
};

/** `trusted.overlay.…`, `user.overlay.…`, `user.fuseoverlayfs.…`. */
export type AttributeForm = 'trusted' | 'user' | 'fuse';

/** What keeps lower branches from being seen: which branch, by which of its entries. */
export type Hider = {
  readonly index: number;
  /** Where in that branch: the path itself, or one above it. */
  readonly path: string;
  /** `whiteout`, `opaque`, or what stands there in its place. */
  readonly kind: VersionKind;
};

export type VersionKind = EntryKind | 'whiteout' | 'opaque';

/** One directory of one branch that has part in a merged directory. */
export type Source = {
  readonly index: number;
  /** In the branch: after a rename not the same as in the union. */
  readonly path: string;
  /** Null: its names are seen. */
  readonly hidden: Hider | null;
  /** Empty files with the whiteout attribute hide here. */
  readonly attributeWhiteouts: boolean;
};

/** A merged directory, ready to be listed. */
export type UnionDirectory = {
  readonly path: string;
  /** Top first; also those that are hidden, for what they would have held. */
  readonly sources: readonly Source[];
  /** The same without the writable branch: what the container began with. `same`: it never touched anything here. */
  readonly before: readonly Source[] | 'same';
};

/** What one branch has at a path that another one provides or hides; of a listing the kind alone may be known. */
export type Shadow = {
  readonly index: number;
  readonly path: string;
  readonly kind: VersionKind;
  readonly entry: BranchName;
  /** A directory below the providing one whose names still shine through. */
  readonly merged: boolean;
};

/** What one branch has at a path, with all that the disk says of it. */
export type Version = Shadow & { readonly entry: BranchEntry };

/**
 * What the writable branch did. `within`: a directory that it has only because of something below it. Null: nothing, or
 * an untouched copy.
 */
export type ChangeState = 'added' | 'changed' | 'deleted' | 'within' | null;

export type MergedEntry<Other extends Shadow = Shadow> = {
  readonly name: string;
  /** In the union. */
  readonly path: string;
  readonly kind: EntryKind | 'deleted';
  /** What is seen; null of a deleted one. */
  readonly version: Version | null;
  /** The branch that has the contents of a file whose version is a metacopy. */
  readonly dataFrom: number | null;
  /** What else the branches have there, top first: whiteouts, opaque marks, and what they hide. */
  readonly shadows: readonly Other[];
  /** Of a deleted entry: what hides it, which may be a directory above it. */
  readonly deletedBy: Hider | null;
  readonly state: ChangeState;
  /** Of a directory, also of a deleted one. */
  readonly directory: UnionDirectory | null;
};

/** Whether all versions of it are known as the disk has them. */
export function isWholeEntry(entry: MergedEntry): entry is MergedEntry<Version> {
  return entry.shadows.every((shadow) => isWhole(shadow.entry));
}

/** What a branch has in a directory, and could not be read. */
export type Unread = { readonly index: number; readonly path: string; readonly failure: Failure };

export type MergedDirectory<Other extends Shadow = Shadow> = {
  readonly entries: readonly MergedEntry<Other>[];
  /** So many names, those of deleted entries among them, were only counted. */
  readonly rest: number;
  readonly unread: readonly Unread[];
};

/**
 * How the union of a container works; null where its root is none. `metacopyByDefault`: what the module does where the
 * options do not say it, for they are only shown where they differ; to look for such marks costs a third more.
 */
export function unionOf(
  layers: Pick<Layers, 'driver' | 'options' | 'branches'>,
  metacopyByDefault = true,
): Union | null {
  const form = formOf(layers, metacopyByDefault);
  if (form === null || layers.branches.length === 0) {
    return null;
  }
  const merged = layers.branches.filter(({ role }) => role !== 'data').map(({ index }) => index);
  return {
    form,
    merged,
    data: layers.branches.filter(({ role }) => role === 'data').map(({ index }) => index),
    writable: layers.branches.find(({ role }) => role === 'rw')?.index ?? null,
  };
}

function formOf(
  { driver, options, branches }: Pick<Layers, 'driver' | 'options' | 'branches'>,
  metacopyByDefault: boolean,
): UnionForm | null {
  switch (driver) {
    case 'overlay': {
      const data = branches.some(({ role }) => role === 'data');
      const user = options['userxattr'] === true;
      const metacopy = data || (options['metacopy'] ?? (metacopyByDefault ? 'on' : 'off')) === 'on';
      return {
        devices: true,
        names: false,
        attributes: [user ? 'user' : 'trusted'],
        metacopy,
        redirects: options['redirect_dir'] !== 'nofollow',
      };
    }
    case 'fuse-overlayfs':
      return {
        devices: true,
        names: true,
        attributes: ['trusted', 'user', 'fuse'],
        metacopy: false,
        redirects: false,
      };
    case 'aufs':
      return { devices: false, names: true, attributes: [], metacopy: false, redirects: false };
    case 'none':
      return null;
  }
}
