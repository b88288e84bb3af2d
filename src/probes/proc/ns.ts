import type { NamespaceType } from '../../model/document/namespace.ts';
import { garbled, ok, type Reading } from '../../model/reading.ts';

/** The eight types of namespaces(7), in the order that `NS` letters and tables have. */
export const NAMESPACE_TYPES = [
  'cgroup',
  'ipc',
  'mnt',
  'net',
  'pid',
  'time',
  'user',
  'uts',
] as const satisfies readonly NamespaceType[];

const LINK = /^([a-z]+):\[(\d+)\]$/;

/** The text of a /proc/PID/ns/TYPE link, `mnt:[4026531832]`: its inode on nsfs. */
export function parseNamespaceLink(text: string, path = '/proc/PID/ns/TYPE'): Reading<number> {
  const inode = LINK.exec(text)?.[2];
  return inode === undefined ? garbled(path, text) : ok(Number(inode));
}
