import type { IdMap } from '../../model/document/isolation.ts';
import type { Layers } from '../../model/document/layers.ts';
import {
  type Asked,
  type BranchDirectory,
  type BranchEntry,
  type BranchName,
  type BranchReader,
  isWhole,
} from '../../model/layers/entry.ts';
import type { AttributeForm, Union } from '../../model/layers/union.ts';
import { below, mountAt } from '../../model/mount-tree.ts';
import type { MountLine } from '../../model/mountinfo.ts';
import { type Failure, ok, type Reading, valueOr } from '../../model/reading.ts';
import { endSteps, type Steps } from '../../model/steps.ts';
import { asked as bits } from '../../native/library.ts';
import type { BranchFiles, Host } from '../host.ts';
import { FUSE, isFuse } from '../read-inside.ts';

export type Branches = BranchReader & {
  /** At most `maxBytes` of a regular file of a branch, from a place on: what a preview shows. */
  contents(index: number, path: string, from: number, maxBytes: number): Reading<Buffer>;
};

/** The ids by which lower branches are seen in the union, where these are not those on the disk: user_namespaces(7). */
export type IdShift = { readonly uidMap: readonly IdMap[]; readonly gidMap: readonly IdMap[] };

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
 * hangs would hang us. `shift`: how the union sees the owners of what is in the lower branches.
 */
export function openBranches(
  host: Host,
  union: Union,
  branches: Layers['branches'],
  mounts: readonly MountLine[],
  shift: IdShift | null = null,
): Branches {
  const { branches: files } = host;
  const owners = union.form.attributes.reduce((all, form) => all | OWNER_BITS[form], 0);
  const roots = new Map(branches.map(({ index, path }) => [index, { path, failure: failureAt(path, mounts) }]));
  const encode = (asked: Asked): number =>
    owners |
    (asked.fileMarks ? bits.files : 0) |
    (asked.targets ? bits.targets : 0) |
    (asked.capabilities ? bits.capabilities : 0);

  const overflow = shift === null ? null : { uid: overflowOf(host, 'uid'), gid: overflowOf(host, 'gid') };
  const asSeen = (index: number, entry: BranchEntry): BranchEntry =>
    shift === null || overflow === null || index === union.writable
      ? entry
      : {
          ...entry,
          uid: outsideId(entry.uid, shift.uidMap, overflow.uid),
          gid: outsideId(entry.gid, shift.gidMap, overflow.gid),
        };

  function at<T>(index: number, read: (files: BranchFiles, root: string) => Reading<T>): Reading<T> {
    const root = roots.get(index);
    if (root === undefined || files === undefined) {
      return { status: 'unsupported', path: root?.path ?? String(index), code: 'ENOSYS' };
    }
    return root.failure ?? read(files, root.path);
  }

  /** The parts of a directory, each with the bits by which it is asked for: these may change on the way. */
  function* parts(
    index: number,
    path: string,
    askedBits: () => number,
  ): Generator<readonly (BranchName | BranchEntry | null)[], Failure | null, void> {
    let from: number | null = null;
    try {
      do {
        const part = at(index, (files, root) => files.part(root, path, askedBits(), from));
        from = null;
        if (part.status !== 'ok') {
          return part;
        }
        from = part.value.more;
        yield part.value.entries;
      } while (from !== null);
      return null;
    } finally {
      if (from !== null) {
        files?.release(from);
      }
    }
  }

  /** Beyond `most` there is only to be counted. */
  function* first(
    index: number,
    path: string,
    askedBits: number,
    most: number,
  ): Steps<Reading<BranchDirectory<BranchName> | null>> {
    const entries: BranchName[] = [];
    let rest = 0;
    const steps = parts(index, path, () => (entries.length < most ? askedBits : bits.names));
    try {
      for (let step = steps.next(); ; step = steps.next()) {
        if (step.done === true) {
          const failure = step.value;
          return failure === null ? ok({ entries, rest }) : isNoDirectory(failure) ? ok(null) : failure;
        }
        for (const entry of step.value) {
          if (entry === null) {
            continue;
          }
          if (entries.length < most) {
            entries.push(isWhole(entry) ? asSeen(index, entry) : entry);
          } else {
            rest += 1;
          }
        }
        yield;
      }
    } finally {
      endSteps(steps);
    }
  }

  function* list(index: number, path: string, asked: Asked, most: number): Steps<Reading<BranchDirectory | null>> {
    const read = yield* first(index, path, encode(asked), most);
    if (read.status !== 'ok') {
      return read;
    }
    return ok(read.value === null ? null : { ...read.value, entries: read.value.entries.filter(isWhole) });
  }

  function* names(index: number, path: string): Generator<readonly string[], Failure | null, void> {
    const steps = parts(index, path, () => bits.names);
    try {
      for (let step = steps.next(); ; step = steps.next()) {
        if (step.done === true) {
          return step.value === null || isNoDirectory(step.value) ? null : step.value;
        }
        yield step.value.flatMap((entry) => entry?.name ?? []);
      }
    } finally {
      endSteps(steps);
    }
  }

  return {
    list,
    kinds: (index, path, asked, most) => first(index, path, encode(asked) | bits.kinds, most),
    names,
    find(index, path, names, asked) {
      const found = at(index, (files, root) => files.names(root, path, encode(asked), names));
      if (found.status !== 'ok') {
        return isNoDirectory(found) ? ok(null) : found;
      }
      return shift === null ? found : ok(found.value.map((entry) => (entry === null ? null : asSeen(index, entry))));
    },
    contents: (index, path, from, maxBytes) => at(index, (files, root) => files.contents(root, path, from, maxBytes)),
  };
}

/** What the kernel shows of what nobody has an id for; unless somebody changed it, proc_sys_kernel(5) says which. */
const OVERFLOW_ID = 65534;

function overflowOf(host: Host, kind: 'uid' | 'gid'): number {
  const text = valueOr(host.readText(`/proc/sys/kernel/overflow${kind}`, 'unsupported'), '').trim();
  return /^\d+$/.test(text) ? Number(text) : OVERFLOW_ID;
}

function outsideId(id: number, map: readonly IdMap[], overflow: number): number {
  const line = map.find(({ inside, count }) => id >= inside && id < inside + count);
  return line === undefined ? overflow : line.outside + id - line.inside;
}

function isNoDirectory(failure: Failure): boolean {
  return failure.status === 'unsupported' && NO_DIRECTORY.includes(failure.code);
}

/** Why a branch is not read: a daemon answers for it, or for something mounted in it. Null where the kernel does. */
export function failureAt(path: string, mounts: readonly MountLine[]): Failure | null {
  const on = mountAt(path, mounts);
  const served =
    (on !== null && isFuse(on.fsType)) ||
    mounts.some(({ target, fsType }) => isFuse(fsType) && below(target, path) !== null);
  return served ? { status: 'unsupported', path, code: FUSE } : null;
}
