import type { IdMap, UserMaps } from '../spec.ts';
import { readTextFile } from '../state/read-text-file.ts';
import { WrongValue } from '../wrong-value.ts';
import { RequestFailed } from './request-failed.ts';
import type { User } from './user.ts';

/** One container's share: every 16-bit id, as images use them. */
const SHARE = 65_536;

/** Where `auto` begins if the host keeps no range for containers: above what any account has. */
const USUAL_START = 1 << 30;

/** What subuid(5) entries for containers are called. */
const KEEPERS = ['nsview', 'containers', 'dockremap', 'root'];

/**
 * The id maps of a new user namespace; null: none is made. `auto` takes the host's range for containers, a text is
 * `INSIDE:OUTSIDE:COUNT[,…]`. An ordinary user maps root to itself, which is all that the kernel lets it.
 */
export function userMapsOf(userns: string | null, uid: number, gid: number): UserMaps | null {
  if (uid !== 0) {
    if (userns !== null && userns !== 'auto') {
      throw new WrongValue(
        `--userns ${userns}`,
        'an ordinary user can only map itself, which is what happens without it',
      );
    }
    return {
      uid: [{ inside: 0, outside: uid, count: 1 }],
      gid: [{ inside: 0, outside: gid, count: 1 }],
      setgroups: false,
      idmapLayers: false,
    };
  }
  if (userns === null || userns === 'host') {
    return null;
  }
  if (userns === 'auto') {
    return { uid: auto('/etc/subuid'), gid: auto('/etc/subgid'), setgroups: true, idmapLayers: true };
  }
  const maps = userns.split(',').map((text) => mapOf(userns, text));
  if (!maps.some(({ inside }) => inside === 0)) {
    throw new WrongValue(`--userns ${userns}`, 'root inside, 0, must be mapped');
  }
  return { uid: maps, gid: maps, setgroups: true, idmapLayers: true };
}

/** Refuses who does not exist in the container's user namespace: the kernel lets nobody become such a user. */
export function checkMapped({ uid, gid }: Pick<User, 'uid' | 'gid'>, maps: Pick<UserMaps, 'uid' | 'gid'>): void {
  const has = (ids: readonly IdMap[], id: number) =>
    ids.some(({ inside, count }) => inside <= id && id < inside + count);
  const missing = has(maps.uid, uid) ? (has(maps.gid, gid) ? null : `group ${gid}`) : `user ${uid}`;
  if (missing === null) {
    return;
  }
  const [what, ids] = missing.startsWith('user') ? ['users', maps.uid] : ['groups', maps.gid];
  const rootOnly = ids.length === 1 && ids[0]?.count === 1 && ids[0].inside === 0;
  throw new RequestFailed(
    `--user ${uid}:${gid}`,
    `the container's user namespace has no ${missing}, ${rootOnly ? `only root, which is ${ids[0]?.outside} outside` : `its ${what} are ${rangesOf(ids)}`}`,
    rootOnly
      ? 'An ordinary user can map no other: run it as root inside, or as root outside.'
      : 'Map more of them with --userns INSIDE:OUTSIDE:COUNT.',
  );
}

function rangesOf(ids: readonly IdMap[]): string {
  return ids.map(({ inside, count }) => `${inside} to ${inside + count - 1}`).join(', ');
}

/** Lines of /proc/PID/uid_map and gid_map, as a process outside reads them: user_namespaces(7). */
export function parseIdMaps(text: string): readonly IdMap[] {
  return [...text.matchAll(/^\s*(\d+)\s+(\d+)\s+(\d+)$/gm)].map(([, inside, outside, count]) => {
    return { inside: Number(inside), outside: Number(outside), count: Number(count) };
  });
}

function auto(file: string): readonly IdMap[] {
  const lines = (readTextFile(file) ?? '').split('\n').map((line) => line.split(':'));
  const ranges = KEEPERS.flatMap((name) => lines.filter(([owner]) => owner === name));
  const range = ranges.find(([, , count]) => Number(count) >= SHARE);
  return [{ inside: 0, outside: Number(range?.[1] ?? USUAL_START), count: SHARE }];
}

function mapOf(userns: string, text: string): IdMap {
  const [, inside, outside, count] = /^(\d{1,10}):(\d{1,10})(?::(\d{1,10}))?$/.exec(text) ?? [];
  const map = { inside: Number(inside), outside: Number(outside), count: Number(count ?? SHARE) };
  const last = 2 ** 32 - 1;
  if (outside === undefined || map.count === 0 || map.inside + map.count > last || map.outside + map.count > last) {
    throw new WrongValue(`--userns ${userns}`, 'host, auto, or INSIDE:OUTSIDE[:COUNT], more after commas');
  }
  return map;
}
