import type { BranchContent } from '../../model/layers/sample.ts';
import { ok, type Reading } from '../../model/reading.ts';
import type { Steps } from '../../model/steps.ts';
import type { Host } from '../host.ts';

/** How a union marks what a branch hides: a device 0:0 (overlay) or a name `.wh.…` (aufs). */
export type WhiteoutForm = 'device' | 'name';

/** So far a walk of one branch goes before it says that it does not know. */
const MAX_ENTRIES = 400_000;

/** So many entries are looked at between two steps: about a millisecond. */
const ENTRIES_PER_STEP = 256;

/**
 * Counts what is in one branch. Links are never followed. A branch of more than `maxEntries` answers `unsupported` with
 * `E2BIG`. Whiteouts kept in extended attributes (of overlays inside overlays) are not seen.
 */
export function* walkBranch(
  host: Host,
  branch: string,
  forms: readonly WhiteoutForm[],
  maxEntries: number = MAX_ENTRIES,
): Steps<Reading<BranchContent>> {
  let entries = 0;
  let files = 0;
  let bytes = 0;
  let whiteouts = 0;
  const named = new Set<string>();
  const pending = [branch];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    const names = host.list(directory, 'gone');
    if (names.status !== 'ok') {
      if (directory === branch || names.status === 'denied') {
        return names;
      }
      continue;
    }
    for (const name of names.value) {
      entries += 1;
      if (entries > maxEntries) {
        return { status: 'unsupported', path: branch, code: 'E2BIG' };
      }
      if (entries % ENTRIES_PER_STEP === 0) {
        yield;
      }
      if (forms.includes('name') && name.startsWith('.wh.')) {
        whiteouts += isMark(name) ? 0 : 1;
        continue;
      }
      const path = `${directory}/${name}`;
      const stat = host.stat(path, 'gone');
      if (stat.status !== 'ok') {
        continue;
      }
      const { kind, rdev, links, device, inode, sizeBytes } = stat.value;
      if (kind === 'dir') {
        pending.push(path);
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
    }
  }
  return ok({ files, bytes, whiteouts });
}

/**
 * Names that hide no single name: aufs's own (`.wh..wh.aufs`, `.wh..wh.plnk`) and the marks of a directory that hides
 * everything below it (`.wh..wh..opq`, and `.wh..opq` of fuse-overlayfs, which is a device 0:0 besides).
 */
function isMark(name: string): boolean {
  return name.startsWith('.wh..wh.') || name === '.wh..opq';
}
