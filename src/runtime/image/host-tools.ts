import type { Tools } from './busybox.ts';
import { readElf } from './elf.ts';
import { type HostFile, readHostFile } from './host-file.ts';
import type { LayerEntry } from './layer-entry.ts';
import { type Library, openLibrarySearch } from './libraries.ts';

/** What a person types to look around; what the host lacks is left out. */
const NAMES =
  'awk bash cat chmod cp cut date dd df du echo env false find findmnt free grep head hostname id ip kill less ln ls mkdir mount mv nproc ps printf pwd readlink rm sed seq sh sleep sort ss stat stty tail tee test top touch tr true tty umount uname uptime wc xargs'.split(
    ' ',
  );

/** Without these `top` and `less` know no terminal. */
const TERMINALS = ['l/linux', 's/screen', 's/screen-256color', 't/tmux-256color', 'x/xterm', 'x/xterm-256color'];

type Tool = { readonly file: HostFile; readonly content: Buffer; readonly interpreter: string | null };

/** The host's own shell and tools with the libraries they need. Null: no shell was found that would run elsewhere. */
export function hostTools(directories: readonly string[]): Tools | null {
  const search = openLibrarySearch();
  const tools = new Map<string, Tool>();
  const libraries = new Map<string, Library>();
  for (const name of NAMES) {
    const found = directories.map((directory) => readHostFile(`${directory}/${name}`)).find((file) => file !== null);
    const elf = found === undefined ? null : readElf(found.content);
    const needed = elf === null ? null : search.librariesOf(elf, found?.file.path ?? '');
    if (found === undefined || elf === null || needed === null) {
      continue;
    }
    tools.set(name, { ...found, interpreter: elf.interpreter });
    for (const library of needed) {
      libraries.set(library.name, library);
    }
  }
  return tools.has('sh') ? gather(tools, [...libraries.values()]) : null;
}

function gather(tools: ReadonlyMap<string, Tool>, libraries: readonly Library[]): Tools {
  const loaders = [...new Set([...tools.values()].map(({ interpreter }) => interpreter))].filter((one) => one !== null);
  const loaded = loaders.map((path) => ({ path, read: readHostFile(path) }));
  const terminals = TERMINALS.map((name) => ({ name, read: terminal(name) }));
  const files = [
    ...[...tools.values(), ...libraries].map(({ file }) => file),
    ...[...loaded, ...terminals].flatMap(({ read }) => (read === null ? [] : [read.file])),
  ];
  return {
    entries: [
      ...programEntries(tools),
      ...libraryEntries(libraries),
      ...loaded.flatMap(({ path, read }) => (read === null ? [] : [program(path.slice(1), read.content)])),
      ...terminals.flatMap(({ name, read }): readonly LayerEntry[] =>
        read === null ? [] : [{ kind: 'file', path: `usr/share/terminfo/${name}`, mode: 0o644, content: read.content }],
      ),
    ],
    files: [...new Map(files.map((file) => [file.path, file])).values()],
    createdBy: `COPY ${tools.get('sh')?.file.path} … /bin/ # the host's shell and ${tools.size - 1} tools with ${libraries.length} libraries`,
  };
}

/** Programs that are one file under several names stay one. */
function programEntries(tools: ReadonlyMap<string, Tool>): readonly LayerEntry[] {
  const first = new Map<string, string>();
  return [...tools].map(([name, { file, content }]): LayerEntry => {
    const before = first.get(file.path);
    if (before !== undefined) {
      return { kind: 'link', path: `bin/${name}`, target: before };
    }
    first.set(file.path, name);
    return program(`bin/${name}`, content);
  });
}

/**
 * All where the C library is: the loader of a host searches there without being told, while the directories that the
 * host's configuration adds would need it in the image too.
 */
function libraryEntries(libraries: readonly Library[]): readonly LayerEntry[] {
  const home = libraries.find(({ name }) => /^libc\.(so|musl)/.test(name))?.foundIn ?? '/lib';
  return libraries.map(({ name, content }) => program(`${home.slice(1)}/${name}`, content));
}

function program(path: string, content: Buffer): LayerEntry {
  return { kind: 'file', path, mode: 0o755, content };
}

function terminal(name: string): ReturnType<typeof readHostFile> {
  return (
    ['/usr/share/terminfo', '/lib/terminfo', '/etc/terminfo']
      .map((directory) => readHostFile(`${directory}/${name}`))
      .find((file) => file !== null) ?? null
  );
}
