import { UNASKED } from './entry.ts';
import { type Taking, take } from './taking.ts';
import type { Hider, Source } from './union.ts';
import { type Found, foundIn, hiderOf, joinPath, namesFor } from './whiteout.ts';

/**
 * Goes on in all branches below `after`, at a path from their root: where a directory was before it was renamed. As
 * overlay does (fs/overlayfs/namei.c, ovl_lookup_layer), each branch is gone down by itself, and what it says of a
 * directory on the way moves the path for the branches below.
 */
export function takeFurther(taking: Taking, after: number, path: string): void {
  let next = path;
  for (const index of taking.union.merged.filter((each) => each > after)) {
    const step = descend(taking, index, next);
    next = step.next;
    if (step.reopened) {
      taking.hider = null;
    }
    if (step.found !== null) {
      const redirect = take(taking, step.found, false);
      if (redirect !== null) {
        next = redirect.startsWith('/') ? redirect : joinPath(parentOf(next), redirect);
      }
    }
    taking.hider ??= step.stop;
  }
  takeContents(taking, next);
}

type Descent = {
  readonly found: Found | null;
  /** The path for the branches below. */
  readonly next: string;
  readonly stop: Hider | null;
  /** A directory on the way leads elsewhere from the root: what hid the path so far hides it no more. */
  readonly reopened: boolean;
};

function descend(taking: Taking, index: number, path: string): Descent {
  const { union, reader } = taking;
  const names = path.split('/').filter((name) => name !== '');
  let next = path;
  let stop: Hider | null = null;
  let reopened = false;
  let directory = '/';
  for (const [depth, name] of names.entries()) {
    const answer = reader.find(index, directory, ['.', ...namesFor(union.form, name)], { ...UNASKED, fileMarks: true });
    const [self, ...entries] = answer.status === 'ok' ? (answer.value ?? []) : [];
    const entry = entries.find((each) => each !== null);
    if (entry == null) {
      return { found: null, next, stop, reopened };
    }
    const source: Source = {
      index,
      path: directory,
      hidden: taking.hider,
      attributeWhiteouts: self?.marks.opaque === 'x',
    };
    const found = foundIn(union.form, source, entry);
    if (depth === names.length - 1) {
      return { found, next, stop, reopened };
    }
    if (found.whiteout || entry.kind !== 'dir') {
      return { found: null, next, stop: hiderOf(found), reopened };
    }
    const { opaque, redirect } = entry.marks;
    if (opaque === 'y') {
      stop = hiderOf(found, true);
    } else if (redirect !== null) {
      const rest = names
        .slice(depth + 1)
        .map((each) => `/${each}`)
        .join('');
      const before = next.slice(0, next.length - rest.length - name.length - 1);
      next = (redirect.startsWith('/') ? redirect : `${before}/${redirect}`) + rest;
      if (redirect.startsWith('/')) {
        stop = null;
        reopened = true;
      }
    }
    directory = joinPath(directory, name);
  }
  return { found: null, next, stop, reopened };
}

/** Contents under a path of their own, in branches that hold nothing else. */
function takeContents(taking: Taking, path: string): void {
  const { top, union, reader } = taking;
  if (top?.kind !== 'file' || !top.entry.marks.metacopy || taking.dataFrom !== null) {
    return;
  }
  for (const index of union.data) {
    const directory = parentOf(path);
    const answer = reader.find(index, directory, [path.slice(path.lastIndexOf('/') + 1)], UNASKED);
    const entry = answer.status === 'ok' ? answer.value?.[0] : null;
    if (entry?.kind === 'file') {
      taking.dataFrom = index;
      taking.shadows.push({ index, path, kind: 'file', entry, merged: false });
      return;
    }
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
