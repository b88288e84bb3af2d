import { readElf } from './elf.ts';
import { type HostFile, readHostFile } from './host-file.ts';
import type { LayerEntry } from './layer-entry.ts';

/** The tools of an image: what to put into it and which files of the host it came from. */
export type Tools = {
  readonly entries: readonly LayerEntry[];
  readonly files: readonly HostFile[];
  /** The instruction that the image's history shows. */
  readonly createdBy: string;
};

/** A static busybox of this machine, which is a shell and all tools in one file. Null: the host has none. */
export function busyboxTools(directories: readonly string[]): Tools | null {
  for (const directory of directories) {
    const found = readHostFile(`${directory}/busybox`);
    const elf = found === null ? null : readElf(found.content);
    const names = found === null ? [] : appletNames(found.content);
    if (found === null || elf === null || elf.interpreter !== null || elf.needed.length > 0 || !names.includes('sh')) {
      continue;
    }
    const others = names.filter((name) => name !== 'busybox');
    return {
      entries: [
        { kind: 'file', path: 'bin/busybox', mode: 0o755, content: found.content },
        ...others.map((name) => ({ kind: 'link' as const, path: `bin/${name}`, target: 'busybox' })),
      ],
      files: [found.file],
      createdBy: `COPY ${found.file.path} /bin/ # static, as ${others.length} tools`,
    };
  }
  return null;
}

/** The first of busybox's sorted list of its own names, which is a text with a NUL after each and one more at its end. */
const FIRST_NAMES = '[\0[[\0';
const NAME = /^[a-z0-9_.[-]+$/i;

function appletNames(file: Buffer): readonly string[] {
  const start = file.indexOf(FIRST_NAMES, 0, 'latin1');
  const end = start < 0 ? -1 : file.indexOf('\0\0', start, 'latin1');
  const names = end < 0 ? [] : file.toString('latin1', start, end).split('\0');
  return names.every((name) => NAME.test(name)) ? names : [];
}
