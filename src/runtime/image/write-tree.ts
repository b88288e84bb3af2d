import { chmodSync, closeSync, fsyncSync, lutimesSync, mkdirSync, openSync, symlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { LayerEntry } from './layer-entry.ts';

/**
 * Writes a layer into `directory`, which exists and is empty, as unpacking its archive would. `entries` are ordered
 * (orderEntries). What is written is on the disk when this returns. Throws what Node's fs throws.
 */
export function writeTree(directory: string, entries: readonly LayerEntry[]): void {
  const directories = [directory];
  chmodSync(directory, 0o755);
  for (const entry of entries) {
    const path = join(directory, entry.path);
    switch (entry.kind) {
      case 'directory':
        mkdirSync(path);
        // Not by mkdir: the umask would have a say.
        chmodSync(path, entry.mode);
        directories.push(path);
        break;
      case 'file':
        writeWholeFile(path, entry.content);
        chmodSync(path, entry.mode);
        lutimesSync(path, 0, 0);
        break;
      case 'link':
        symlinkSync(entry.target, path);
        lutimesSync(path, 0, 0);
        break;
    }
  }
  // Last, and the deepest first: writing into a directory changes its time.
  for (const path of directories.reverse()) {
    lutimesSync(path, 0, 0);
    syncToDisk(path);
  }
}

function writeWholeFile(path: string, content: Buffer): void {
  const fd = openSync(path, 'wx', 0o600);
  try {
    for (let at = 0; at < content.length; ) {
      at += writeSync(fd, content, at);
    }
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

export function syncToDisk(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
