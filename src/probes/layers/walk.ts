import type { BranchContent } from '../../model/layers/sample.ts';
import { ok, type Reading } from '../../model/reading.ts';
import type { Host } from '../host.ts';

/** What is left to a walk; shared by all branches of a container. */
export type WalkBudget = { entries: number; readonly deadlineUs: number };

/** How a union marks what a branch hides: a device 0:0 (overlay) or a name `.wh.…` (aufs). */
export type WhiteoutForm = 'device' | 'name';

/** How far a walk of one container's branches goes before it says that it does not know. */
export function walkBudget(host: Host): WalkBudget {
  return { entries: 400_000, deadlineUs: host.monotonicUs() + 3_000_000 };
}

/**
 * Counts what is in one branch. Links are never followed. A walk that would take too long answers `unsupported` with
 * `E2BIG`. Whiteouts kept in extended attributes (of overlays inside overlays) are not seen.
 */
export function walkBranch(
  host: Host,
  branch: string,
  forms: readonly WhiteoutForm[],
  budget: WalkBudget,
): Reading<BranchContent> {
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
      budget.entries -= 1;
      if (budget.entries < 0 || (budget.entries % 1024 === 0 && host.monotonicUs() > budget.deadlineUs)) {
        budget.entries = 0;
        return { status: 'unsupported', path: branch, code: 'E2BIG' };
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
