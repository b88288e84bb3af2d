import { mkdirSync, readdirSync, rmdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { namesIn } from '../state/names-in.ts';
import { StateFailure } from '../state/state-failure.ts';

/**
 * Who has which address: a folder for each address, with one empty file in it that is called by the owner. Every step is
 * one call of the kernel that succeeds for one process only, so that no lock is needed: making the folder takes the
 * address, and what takes a lease away names its owner, so that it never takes another's.
 */

/** A folder without an owner is being taken, or its taker died; this long is nobody between two calls. */
const UNFINISHED_MS = 60_000;

/** The first of these addresses that nobody has, now the owner's; null: all are taken. */
export function takeLease(directory: string, owner: string, addresses: Iterable<string>): string | null {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const taken = new Set(readdirSync(directory));
    for (const address of addresses) {
      if (!taken.has(address) && takeOne(`${directory}/${address}`, owner)) return address;
    }
    return null;
  } catch (error) {
    throw StateFailure.of(directory, error);
  }
}

function takeOne(place: string, owner: string): boolean {
  try {
    mkdirSync(place, { mode: 0o700 });
    writeFileSync(`${place}/${owner}`, '', { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Another was faster, or the folder was swept before the owner was in it.
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw error;
  }
}

/** Gives up what these owners have. */
export function dropLeases(directory: string, isGone: (owner: string) => boolean): void {
  for (const address of namesIn(directory)) {
    const place = `${directory}/${address}`;
    const owners = namesIn(place);
    const gone = owners.filter(isGone);
    for (const owner of gone) attempt(() => unlinkSync(`${place}/${owner}`));
    if (gone.length > 0 || (owners.length === 0 && isOld(place))) attempt(() => rmdirSync(place));
  }
}

/** Whether it was left alone for longer than any start takes. */
export function isOld(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > UNFINISHED_MS;
}

/** Whoever else did it first has done it. */
function attempt(call: () => void): void {
  try {
    call();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY') throw error;
  }
}
