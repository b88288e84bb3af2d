import type { Branch } from '../document/layers.ts';
import type { ListedEntry } from './list-union.ts';
import { type MergedEntry, type Union, unionOf } from './union.ts';

/** Indexes of the branches of a union of two directories, A below and B above, with a writable one on top. */
export const WRITABLE = 0;
export const ABOVE = 1;
export const BELOW = 2;

export type TwoBranches = { readonly branches: readonly Branch[]; readonly union: Union };

const UNCOUNTED = {
  digest: null,
  createdBy: null,
  files: null,
  bytes: null,
  whiteouts: null,
  containers: null,
  images: null,
} as const satisfies Partial<Branch>;

/** That union, from where its branches can be read. `userMarks`: mounted with `userxattr`. */
export function twoBranches(
  { writable, above, below }: { readonly writable: string; readonly above: string; readonly below: string },
  userMarks: boolean,
): TwoBranches {
  const branches = [writable, above, below].map((path, index): Branch => {
    const [role, access] = index === WRITABLE ? (['rw', 'rw'] as const) : (['image', 'ro'] as const);
    return { ...UNCOUNTED, index, role, access, path };
  });
  const options: { [name: string]: true } = userMarks ? { userxattr: true } : {};
  const union = unionOf({ driver: 'overlay', options, branches }, false);
  if (union === null) {
    throw new Error('an overlay with branches is a union');
  }
  return { branches, union };
}

/** To change a file copies it: of a large one nobody would wait for it. */
const LARGEST_BYTES = 1 << 20;

/**
 * Files of the top of the union to show on what a change and a deletion do: one of A to change and one of B to delete,
 * where there are such; the same where there is but one. Null: there is none that was not touched yet. `owner`: who alone is known in the user namespace of
 * the union; the kernel copies nobody else's files there.
 */
export function untouchedFiles(
  entries: readonly ListedEntry[],
  owner: { readonly uid: number; readonly gid: number } | null,
): {
  readonly change: MergedEntry | null;
  readonly remove: MergedEntry | null;
} {
  const files = entries
    .filter(({ depth, entry }) => depth === 0 && isUntouchedFile(entry))
    .map(({ entry }) => entry)
    .filter(({ name }) => name.isWellFormed());
  const from = (index: number) => (entry: MergedEntry) => entry.version?.index === index;
  const above = files.filter(from(ABOVE));
  const remove = above.find(({ shadows }) => shadows.length === 0) ?? above[0] ?? files.at(-1) ?? null;
  const copied = files.filter(({ version }) => {
    return owner === null || (version?.entry.uid === owner.uid && version.entry.gid === owner.gid);
  });
  const others = copied.filter((entry) => entry !== remove);
  return { change: others.find(from(BELOW)) ?? others[0] ?? copied[0] ?? null, remove };
}

function isUntouchedFile({ kind, version }: MergedEntry): boolean {
  return kind === 'file' && version !== null && version.index !== WRITABLE && version.entry.sizeBytes <= LARGEST_BYTES;
}
