import { type BranchEntry, isWhole } from '../../model/layers/entry.ts';
import type { BranchContent } from '../../model/layers/sample.ts';
import { type Failure, ok, type Reading } from '../../model/reading.ts';
import { endSteps, type Steps } from '../../model/steps.ts';
import type { Host } from '../host.ts';

/** How a union marks what a branch hides: a device 0:0 (overlay) or a name `.wh.…` (aufs). */
export type WhiteoutForm = 'device' | 'name';

/** So far a walk of one branch goes before it says that it does not know. */
const MAX_ENTRIES = 400_000;

/** So many entries are looked at between two steps: about a millisecond. The native part reads more at once. */
const ENTRIES_PER_STEP = 256;

/** What is counted of an entry. */
type Counted = Pick<BranchEntry, 'name' | 'kind' | 'rdev' | 'links' | 'device' | 'inode' | 'sizeBytes'>;

/**
 * Counts what is in one branch. No link is followed, and no other file system entered where the native part reads. A
 * branch of more than `maxEntries` answers `unsupported` with `E2BIG`. Whiteouts kept in extended attributes (of overlays
 * inside overlays) are not seen.
 */
export function* walkBranch(
  host: Host,
  branch: string,
  forms: readonly WhiteoutForm[],
  maxEntries: number = MAX_ENTRIES,
): Steps<Reading<BranchContent>> {
  let entries = 0;
  let sinceStep = 0;
  let files = 0;
  let bytes = 0;
  let whiteouts = 0;
  const named = new Set<string>();
  const pending = ['/'];
  const count = (directory: string, { name, kind, rdev, links, device, inode, sizeBytes }: Counted): void => {
    if (forms.includes('name') && name.startsWith('.wh.')) {
      whiteouts += isMark(name) ? 0 : 1;
    } else if (kind === 'dir') {
      pending.push(directory === '/' ? `/${name}` : `${directory}/${name}`);
    } else if (kind === 'char' && rdev === '0:0' && forms.includes('device')) {
      whiteouts += 1;
    } else {
      files += 1;
      const counted = kind !== 'file' || (links > 1 && named.has(`${device}/${inode}`));
      bytes += counted ? 0 : sizeBytes;
      if (kind === 'file' && links > 1) {
        named.add(`${device}/${inode}`);
      }
    }
  };
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    const parts = partsOf(host, branch, directory);
    try {
      for (let part = parts.next(); ; part = parts.next()) {
        if (part.done === true) {
          if (part.value !== null && (directory === '/' || part.value.status === 'denied')) {
            return part.value;
          }
          break;
        }
        entries += part.value.length;
        if (entries > maxEntries) {
          return { status: 'unsupported', path: branch, code: 'E2BIG' };
        }
        for (const entry of part.value) {
          count(directory, entry);
        }
        sinceStep += part.value.length + 1;
        if (sinceStep >= ENTRIES_PER_STEP) {
          sinceStep = 0;
          yield;
        }
      }
    } finally {
      endSteps(parts);
    }
  }
  return ok({ files, bytes, whiteouts });
}

/** The entries of a directory, some at a time, however many there are; at last why there are no more, or null. */
function* partsOf(host: Host, branch: string, path: string): Generator<readonly Counted[], Failure | null, void> {
  if (host.branches === undefined) {
    return yield* listedParts(host, path === '/' ? branch : `${branch}${path}`);
  }
  let from: number | null = null;
  try {
    do {
      const part = host.branches.part(branch, path, 0, from);
      from = null;
      if (part.status !== 'ok') {
        return part;
      }
      from = part.value.more;
      yield part.value.entries.filter((entry) => entry !== null).filter(isWhole);
    } while (from !== null);
    return null;
  } finally {
    if (from !== null) {
      host.branches.release(from);
    }
  }
}

/** The same where the native part is missing: the names all at once. */
function* listedParts(host: Host, directory: string): Generator<readonly Counted[], Failure | null, void> {
  const names = host.list(directory, 'gone');
  if (names.status !== 'ok') {
    return names;
  }
  for (let from = 0; from < names.value.length; from += ENTRIES_PER_STEP) {
    yield names.value.slice(from, from + ENTRIES_PER_STEP).flatMap((name) => {
      const stat = host.stat(`${directory}/${name}`, 'gone');
      return stat.status === 'ok' ? [{ name, ...stat.value }] : [];
    });
  }
  return null;
}

/**
 * Names that hide no single name: aufs's own (`.wh..wh.aufs`, `.wh..wh.plnk`) and the marks of a directory that hides
 * everything below it (`.wh..wh..opq`, and `.wh..opq` of fuse-overlayfs, which is a device 0:0 besides).
 */
function isMark(name: string): boolean {
  return name.startsWith('.wh..wh.') || name === '.wh..opq';
}
