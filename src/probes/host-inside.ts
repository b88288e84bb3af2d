import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync, statfsSync } from 'node:fs';
import { ok, type Reading } from '../model/reading.ts';
import { attempt, failureOf } from './errno.ts';
import { O_PATH, openNamed, type Refused } from './host-regular.ts';

/** statfs(2) f_type of procfs, whose links jump anywhere. */
const PROC_SUPER_MAGIC = 0x9fa0;
/** path_resolution(7): as many links as the kernel follows. */
const MAX_LINKS = 40;

/**
 * Reads a regular file below `root` as openat2(2) with RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS would, where there is
 * no such call: each component is opened from the one before, a link is resolved here, and `..` goes back to the
 * directory it came from, which nobody can move. Absent: `unsupported`; the root itself absent: `gone`.
 */
export function readInsideRoot(root: string, path: string, kernelPath: string, maxBytes: number): Reading<string> {
  const opened = attempt(kernelPath, 'gone', () => openSync(root, O_PATH | constants.O_DIRECTORY));
  if (opened.status !== 'ok') return opened;
  const held = [opened.value];
  try {
    const walked = attempt(kernelPath, 'unsupported', () => walk(held, path) ?? readHeld(held, maxBytes));
    if (walked.status !== 'ok') return walked;
    return typeof walked.value === 'string'
      ? ok(walked.value)
      : failureOf(walked.value.code, kernelPath, 'unsupported');
  } finally {
    for (const fd of held) closeSync(fd);
  }
}

/** Goes down from the one held directory; afterwards the last held descriptor is the file. */
function walk(held: number[], path: string): Refused | undefined {
  const pending = path.split('/').reverse();
  let links = 0;
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      backTo(held, held.length - 1);
      continue;
    }
    const parent = inside(held);
    const here = `${parent}/${name}`;
    const fd = openSync(here, O_PATH | constants.O_NOFOLLOW);
    held.push(fd);
    if (!fstatSync(fd).isSymbolicLink()) continue;
    links += 1;
    if (links > MAX_LINKS || statfsSync(parent).type === PROC_SUPER_MAGIC) return { code: 'ELOOP' };
    const target = readlinkSync(here);
    backTo(held, target.startsWith('/') ? 1 : held.length - 1);
    pending.push(...target.split('/').reverse());
  }
  return undefined;
}

/** The root stays, whatever `..` says. */
function backTo(held: number[], count: number): void {
  for (const fd of held.splice(Math.max(count, 1))) closeSync(fd);
}

function inside(held: readonly number[]): string {
  return `/proc/self/fd/${held.at(-1)}`;
}

function readHeld(held: readonly number[], maxBytes: number): string | Refused {
  const opened = openNamed(held.at(-1) ?? -1);
  if ('code' in opened) return opened;
  const { fd } = opened;
  try {
    const bytes = Buffer.allocUnsafe(maxBytes);
    let used = 0;
    for (let more = -1; used < maxBytes && more !== 0; used += more)
      more = readSync(fd, bytes, used, maxBytes - used, used);
    return bytes.toString('utf8', 0, used);
  } finally {
    closeSync(fd);
  }
}
