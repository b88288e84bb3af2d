import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { RequestFailed } from '../lifecycle/request-failed.ts';
import type { UnionSpec } from '../plan/plan-union.ts';
import { processRef } from '../state/process-ref.ts';

/** `below` and `above` as the user named them; `at`: where the union is to be seen, null for nowhere but in its namespace. */
export type AskedUnion = { readonly below: string; readonly above: string; readonly at: string | null };

/** Directories that may be covered in a mount namespace of our own: hier(7). The first is meant for it. */
const PLACES: readonly string[] = ['/mnt', '/media', '/srv', '/opt', '/tmp', '/run'];

/** /proc/self/uid_map of the initial user namespace: all ids are themselves. */
const ALL_IDS = /^\s*0\s+0\s+4294967295\s*$/;

/** What is to be mounted, all paths absolute and without links. Throws RequestFailed for what cannot be laid together. */
export function checkUnion({ below, above, at }: AskedUnion, uid: number, gid: number): UnionSpec {
  const a = directoryOf(below);
  const b = directoryOf(above);
  if (a === b) {
    throw new RequestFailed(`${below} and ${above}`, 'they are the same directory', 'Name two that differ.');
  }
  for (const [inner, outer, name, other] of [
    [a, b, below, above],
    [b, a, above, below],
  ] as const) {
    if (isWithin(inner, outer)) {
      throw new RequestFailed(
        name,
        `it is within ${other}: a union would hold itself`,
        'Name two that lie beside each other.',
      );
    }
  }
  const directory = at === null ? null : targetOf(at, [a, b], uid);
  const viewer = processRef(process.pid);
  const place = PLACES.find((each) => isPlain(each) && ![a, b].some((branch) => isWithin(branch, each)));
  if (place === undefined || viewer === null) {
    throw new RequestFailed('union', `none of ${PLACES.join(', ')} is free to mount on`);
  }
  return {
    lowers: [b, a],
    place,
    at: directory === null ? null : { directory, viewer },
    user: uid === 0 ? null : { uid, gid },
    userMarks: !ALL_IDS.test(readFileSync('/proc/self/uid_map', 'utf8')) || uid !== 0,
  };
}

function directoryOf(named: string): string {
  const path = pathOf(named);
  if (!statSync(path).isDirectory()) {
    throw new RequestFailed(named, 'it is not a directory (ENOTDIR)');
  }
  try {
    readdirSync(path);
  } catch (error) {
    throw new RequestFailed(named, `it cannot be read (${codeOf(error)})`);
  }
  return path;
}

function targetOf(named: string, branches: readonly string[], uid: number): string {
  const what = `--at ${named}`;
  if (uid !== 0) {
    throw new RequestFailed(
      what,
      'only root may mount where others see it (EPERM)',
      'Leave --at out: without it the union is mounted for this command alone.',
    );
  }
  const path = pathOf(named, what);
  if (!statSync(path).isDirectory()) {
    throw new RequestFailed(what, 'it is not a directory (ENOTDIR)');
  }
  if (branches.some((branch) => isWithin(path, branch) || isWithin(branch, path))) {
    throw new RequestFailed(what, 'it overlaps with one of the two directories', 'Name a directory beside them.');
  }
  if (readdirSync(path).length > 0) {
    throw new RequestFailed(what, 'it is not empty: the union would cover what is in it (ENOTEMPTY)');
  }
  return path;
}

function pathOf(named: string, what = named): string {
  try {
    return realpathSync(named);
  } catch (error) {
    const code = codeOf(error);
    throw new RequestFailed(
      what,
      `${code === 'ENOENT' ? 'there is no such directory' : 'it cannot be reached'} (${code})`,
    );
  }
}

function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`);
}

function isPlain(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true && realpathSync(path) === path;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? basename(String(error));
}
