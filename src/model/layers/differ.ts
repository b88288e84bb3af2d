import type { BranchEntry } from './entry.ts';

/** S_IFDIR of inode(7); sockets and block devices have this bit too, and docker diff passes over their times as well. */
const DIRECTORY_BIT = 0o040000;

/**
 * Whether one path was changed between two versions, as `docker diff` has it: type, mode, owner, device number, file
 * capability, and of what is no directory size and time. A time without a fraction is compared by its seconds: archives
 * hold no more.
 */
export function isChanged(before: BranchEntry, now: BranchEntry): boolean {
  return (
    before.mode !== now.mode ||
    before.uid !== now.uid ||
    before.gid !== now.gid ||
    before.rdev !== now.rdev ||
    before.marks.capability !== now.marks.capability ||
    ((before.mode & DIRECTORY_BIT) === 0 && (before.sizeBytes !== now.sizeBytes || !isSameTime(before, now)))
  );
}

function isSameTime(before: BranchEntry, now: BranchEntry): boolean {
  return (
    before.mtimeSeconds === now.mtimeSeconds &&
    (before.mtimeNanoseconds === now.mtimeNanoseconds || before.mtimeNanoseconds === 0 || now.mtimeNanoseconds === 0)
  );
}
