import { lstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs';

/** proc(5) symloop. */
const MOST_LINKS = 40;
/** Nothing that is asked for here is longer; a stranger's file may be. */
const MOST_BYTES = 4 << 20;

/** The directories of the layers that together are one directory, the topmost first. */
type Merged = readonly string[];

/**
 * The text of a file as a process with these layers for its root would read it, the topmost layer first. Links are
 * followed within the root alone: one to `/etc/passwd` is the image's own, never the host's. Null: it has no such file.
 */
export function readInLayers(layers: readonly string[], path: string): string | null {
  const left = partsOf(path);
  const above: Merged[] = [layers];
  let links = 0;
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    const here = above.at(-1) ?? layers;
    if (name === '..') {
      if (above.length > 1) {
        above.pop();
      }
      continue;
    }
    const found = entryIn(here, name);
    if (found === null) {
      return null;
    }
    if (found.stat.isDirectory()) {
      above.push(found.directories);
    } else if (!found.stat.isSymbolicLink()) {
      return left.length === 0 && found.stat.isFile() && found.stat.size <= MOST_BYTES ? textOf(found.path) : null;
    } else {
      links += 1;
      const target = links > MOST_LINKS ? null : linkOf(found.path);
      if (target === null) {
        return null;
      }
      if (target.startsWith('/')) {
        above.splice(1);
      }
      left.unshift(...partsOf(target));
    }
  }
  return null;
}

type Entry = { readonly path: string; readonly stat: Stats; readonly directories: Merged };

/** What the topmost layer has under this name; a directory goes on in those below until one has something else there. */
function entryIn(here: Merged, name: string): Entry | null {
  const directories: string[] = [];
  let first: Entry | null = null;
  for (const directory of here) {
    const path = `${directory}/${name}`;
    const stat = statOf(path);
    if (stat === null) {
      continue;
    }
    // A whiteout: deleted, whatever is below.
    if (stat.isCharacterDevice() && first === null) {
      return null;
    }
    first ??= { path, stat, directories };
    if (!first.stat.isDirectory() || !stat.isDirectory()) {
      break;
    }
    directories.push(path);
  }
  return first;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

function statOf(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
