import { NAMESPACE_TYPES } from '../../src/model/namespaces/types.ts';
import { type Reading, valueOr } from '../../src/model/reading.ts';
import type { Host } from '../../src/probes/host.ts';
import { readMountinfo } from '../../src/probes/proc/mountinfo.ts';
import type { TreeEntry } from '../../test/support/tree-text.ts';

const HOST_FILES = ['loadavg', 'stat', 'meminfo', 'uptime', 'sys/kernel/hostname', 'sys/kernel/osrelease'];
const KERNEL_THREAD_FILES = ['stat', 'status', 'cgroup', 'cmdline'];
/** Never `environ`: it holds passwords. */
const PROCESS_FILES = [
  ...KERNEL_THREAD_FILES,
  'mountinfo',
  'uid_map',
  'gid_map',
  'net/dev',
  'net/fib_trie',
  'net/route',
  'net/if_inet6',
  'attr/current',
];
const NS_LINKS = NAMESPACE_TYPES.map((type) => `ns/${type}`);

/** Of a group: what its limits, use and state are told by, and none of the files that only take commands. */
const GROUP_FILES =
  /^(?:cgroup\.(?:procs|controllers|subtree_control|events|stat|freeze|type)|release_agent|freezer\.state|devices\.list|(?:cpu|cpuacct|pids)\.[a-z_.]+|cpuset\.[a-z_.]*cpus[a-z_.]*|(?:io|blkio)\.(?:stat|max|weight|throttle\.[a-z_.]+|pressure)|memory\.(?:pressure|stat|current|peak|max|high|low|min|events|swap\.[a-z]+|oom_control|failcnt|(?:memsw\.|kmem\.|soft_)?(?:max_)?(?:usage|limit)_in_bytes))$/;

/** Text that many processes share (a mount table) is kept once, and linked to. */
const WORTH_LINKING = 256;

/** What nsview reads of these processes, of the groups they are in and of the host, in a lasting order. */
export function recordHost(host: Host, pids: readonly number[]): Map<string, TreeEntry> {
  const tree = new Map<string, TreeEntry>();
  for (const file of HOST_FILES) add(tree, `/proc/${file}`, asFile(host.readText(`/proc/${file}`, 'unsupported')));
  add(tree, '/proc/self', { kind: 'link', target: String(process.pid) });
  const sorted = [...pids].sort((a, b) => a - b);
  for (const pid of sorted) recordProcess(host, pid, tree);
  recordNamespaces(host, sorted, tree);
  for (const directory of groupDirectories(host, sorted)) recordGroup(host, directory, tree);
  return linkRepeated(tree);
}

function recordProcess(host: Host, pid: number, tree: Map<string, TreeEntry>): void {
  const dir = `/proc/${pid}`;
  const isKernelThread = valueOr(host.readText(`${dir}/cmdline`, 'gone'), '') === '';
  const files = isKernelThread ? KERNEL_THREAD_FILES : PROCESS_FILES;
  const [answer] = host.readGroups([{ dir, files, links: NS_LINKS }]);
  if (answer?.files[0]?.status !== 'ok') return;
  for (const [i, file] of files.entries()) add(tree, `${dir}/${file}`, asFile(answer.files[i]));
  for (const [i, link] of NS_LINKS.entries()) add(tree, `${dir}/${link}`, asLink(answer.links[i]));
  for (const fd of valueOr(host.list(`${dir}/fd`, 'gone'), [])) {
    const target = valueOr(host.readLink(`${dir}/fd/${fd}`, 'gone'), '');
    if (/^[a-z]+:\[\d+\]$/.test(target) && !/^(?:pipe|socket):/.test(target)) {
      add(tree, `${dir}/fd/${fd}`, { kind: 'link', target });
    }
  }
}

/** What the ioctls say of each namespace, under a name that no kernel file has: `namespaces/pid:[4026532180]`. */
function recordNamespaces(host: Host, pids: readonly number[], tree: Map<string, TreeEntry>): void {
  const paths = new Map<string, string>();
  for (const pid of pids) {
    for (const link of NS_LINKS) {
      const entry = tree.get(`/proc/${pid}/${link}`);
      if (entry?.kind === 'link' && !paths.has(entry.target)) paths.set(entry.target, `/proc/${pid}/${link}`);
    }
  }
  const facts = host.namespaceFactsMany([...paths.values()]);
  for (const [i, target] of [...paths.keys()].entries()) {
    const told = facts[i];
    if (told?.status !== 'ok') continue;
    const { parent, owner, ownerUid, uniqueId } = told.value;
    const lines = Object.entries({ parent, owner, owner_uid: ownerUid, id: uniqueId })
      .filter(([, value]) => value !== null)
      .map(([name, value]) => `${name} ${value}\n`);
    tree.set(`/namespaces/${target}`, { kind: 'file', text: lines.join('') });
  }
}

/** The groups of these processes in each hierarchy, with all that is above them. */
function groupDirectories(host: Host, pids: readonly number[]): string[] {
  const mounts = valueOr(readMountinfo(host, 'self'), []).filter(({ fsType }) => /^cgroup2?$/.test(fsType));
  const groups = new Set<string>();
  for (const pid of pids) {
    for (const line of valueOr(host.readText(`/proc/${pid}/cgroup`, 'gone'), '').split('\n')) {
      const [, controllers = '', path = ''] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
      const mount = mounts.find(({ fsType, superOptions }) =>
        controllers === '' ? fsType === 'cgroup2' : fsType === 'cgroup' && holds(superOptions, controllers),
      );
      if (mount === undefined || path === '') continue;
      const names = path.split('/').filter((name) => name !== '');
      for (let depth = 0; depth <= names.length; depth += 1) {
        groups.add([mount.target, ...names.slice(0, depth)].join('/'));
      }
    }
  }
  return [...groups].sort();
}

function holds(options: readonly string[], controllers: string): boolean {
  return controllers.split(',').every((controller) => options.includes(controller));
}

function recordGroup(host: Host, directory: string, tree: Map<string, TreeEntry>): void {
  const names = valueOr(host.list(directory, 'gone'), []).filter((name) => GROUP_FILES.test(name));
  for (const name of [...names].sort()) {
    const path = `${directory}/${name}`;
    add(tree, path, asFile(host.readText(path, 'unsupported')));
  }
}

function add(tree: Map<string, TreeEntry>, path: string, entry: TreeEntry | undefined): void {
  if (entry !== undefined) tree.set(path, entry);
}

function asFile(reading: Reading<string> | undefined): TreeEntry | undefined {
  return reading?.status === 'ok' ? { kind: 'file', text: reading.value } : asError(reading);
}

function asLink(reading: Reading<string> | undefined): TreeEntry | undefined {
  return reading?.status === 'ok' ? { kind: 'link', target: reading.value } : asError(reading);
}

/** What is absent is left out; every other error is part of the host. */
function asError(reading: Reading<string> | undefined): TreeEntry | undefined {
  if (reading?.status !== 'denied' && reading?.status !== 'unsupported') return undefined;
  return reading.code === 'ENOENT' ? undefined : { kind: 'error', code: reading.code };
}

function linkRepeated(tree: Map<string, TreeEntry>): Map<string, TreeEntry> {
  const first = new Map<string, string>();
  for (const [path, entry] of tree) {
    if (entry.kind !== 'file' || entry.text.length < WORTH_LINKING) continue;
    const known = first.get(entry.text);
    if (known === undefined) first.set(entry.text, path);
    else tree.set(path, { kind: 'link', target: `${'../'.repeat(path.split('/').length - 2)}${known.slice(1)}` });
  }
  return tree;
}
