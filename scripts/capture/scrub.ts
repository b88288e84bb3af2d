import type { TreeEntry } from '../../test/support/tree-text.ts';

type Tree = Map<string, TreeEntry>;

/** Outside containers only these keep their arguments: they say which container they look after. */
const SUPERVISOR = /(?:^|\/)(?:containerd-shim[^/]*|conmon(?:rs)?|lxc-start|lxc-monitor|systemd-nspawn|bwrap)$/;

/** Where engines write a container's name into a group's path. */
const NAME_PLACES = [
  /\/lxc\.(?:payload|monitor)[./]([^/\n]+)/g,
  /\/lxc\/([^/\n]+)/g,
  /\/machine-([^/\n]+)\.scope/g,
  /\/systemd-nspawn@([^/\n]+)\.service/g,
];

/** Takes the host's, its users' and its containers' names out of a captured tree, and what people typed outside them. */
export function scrub(tree: Tree, renames: readonly (readonly [string, string])[]): Tree {
  const names: (readonly [string | RegExp, string])[] = [
    ...renames,
    ...hostName(tree),
    ...userNames(tree),
    ...containerNames(tree),
  ];
  const rename = (text: string) => names.reduce((result, [from, to]) => result.replaceAll(from, to), text);
  // PID 1's namespaces may be denied even to root: then ours are taken for the host's.
  const ofHost = (type: string) =>
    linkOf(tree, `/proc/1/ns/${type}`) ?? linkOf(tree, `/proc/${process.pid}/ns/${type}`);
  const inside = (pid: string) =>
    ['pid', 'mnt'].some((type) => {
      const link = linkOf(tree, `/proc/${pid}/ns/${type}`);
      return link !== undefined && link !== ofHost(type);
    });
  return new Map(
    [...tree].map(([path, entry]): [string, TreeEntry] => {
      const pid = /^\/proc\/(\d+)\/cmdline$/.exec(path)?.[1];
      if (entry.kind === 'link') return [rename(path), { kind: 'link', target: rename(entry.target) }];
      if (entry.kind !== 'file') return [rename(path), entry];
      const text = pid === undefined || inside(pid) ? entry.text : withoutArguments(entry.text);
      return [rename(path), { kind: 'file', text: rename(text) }];
    }),
  );
}

/** `4 running of 512 threads`: the processes that were left out must not look hidden. */
export function countThreads(tree: Tree): void {
  const loadavg = tree.get('/proc/loadavg');
  if (loadavg?.kind !== 'file') return;
  const threads = [...tree].reduce((sum, [path, entry]) => {
    const own =
      /^\/proc\/\d+\/status$/.test(path) && entry.kind === 'file' ? /^Threads:\s+(\d+)$/m.exec(entry.text) : null;
    return sum + Number(own?.[1] ?? 0);
  }, 0);
  tree.set('/proc/loadavg', { kind: 'file', text: loadavg.text.replace(/\/\d+/, `/${threads}`) });
}

function withoutArguments(cmdline: string): string {
  const [program = ''] = cmdline.split('\0');
  // A title that a program gave itself (`nginx: master process …`) has no arguments but may hold paths.
  if (SUPERVISOR.test(program)) return cmdline;
  return cmdline === '' ? '' : `${program.split(/[ :]/)[0]}\0`;
}

function hostName(tree: Tree): [RegExp, string][] {
  const entry = tree.get('/proc/sys/kernel/hostname');
  const name = entry?.kind === 'file' ? entry.text.trim() : '';
  return name === '' ? [] : [[wholeWord(name), 'host']];
}

function userNames(tree: Tree): [RegExp, string][] {
  return numbered(tree, [/\/home\/([^/\s\0,:]+)/g], 'user');
}

function containerNames(tree: Tree): [RegExp, string][] {
  return numbered(tree, NAME_PLACES, 'name');
}

function numbered(tree: Tree, places: readonly RegExp[], word: string): [RegExp, string][] {
  const found = new Set<string>();
  for (const [path, entry] of tree) {
    const text = entry.kind === 'file' ? `${path}\n${entry.text}` : path;
    for (const place of places) for (const [, name] of text.matchAll(place)) if (name !== undefined) found.add(name);
  }
  return [...found].sort().map((name, i) => [wholeWord(name), `${word}${i + 1}`]);
}

function wholeWord(name: string): RegExp {
  return new RegExp(`(?<![\\w-])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`, 'g');
}

function linkOf(tree: Tree, path: string): string | undefined {
  const entry = tree.get(path);
  return entry?.kind === 'link' ? entry.target : undefined;
}
