import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Elf, readElf } from './elf.ts';
import { type HostFile, readHostFile } from './host-file.ts';

/** A library as it is asked for, and the file that a program of the host would get. */
export type Library = {
  readonly name: string;
  readonly foundIn: string;
  readonly file: HostFile;
  readonly content: Buffer;
};

export type LibrarySearch = {
  /** All that a program needs, and what those need; null where one is missing. */
  librariesOf(elf: Elf, path: string): readonly Library[] | null;
};

/** Finds libraries as ld.so(8) does, but for its cache: what is in the cache is in the directories too. */
export function openLibrarySearch(): LibrarySearch {
  const directories = [...configuredDirectories('/etc/ld.so.conf', new Set()), ...muslDirectories(), ...TRUSTED];
  const found = new Map<string, Library>();

  function find(name: string, elf: Elf, path: string): Library | null {
    const origin = dirname(path);
    const own = elf.runpath.map((directory) => directory.replace(/\$ORIGIN|\$\{ORIGIN\}/g, origin));
    for (const directory of [...own, ...directories]) {
      const place = join(directory, name);
      const known = found.get(place) ?? load(name, directory, elf);
      if (known !== null) {
        found.set(place, known);
        return known;
      }
    }
    return null;
  }

  return {
    librariesOf: (elf, path) => {
      const needed = new Map<string, Library>();
      const pending = [{ elf, path }];
      for (let user = pending.pop(); user !== undefined; user = pending.pop()) {
        for (const name of user.elf.needed.filter((one) => !needed.has(one))) {
          const library = name.includes('/') ? null : find(name, user.elf, user.path);
          const libraryElf = library === null ? null : readElf(library.content);
          if (library === null || libraryElf === null) {
            return null;
          }
          needed.set(name, library);
          pending.push({ elf: libraryElf, path: library.file.path });
        }
      }
      return [...needed.values()];
    },
  };
}

/** Libraries of another machine may be in the same directories. */
function load(name: string, directory: string, user: Elf): Library | null {
  const read = readHostFile(join(directory, name));
  const elf = read === null ? null : readElf(read.content);
  return read !== null && elf?.bits === user.bits && elf.machine === user.machine
    ? { name, foundIn: directory, ...read }
    : null;
}

const TRUSTED = ['/lib64', '/usr/lib64', '/lib', '/usr/lib'];

/** Directories of ld.so.conf: one a line, `include PATTERN`, comments after `#`. */
function configuredDirectories(path: string, seen: Set<string>): readonly string[] {
  if (seen.has(path)) {
    return [];
  }
  seen.add(path);
  return lines(path).flatMap((line) => {
    const pattern = /^include\s+(.*)$/.exec(line)?.[1];
    if (pattern === undefined) {
      return line.startsWith('/') ? [line] : [];
    }
    return matching(join('/etc', pattern.startsWith('/') ? join('..', pattern) : pattern)).flatMap((included) =>
      configuredDirectories(included, seen),
    );
  });
}

/** A `*` in the last part only, which is all that distributions write. */
function matching(pattern: string): readonly string[] {
  const directory = dirname(pattern);
  const [start = '', end] = pattern.slice(directory.length + 1).split('*');
  if (end === undefined) {
    return [pattern];
  }
  try {
    return readdirSync(directory)
      .filter((name) => name.startsWith(start) && name.endsWith(end))
      .sort()
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}

/** musl has `/etc/ld-musl-ARCH.path`, with colons or line ends between directories. */
function muslDirectories(): readonly string[] {
  return matching('/etc/ld-musl-*.path').flatMap((path) => lines(path).flatMap((line) => line.split(':')));
}

function lines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.replace(/#.*/, '').trim())
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}
