import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseTree } from './tree-text.ts';

/** Writes a text tree below a directory. Marks of errors cannot be written and are left out. */
export function unpackTree(treeText: string, directory: string): void {
  for (const [path, entry] of parseTree(treeText)) {
    const place = directory + path;
    mkdirSync(entry.kind === 'dir' ? place : dirname(place), { recursive: true });
    if (entry.kind === 'file') writeFileSync(place, entry.text);
    if (entry.kind === 'link') symlinkSync(entry.target, place);
  }
}
