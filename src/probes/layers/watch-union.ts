import type { Init } from '../../model/document/process.ts';
import { UNASKED } from '../../model/layers/entry.ts';
import type { Steps } from '../../model/steps.ts';
import type { BranchFiles, Host } from '../host.ts';
import { isStill } from '../proc/stat.ts';
import type { OpenUnion } from './open-union.ts';

/** More are not watched: the kernel keeps each in memory, and its bound is for all programs of the user. */
const MOST_WATCHED = 2000;

export type UnionWatch = {
  /** Before they are read: what changed is watched again, and these directories of the merged tree are. */
  renew(opened: readonly string[]): Steps<void>;
  /** These have been read, and no others. One that was not watched before is to be read once more. */
  keep(shown: readonly string[]): void;
  /** Whether no change is missed. */
  isWhole(): boolean;
  hasChanged(): boolean;
  close(): void;
};

/** `end` is null once something was heard of it: it is to be watched again. */
type Watched = { end: (() => void) | null };

/**
 * Tells by inotify(7) of what changes in a union: in the merged directories that are shown, as process `init` has them, and
 * of names in all directories of the writable branch. It takes both: who writes to a file through an overlay is not heard
 * of in the branch, and what is copied up below a closed directory not in the merged ones.
 */
export function watchUnion(
  host: Host,
  init: Pick<Init, 'pid' | 'startTicks'> | null,
  { union, branches, watchable }: OpenUnion,
  onChange: () => void,
): UnionWatch {
  const merged = init === null ? undefined : host.branchesIn?.(init.pid);
  const [shown, written] = [new Map<string, Watched>(), new Map<string, Watched>()];
  const { writable } = union;
  let isBeyond = merged === undefined || host.branches === undefined || writable === null || watchable === null;
  let changed = false;
  let isClosed = false;
  /** Opened, and not shown by the last reading: not there, or below what is closed. */
  let hidden: ReadonlySet<string> = new Set();
  let opened: readonly string[] = [];

  function endAll(watches: Map<string, Watched>): void {
    for (const { end } of watches.values()) {
      end?.();
    }
    watches.clear();
  }

  /** A change may be missed: all is read with each sample, and what would be heard besides is of no use. */
  function giveUp(): void {
    isBeyond = true;
    endAll(shown);
    endAll(written);
  }

  /** False: it is not there, or it is not to be watched. */
  function arm(watches: Map<string, Watched>, files: BranchFiles | undefined, root: string, path: string): boolean {
    if (isClosed) {
      return false;
    }
    if (watches.get(path)?.end != null) {
      return true;
    }
    if (files === undefined || shown.size + written.size >= MOST_WATCHED) {
      giveUp();
      return false;
    }
    const watched: Watched = { end: null };
    const reading = files.watch(root, path, () => {
      watched.end = null;
      changed = true;
      if (!isClosed) {
        onChange();
      }
    });
    if (reading.status === 'ok') {
      watched.end = reading.value;
      watches.set(path, watched);
      return true;
    }
    watches.delete(path);
    // Another mount, or gone meanwhile: nothing of it is in the union.
    if (reading.status === 'denied' || (reading.status === 'unsupported' && !ELSEWHERE.includes(reading.code))) {
      giveUp();
    }
    return false;
  }

  /** Whether any is. Of a process that ended none, whoever has its number by now. */
  function armShown(paths: Iterable<string>): boolean {
    if (init !== null && !isStill(host, init)) {
      endAll(shown);
      return false;
    }
    let isAny = false;
    for (const path of paths) {
      isAny = (!isBeyond && arm(shown, merged, '/', path)) || isAny;
    }
    return isAny;
  }

  function endBelow(watches: Map<string, Watched>, path: string): void {
    const prefix = path === '/' ? path : `${path}/`;
    for (const [below, { end }] of watches) {
      if (below !== path && below.startsWith(prefix)) {
        end?.();
        watches.delete(below);
      }
    }
  }

  /** Those of which something was heard. What is below may be others of the same names by now. */
  function heardOf(watches: Map<string, Watched>): readonly string[] {
    const heard = [...watches].flatMap(([path, { end }]) => (end === null ? [path] : []));
    for (const path of heard) {
      endBelow(watches, path);
    }
    return heard;
  }

  /** The directories of the writable branch at and below these. */
  function* watchWritten(pending: string[]): Steps<void> {
    for (let path = pending.pop(); path !== undefined && !isBeyond; path = pending.pop()) {
      if (writable === null || watchable === null || !arm(written, host.branches, watchable, path)) {
        continue;
      }
      const listed = yield* branches.kinds(writable, path, UNASKED, Number.POSITIVE_INFINITY);
      for (const { name, kind } of listed.status === 'ok' ? (listed.value?.entries ?? []) : []) {
        if (kind === 'dir') {
          pending.push(path === '/' ? `/${name}` : `${path}/${name}`);
        }
      }
      yield;
    }
  }

  return {
    *renew(paths) {
      changed = false;
      opened = paths;
      armShown(new Set([...heardOf(shown), '/', ...paths.filter((each) => !hidden.has(each))]));
      yield* watchWritten(written.size === 0 ? ['/'] : [...heardOf(written)]);
    },
    keep(paths) {
      const wanted = new Set(paths);
      hidden = new Set(opened.filter((path) => !wanted.has(path)));
      for (const [path, { end }] of shown) {
        if (!wanted.has(path)) {
          end?.();
          shown.delete(path);
        }
      }
      if (armShown(paths.filter((path) => !shown.has(path)))) {
        changed = true;
      }
    },
    isWhole: () => !isBeyond,
    hasChanged: () => changed,
    close() {
      isClosed = true;
      endAll(shown);
      endAll(written);
    },
  };
}

const ELSEWHERE: readonly string[] = ['EXDEV', 'ENOENT', 'ENOTDIR', 'ELOOP'];
