import type { IdMap } from '../spec.ts';

/** The text of user_namespaces(7) uid_map. */
export function mapText(maps: readonly IdMap[]): string {
  return maps.map(({ inside, outside, count }) => `${inside} ${outside} ${count}\n`).join('');
}

/** The host's id of root inside; 0 where it is not mapped. */
export function outsideRoot(maps: readonly IdMap[]): number {
  return maps.find(({ inside }) => inside === 0)?.outside ?? 0;
}
