import type { IdMap } from '../spec.ts';

/** The text of user_namespaces(7) uid_map. */
export function mapText(maps: readonly IdMap[]): string {
  return maps.map(({ inside, outside, count }) => `${inside} ${outside} ${count}\n`).join('');
}
