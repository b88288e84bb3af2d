import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Failure, gone, ok, type Reading } from '../../src/model/reading.ts';
import { failureOf, missingAt } from '../../src/probes/errno.ts';
import type { FileStat, Host, Missing, NamespaceFacts } from '../../src/probes/host.ts';
import { parseTree, type TreeEntry } from './tree-text.ts';

/** A Host on a tree in memory, whose clocks stand still and whose files change when the test says so. */
export type MemoryHost = Host & {
  /** Moves both clocks on. */
  advance(ms: number): void;
  write(path: string, text: string): void;
  /** Removes an entry and everything below it, as when a process ends; kept descriptors of it say `gone`. */
  remove(path: string): void;
};

const START_MONOTONIC_US = 1_000_000_000;
const START_WALL_MS = Date.UTC(2026, 0, 1);
const MAX_LINKS = 40;

type Found = { readonly path: string; readonly entry: TreeEntry };

/** Serves a text tree (test/support/tree-text.ts). Facts of namespaces are files `namespaces/pid:[4026532180]`. */
export function memoryHost(treeText: string): MemoryHost {
  const entries = parseTree(treeText);
  const names = new Map<string, string[]>();
  const kept = new Set<string>();
  const ended = new Set<string>();
  let elapsedMs = 0;

  const index = (path: string) => {
    for (let child = path; child !== '/' && child !== ''; ) {
      const parent = child.slice(0, child.lastIndexOf('/')) || '/';
      const siblings = names.get(parent);
      const name = child.slice(child.lastIndexOf('/') + 1);
      if (siblings?.includes(name)) return;
      if (siblings === undefined) names.set(parent, [name]);
      else siblings.push(name);
      child = parent;
    }
  };
  for (const path of entries.keys()) index(path);

  /** path_resolution(7), from `root`; the last link is followed only where `follow` says so. Or an errno name. */
  const resolve = (path: string, follow: boolean, root = ''): Found | string => {
    const pending = path.split('/').reverse();
    const at: string[] = [];
    let links = 0;
    while (pending.length > 0) {
      const name = pending.pop() ?? '';
      if (name === '' || name === '.') continue;
      if (name === '..') {
        at.pop();
        continue;
      }
      const here = `${root}/${[...at, name].join('/')}`;
      const entry = entries.get(here);
      const last = pending.every((rest) => rest === '');
      if (entry?.kind === 'error') return entry.code;
      if (entry?.kind === 'link' && (!last || follow)) {
        links += 1;
        if (links > MAX_LINKS) return 'ELOOP';
        if (entry.target.startsWith('/')) at.length = 0;
        pending.push(...entry.target.split('/').reverse());
        continue;
      }
      if (entry?.kind === 'file' && !last) return 'ENOTDIR';
      if (entry === undefined && !names.has(here)) return 'ENOENT';
      at.push(name);
    }
    const found = `${root}/${at.join('/')}`;
    return { path: found, entry: entries.get(found) ?? { kind: 'dir' } };
  };

  const textOf = (found: Found | string): string | { readonly code: string } => {
    if (typeof found === 'string') return { code: found };
    if (found.entry.kind === 'file') return found.entry.text;
    return { code: found.entry.kind === 'dir' ? 'EISDIR' : 'ENOENT' };
  };
  const reading = (path: string, missing: Missing, found: Found | string): Reading<string> => {
    const text = textOf(found);
    return typeof text === 'string' ? ok(text) : failureOf(text.code, path, missing);
  };

  const host: MemoryHost = {
    live: false,
    readText: (path, missing) => reading(path, missing, resolve(path, true)),
    readRegular(path, maxBytes) {
      const found = resolve(path, false);
      if (typeof found !== 'string' && found.entry.kind === 'link') return failureOf('ELOOP', path, 'unsupported');
      const answer = reading(path, 'unsupported', found);
      const fits = answer.status !== 'ok' || Buffer.byteLength(answer.value) <= maxBytes;
      return fits ? answer : failureOf('EFBIG', path, 'unsupported');
    },
    readLink(path, missing) {
      const found = resolve(path, false);
      if (typeof found === 'string') return failureOf(found, path, missing);
      return found.entry.kind === 'link' ? ok(found.entry.target) : failureOf('EINVAL', path, missing);
    },
    list(path, missing) {
      const found = resolve(path, true);
      if (typeof found === 'string') return failureOf(found, path, missing);
      if (found.entry.kind !== 'dir') return failureOf('ENOTDIR', path, missing);
      return ok([...(names.get(found.path === '/' ? '/' : found.path) ?? [])]);
    },
    stat(path, missing) {
      const found = resolve(path, false);
      if (typeof found === 'string') return failureOf(found, path, missing);
      const directories = (names.get(found.path) ?? []).filter((name) => names.has(`${found.path}/${name}`)).length;
      return ok(statOf(found.entry, 1 + [...entries.keys()].indexOf(found.path), directories));
    },
    readGroups: (groups) =>
      groups.map(({ dir, files, links }) => {
        const opened = resolve(dir, true);
        const failed = typeof opened === 'string' ? failureOf(opened, dir, 'gone') : undefined;
        const each = <T>(paths: readonly string[], read: (path: string) => Reading<T>): Reading<T>[] =>
          paths.map((path) => failed ?? read(`${dir}/${path}`));
        return {
          files: each(files, (path) => host.readText(path, missingAt(path))),
          links: each(links, (path) => host.readLink(path, missingAt(path))),
        };
      }),
    readKept: (paths) =>
      paths.map((path) => {
        if (ended.has(path)) return gone;
        const found = resolve(path, true);
        if (found === 'ENOENT') return keptMissing(path);
        const answer = reading(path, missingAt(path), found);
        if (answer.status === 'ok') kept.add(path);
        return answer;
      }),
    forget(paths) {
      for (const path of paths) {
        kept.delete(path);
        ended.delete(path);
      }
    },
    readInside(pid, path, maxBytes) {
      if (typeof resolve(`/proc/${pid}`, true) === 'string') return gone;
      const root = resolve(`/proc/${pid}/root`, true);
      const found = typeof root === 'string' ? root : resolve(path, true, root.path === '/' ? '' : root.path);
      const answer = reading(`/proc/${pid}/root/${path.replace(/^\/+/, '')}`, 'unsupported', found);
      return answer.status === 'ok' ? ok(Buffer.from(answer.value).subarray(0, maxBytes).toString()) : answer;
    },
    namespaceFacts(path) {
      const link = host.readLink(path, 'gone');
      if (link.status !== 'ok') return link;
      const facts = entries.get(`/namespaces/${link.value}`);
      return facts?.kind === 'file' ? ok(factsOf(facts.text)) : failureOf('ENOTTY', path, 'unsupported');
    },
    namespaceFactsMany: (paths) => paths.map(host.namespaceFacts),
    bootUs: () => START_MONOTONIC_US + elapsedMs * 1000,
    monotonicUs: () => START_MONOTONIC_US + elapsedMs * 1000,
    wallMs: () => START_WALL_MS + elapsedMs,
    close: () => kept.clear(),
    advance(ms) {
      elapsedMs += ms;
    },
    write(path, text) {
      entries.set(path, { kind: 'file', text });
      index(path);
    },
    remove(path) {
      for (const known of [...entries.keys(), ...names.keys()]) {
        if (known !== path && !known.startsWith(`${path}/`)) continue;
        if (kept.has(known)) ended.add(known);
        entries.delete(known);
        names.delete(known);
      }
      const parent = path.slice(0, path.lastIndexOf('/')) || '/';
      const siblings = names.get(parent);
      if (siblings !== undefined)
        names.set(
          parent,
          siblings.filter((name) => `${parent}/${name}` !== path),
        );
    },
  };

  const keptMissing = (path: string): Failure => {
    const directory = resolve(path.slice(0, path.lastIndexOf('/')), true);
    return typeof directory === 'string' ? gone : failureOf('ENOENT', path, missingAt(path));
  };
  return host;
}

