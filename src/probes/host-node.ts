import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  type Stats,
} from 'node:fs';
import { type Failure, gone, ok, type Reading } from '../model/reading.ts';
import { attempt, failureOf, missingAt } from './errno.ts';
import type { FileKind, FileStat, GroupAnswer, Host, Missing, ReadGroup } from './host.ts';
import { readInsideRoot } from './host-inside.ts';
import { ENDED, type Kept, NOT_KEPT } from './host-kept.ts';
import type { HostPaths } from './host-paths.ts';
import { O_PATH, readRegularFile } from './host-regular.ts';

/** Most kernel files fit; the buffer doubles for one that does not. */
const FIRST_BUFFER_BYTES = 65_536;

/** A Host in plain Node: serves captured trees, and this machine where the native library is not built. */
export function nodeHost({ live, map }: HostPaths, kept: Kept): Host {
  let buffer = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);

  /** From the start to the end: kernel files say size 0 and give a page at a time. */
  const readWhole = (fd: number): string => {
    let used = 0;
    for (;;) {
      if (used === buffer.length) buffer = Buffer.concat([buffer], 2 * used);
      const more = readSync(fd, buffer, used, buffer.length - used, used);
      if (more === 0) return buffer.toString('utf8', 0, used);
      used += more;
    }
  };
  const readKeptOne = (path: string): Reading<string> => {
    const known = kept.get(path);
    if (known === ENDED) return gone;
    if (known !== NOT_KEPT) {
      const answer = attempt(path, 'gone', () => readWhole(known));
      if (answer.status === 'gone') kept.end(path);
      return answer;
    }
    const opened = attempt(path, missingAt(path), () => openSync(map(path), constants.O_RDONLY));
    if (opened.status !== 'ok') return keptAbsent(path, opened, map);
    const fd = opened.value;
    const answer = attempt(path, 'gone', () => readWhole(fd));
    if (answer.status === 'ok' && kept.room() > 0) kept.keep(path, fd);
    else closeSync(fd);
    return answer;
  };

  const host: Host = {
    live,
    readText: (path, missing) => attempt(path, missing, () => readFileSync(map(path), 'utf8')),
    readRegular: (path, maxBytes) => readRegularFile(map(path), path, maxBytes),
    readLink: (path, missing) => attempt(path, missing, () => readlinkSync(map(path))),
    list: (path, missing) => attempt(path, missing, () => readdirSync(map(path))),
    stat: (path, missing) => statOf(path, map(path), missing),
    readGroups: (groups) => groups.map((group) => readGroup(group, map(group.dir))),
    readKept: (paths) => paths.map(readKeptOne),
    forget: (paths) => paths.forEach(kept.forget),
    readInside: (pid, path, maxBytes) =>
      readInsideRoot(map(`/proc/${pid}/root`), path, `/proc/${pid}/root/${path.replace(/^\/+/, '')}`, maxBytes),
    namespaceFacts: (path) => failureOf('ENOSYS', path, 'unsupported'),
    namespaceFactsMany: (paths) => paths.map(host.namespaceFacts),
    bootUs: () => {
      const uptime = host.readText('/proc/uptime', 'unsupported');
      return uptime.status === 'ok' ? Math.round(Number.parseFloat(uptime.value) * 1_000_000) || 0 : 0;
    },
    monotonicUs: () => Number(process.hrtime.bigint() / 1000n),
    wallMs: () => Date.now(),
    close: kept.clear,
  };
  return host;
}

/**
 * On the hot path an absent file outside /proc is `unsupported`, but `gone` where its directory, a cgroup, was
 * removed.
 */
export function keptAbsent(path: string, failure: Failure, map: (path: string) => string): Failure {
  if (failure.status !== 'unsupported' || failure.code !== 'ENOENT') return failure;
  const directory = map(path.slice(0, path.lastIndexOf('/')));
  return lstatSync(directory, { throwIfNoEntry: false }) === undefined ? gone : failure;
}

/** Everything through one descriptor of the directory: /proc/self/fd/N leads to that very directory, not to its name. */
function readGroup({ dir, files, links }: ReadGroup, found: string): GroupAnswer {
  const opened = attempt(dir, 'gone', () => openSync(found, O_PATH | constants.O_DIRECTORY));
  if (opened.status !== 'ok') return { files: files.map(() => opened), links: links.map(() => opened) };
  const fd = opened.value;
  const missing = missingAt(dir);
  const answer = {
    files: files.map((file) =>
      attempt(`${dir}/${file}`, missing, () => readFileSync(`/proc/self/fd/${fd}/${file}`, 'utf8')),
    ),
    links: links.map((link) => attempt(`${dir}/${link}`, missing, () => readlinkSync(`/proc/self/fd/${fd}/${link}`))),
  };
  closeSync(fd);
  return answer;
}

/** Absence is often the answer, and an error costs more than the call. */
function statOf(path: string, found: string, missing: Missing): Reading<FileStat> {
  const stat = attempt(path, missing, () => lstatSync(found, { throwIfNoEntry: false }));
  if (stat.status !== 'ok') return stat;
  return stat.value === undefined ? failureOf('ENOENT', path, missing) : ok(fileStat(stat.value));
}

function fileStat(stat: Stats): FileStat {
  return {
    kind: fileKind(stat),
    inode: stat.ino,
    device: deviceName(stat.dev),
    rdev: deviceName(stat.rdev),
    links: stat.nlink,
    sizeBytes: stat.size,
    mode: stat.mode & 0o7777,
    uid: stat.uid,
    gid: stat.gid,
    mtimeMs: stat.mtimeMs,
  };
}

function fileKind(stat: Stats): FileKind {
  if (stat.isDirectory()) return 'dir';
  if (stat.isSymbolicLink()) return 'symlink';
  if (stat.isCharacterDevice()) return 'char';
  if (stat.isBlockDevice()) return 'block';
  if (stat.isFIFO()) return 'fifo';
  return stat.isSocket() ? 'socket' : 'file';
}

/** makedev(3): 12 + 20 bits of the major number and 8 + 24 of the minor, interleaved. */
function deviceName(device: number): string {
  const high = Math.floor(device / 2 ** 32);
  const major = ((device >>> 8) & 0xfff) + (high & ~0xfff);
  const minor = (device & 0xff) + ((device >>> 12) & ~0xff);
  return `${major}:${minor}`;
}
