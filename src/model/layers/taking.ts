import type { BranchReader } from './entry.ts';
import type { Hider, Shadow, Source, Union } from './union.ts';
import { type Found, hiderOf, joinPath, kindOf, OPAQUE_NAMES } from './whiteout.ts';

/** What was made so far of what the branches have, taken one after the other, top down. */
export type Taking = {
  readonly union: Union;
  readonly reader: BranchReader;
  top: Shadow | null;
  /** What ends the look downwards: of what comes after, nothing is seen. */
  hider: Hider | null;
  /** The first reason why something was not seen. */
  hiddenBy: Hider | null;
  dataFrom: number | null;
  readonly shadows: Shadow[];
  readonly sources: Source[];
};

export function startTaking(union: Union, reader: BranchReader): Taking {
  return { union, reader, top: null, hider: null, hiddenBy: null, dataFrom: null, shadows: [], sources: [] };
}

/**
 * Takes the next of what was found. Answers the redirect by which to look further down, if it has one. `last`: nothing
 * is known of below it.
 */
export function take(taking: Taking, found: Found, last: boolean): string | null {
  const { source, entry, whiteout } = found;
  const hidden = source.hidden ?? taking.hider;
  if (whiteout) {
    taking.shadows.push(versionOf(found, false, false));
    if (hidden === null) {
      taking.hider = hiderOf(found);
    }
    return null;
  }
  const isDirectory = entry.kind === 'dir';
  const opaque = isDirectory && isOpaque(taking, found, last);
  if (isDirectory) {
    taking.sources.push(sourceOf(found, hidden));
  }
  if (hidden !== null) {
    taking.hiddenBy ??= hidden;
    taking.shadows.push(versionOf(found, opaque, false));
    return null;
  }
  const isTop = taking.top === null;
  const asContents = taking.top !== null && taking.top.kind === 'file' && entry.kind === 'file';
  const fits = isTop || asContents || (taking.top?.kind === 'dir' && isDirectory);
  if (isTop) {
    taking.top = versionOf(found, false, false);
  }
  if (!isTop || opaque) {
    taking.shadows.push(versionOf(found, opaque, isDirectory && fits));
  }
  const isMetacopy = entry.kind === 'file' && entry.marks.metacopy && taking.union.form.metacopy;
  if (asContents && !isMetacopy) {
    taking.dataFrom = source.index;
  }
  if (!fits || opaque || !(isDirectory || isMetacopy)) {
    taking.hider = hiderOf(found, opaque);
    return null;
  }
  if (entry.marks.redirect !== null && !taking.union.form.redirects) {
    // The kernel refuses to look any further.
    taking.hider = hiderOf(found);
    return null;
  }
  return entry.marks.redirect;
}

function isOpaque({ union, reader }: Taking, { source, entry }: Found, last: boolean): boolean {
  if (entry.marks.opaque === 'y') {
    return true;
  }
  if (!union.form.names || last) {
    return false;
  }
  const asked = { fileMarks: false, targets: false, capabilities: false };
  const marks = reader.find(source.index, joinPath(source.path, entry.name), OPAQUE_NAMES, asked);
  return marks.status === 'ok' && marks.value !== null && marks.value.some((mark) => mark !== null);
}

function sourceOf({ source, entry }: Found, hidden: Hider | null): Source {
  return {
    index: source.index,
    path: joinPath(source.path, entry.name),
    hidden,
    attributeWhiteouts: entry.marks.opaque === 'x',
  };
}

function versionOf({ source, entry, whiteout }: Found, opaque: boolean, merged: boolean): Shadow {
  return {
    index: source.index,
    path: joinPath(source.path, entry.name),
    kind: kindOf(entry, whiteout, opaque),
    entry,
    merged,
  };
}