/** The host captured in test/fixtures/<name>.tree. */
export function loadTree(name: string): MemoryHost {
  return memoryHost(readFileSync(fileURLToPath(new URL(`../fixtures/${name}.tree`, import.meta.url)), 'utf8'));
}

/** A directory has a link more for each directory in it, as kernfs and procfs count. */
function statOf(entry: TreeEntry, inode: number, directories: number): FileStat {
  const kind = entry.kind === 'link' ? 'symlink' : entry.kind === 'dir' ? 'dir' : 'file';
  const sizeBytes = entry.kind === 'file' ? Buffer.byteLength(entry.text) : 0;
  const mode = kind === 'dir' ? 0o755 : 0o644;
  return {
    kind,
    inode,
    device: '0:1',
    rdev: '0:0',
    links: kind === 'dir' ? 2 + directories : 1,
    sizeBytes,
    mode,
    uid: 0,
    gid: 0,
    mtimeMs: START_WALL_MS,
  };
}

/** Lines `parent 4026531836`, `owner 4026531837`, `owner_uid 0`, `id 119344`; an absent line is `null`. */
function factsOf(text: string): NamespaceFacts {
  const facts = new Map(text.split('\n').map((line) => line.split(' ') as [string, string]));
  const number = (name: string) => (facts.has(name) ? Number(facts.get(name)) : null);
  return {
    parent: number('parent'),
    owner: number('owner'),
    ownerUid: number('owner_uid'),
    uniqueId: facts.get('id') ?? null,
  };
}
