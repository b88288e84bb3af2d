import type { NamespaceType } from '../model/document/namespace.ts';
import { NAMESPACE_TYPES } from '../model/namespaces/types.ts';
import type { ScannedProcess } from '../model/process.ts';
import { isKernelThread } from '../model/process.ts';
import { gone, ok, type Reading, valueOr } from '../model/reading.ts';
import type { HeldNamespace } from '../model/sample.ts';
import type { Host } from './host.ts';
import { parseMountinfo } from './proc/mountinfo.ts';

type Found = readonly [string, string];

const MOUNTINFO = ['mountinfo'];

const NAMED = /^([a-z]+):\[(\d+)\]$/;

/**
 * Namespaces kept alive by a bind mount (fs type nsfs, its root field names it) or an open descriptor. Mounts are
 * asked for once per mount namespace; descriptors of every process that lets us.
 */
export function readHeldNamespaces(host: Host, processes: readonly ScannedProcess[]): readonly HeldNamespace[] {
  return [...boundNamespaces(host, processes), ...openNamespaces(host, processes)];
}

function boundNamespaces(host: Host, processes: readonly ScannedProcess[]): HeldNamespace[] {
  const witnesses = new Map<number | 'own', number | 'self'>([['own', 'self']]);
  for (const { stat, namespaces } of processes) {
    const inode = namespaces.status === 'ok' ? namespaces.value.mnt : undefined;
    if (inode !== undefined && !witnesses.has(inode)) {
      witnesses.set(inode, stat.pid);
    }
  }
  const pids = [...witnesses.values()];
  const seen = new Map<string, HeldNamespace>();
  for (const [root, target] of mountsOfNamespaces(host, pids)) {
    const named = parseNamed(root);
    if (named !== null && !seen.has(`${root} ${target}`)) {
      seen.set(`${root} ${target}`, { ...named, kind: 'bind', where: target });
    }
  }
  return [...seen.values()];
}

/** Root and place of every namespace that is mounted where these processes are. */
function mountsOfNamespaces(host: Host, pids: readonly (number | 'self')[]): Found[] {
  const paths = pids.map((pid) => `/proc/${pid}/ns/mnt`);
  const answers = host.namespacesIn?.('mounts', paths) ?? null;
  const found = answers?.flatMap((answer) => valueOr(answer, [])) ?? [];
  const untold = pids.filter((_, index) => answers?.[index]?.status !== 'ok');
  const tables = host.readGroups(untold.map((pid) => ({ dir: `/proc/${pid}`, files: MOUNTINFO, links: [] })));
  for (const table of tables) {
    const text = valueOr(table.files[0] ?? gone, '');
    // The name of the file system stands behind the lone dash; most tables have no such line and are not parsed.
    const lines = text.includes(' - nsfs ') ? text.split('\n').filter((line) => line.includes(' - nsfs ')) : [];
    for (const { root, target } of valueOr(parseMountinfo(lines.join('\n')), [])) {
      found.push([root, target]);
    }
  }
  return found;
}

function openNamespaces(host: Host, processes: readonly ScannedProcess[]): HeldNamespace[] {
  const dirs = processes
    .filter(({ stat }) => !isKernelThread(stat) && stat.state !== 'Z')
    .map(({ stat }) => `/proc/${stat.pid}/fd`);
  const answers = host.namespacesIn?.('descriptors', dirs) ?? readDescriptors(host, dirs);
  return dirs.flatMap((dir, index) =>
    valueOr(answers[index] ?? gone, []).flatMap(([descriptor, link]): HeldNamespace[] => {
      const named = parseNamed(link);
      return named === null ? [] : [{ ...named, kind: 'fd', where: `${dir}/${descriptor}` }];
    }),
  );
}

/** Number and link of every descriptor. */
function readDescriptors(host: Host, dirs: readonly string[]): readonly Reading<Found[]>[] {
  const groups = dirs.map((dir) => ({ dir, files: [], links: valueOr(host.list(dir, 'gone'), []) }));
  return host
    .readGroups(groups)
    .map(({ links }, index) =>
      ok(links.map((link, position): Found => [groups[index]?.links[position] ?? '', valueOr(link, '')])),
    );
}

function parseNamed(text: string): { readonly type: NamespaceType; readonly inode: number } | null {
  const match = NAMED.exec(text);
  const type = NAMESPACE_TYPES.find((name) => name === match?.[1]);
  return type === undefined ? null : { type, inode: Number(match?.[2]) };
}
