import type { Layers } from '../../model/document/layers.ts';
import type { Asked, BranchDirectory, BranchEntry, BranchReader } from '../../model/layers/entry.ts';
import type { AttributeForm, Union } from '../../model/layers/union.ts';
import { below, mountAt } from '../../model/mount-tree.ts';
import type { MountLine } from '../../model/mountinfo.ts';
import { type Failure, ok, type Reading } from '../../model/reading.ts';
import type { Steps } from '../../model/steps.ts';
import { asked as bits } from '../../native/library.ts';
import type { BranchFiles, Host } from '../host.ts';
import { FUSE, isFuse } from '../read-inside.ts';

export type Branches = BranchReader & {
  /** At most `maxBytes` of a regular file of a branch, from a place on: what a preview shows. */
  contents(index: number, path: string, from: number, maxBytes: number): Reading<Buffer>;
};

/** What says that a branch has no such directory. */
const NO_DIRECTORY: readonly string[] = ['ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV'];

const OWNER_BITS: { readonly [form in AttributeForm]: number } = {
  trusted: bits.trusted,
  user: bits.user,
  fuse: bits.fuse,
};

/**
 * Reads the branches of a union from where they are on the host. `mounts`: what we see mounted; a branch that a FUSE
 * daemon answers for (fuse(4)), or that has one mounted in it, is `unsupported` with the code `FUSE`: a daemon that
 * hangs would hang us.
 */
export function openBranches(
  host: Host,
  union: Union,
  branches: Layers['branches'],
  mounts: readonly MountLine[],
): Branches {
  const { branches: files } = host;
  const owners = union.form.attributes.reduce((all, form) => all | OWNER_BITS[form], 0);
  const roots = new Map(branches.map(({ index, path }) => [index, { path, failure: failureAt(path, mounts) }]));
  const encode = (asked: Asked): number =>
    owners |
    (asked.fileMarks ? bits.files : 0) |
    (asked.targets ? bits.targets : 0) |
    (asked.capabilities ? bits.capabilities : 0);

  function at<T>(index: number, read: (files: BranchFiles, root: string) => Reading<T>): Reading<T> {
    const root = roots.get(index);
    if (root === undefined || files === undefined) {
      return { status: 'unsupported', path: root?.path ?? String(index), code: 'ENOSYS' };
    }
    return root.failure ?? read(files, root.path);
  }

  function* list(index: number, path: string, asked: Asked, most: number): Steps<Reading<BranchDirectory | null>> {
    const entries: BranchEntry[] = [];
    let rest = 0;
    let from: number | null = null;
    try {
      do {
        const part = at(index, (files, root) => files.part(root, path, encode(asked), from));
        from = null;
        if (part.status !== 'ok') {
          return isNoDirectory(part) ? ok(null) : part;
        }
        from = part.value.more;
        const found = part.value.entries.filter((entry) => entry !== null);
        const room = Math.max(0, most - entries.length);
        entries.push(...found.slice(0, room));
        rest += Math.max(0, found.length - room);
        if (from !== null) {
          yield;
        }
      } while (from !== null);
    } finally {
      if (from !== null) {
        files?.release(from);
      }
    }
    return ok({ entries, rest });
  }

  return {
    list,
    find(index, path, names, asked) {
      const found = at(index, (files, root) => files.names(root, path, encode(asked), names));
      return found.status !== 'ok' && isNoDirectory(found) ? ok(null) : found;
    },
    contents: (index, path, from, maxBytes) => at(index, (files, root) => files.contents(root, path, from, maxBytes)),
  };
}

/** Whether the overlay module of this host writes and follows metacopies where a mount does not say it. */
export function hasMetacopyByDefault(host: Host): boolean {
  const parameter = host.readText('/sys/module/overlay/parameters/metacopy', 'unsupported');
  return parameter.status !== 'ok' || parameter.value.startsWith('Y');
}

function isNoDirectory(failure: Failure): boolean {
  return failure.status === 'unsupported' && NO_DIRECTORY.includes(failure.code);
}

function failureAt(path: string, mounts: readonly MountLine[]): Failure | null {
  const on = mountAt(path, mounts);
  const served =
    (on !== null && isFuse(on.fsType)) ||
    mounts.some(({ target, fsType }) => isFuse(fsType) && below(target, path) !== null);
  return served ? { status: 'unsupported', path, code: FUSE } : null;
}
