/** A file as a branch has it. */
export type BranchFile = { readonly index: number; readonly path: string };

/** Files with the same bytes, so many each, of two branches or more; the topmost first. */
export type SameFiles = { readonly bytes: number; readonly files: readonly BranchFile[] };

/** What was found by comparing the contents of files of several branches. */
export type SameContents = {
  /** Those first that would save the most. */
  readonly groups: readonly SameFiles[];
  readonly readBytes: number;
  /** So much was allowed to be read. */
  readonly mostBytes: number;
  /** So many files were not compared to their end: beyond that, too many, or unreadable. */
  readonly uncompared: number;
};

/** Of each branch the bytes of files whose contents a branch above has again, under whatever name. */
export function copiedBytes({ groups }: Pick<SameContents, 'groups'>): ReadonlyMap<number, number> {
  const copied = new Map<number, number>();
  for (const { bytes, files } of groups) {
    for (const { index } of files) {
      if (index !== files[0]?.index) {
        copied.set(index, (copied.get(index) ?? 0) + bytes);
      }
    }
  }
  return copied;
}

/** Bytes that are there more than once. */
export function againBytes({ bytes, files }: SameFiles): number {
  return bytes * (files.length - 1);
}

/** Tells of a file whether a branch above has its contents again. */
export function copiedFiles({ groups }: Pick<SameContents, 'groups'>): (file: BranchFile) => boolean {
  const copied = new Set(
    groups.flatMap(({ files }) =>
      files.filter(({ index }) => index !== files[0]?.index).map(({ index, path }) => `${index} ${path}`),
    ),
  );
  return ({ index, path }) => copied.has(`${index} ${path}`);
}
