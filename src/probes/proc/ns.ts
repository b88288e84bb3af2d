import { garbled, ok, type Reading } from '../../model/reading.ts';

const LINK = /^([a-z]+):\[(\d+)\]$/;

/** The text of a /proc/PID/ns/TYPE link, `mnt:[4026531832]`: its inode on nsfs. */
export function parseNamespaceLink(text: string, path = '/proc/PID/ns/TYPE'): Reading<number> {
  const inode = LINK.exec(text)?.[2];
  return inode === undefined ? garbled(path, text) : ok(Number(inode));
}
