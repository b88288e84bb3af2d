import { type Asked, type BranchReader, UNASKED } from './entry.ts';
import { takeFurther } from './redirect.ts';
import { startTaking, type Taking, take } from './taking.ts';
import type { Hider, Shadow, Source, Union } from './union.ts';
import { type Found, foundIn, hiderOf, namesFor } from './whiteout.ts';

/** What the branches make of one name. */
export type Stack = {
  readonly top: Shadow | null;
  readonly dataFrom: number | null;
  readonly shadows: readonly Shadow[];
  /** What hides it, where nothing is seen of it. */
  readonly hider: Hider | null;
  /** Below what no branch is seen. */
  readonly stop: Hider | null;
  /** Of a directory: what its entries come from. */
  readonly sources: readonly Source[];
};

/** What each source of a directory has under a name, in their order. */
export type FindAll = (sources: readonly Source[], name: string) => readonly Found[];

export type Looking = { readonly union: Union; readonly reader: BranchReader; readonly findAll: FindAll };

/** Attributes that decide what the names in this source mean. */
export function askedOf(union: Union, source: Source): Asked {
  return { ...UNASKED, fileMarks: union.form.metacopy || source.attributeWhiteouts };
}

/**
 * What is seen of a name, as overlay looks it up (fs/overlayfs/namei.c, ovl_lookup): top down, until a whiteout, an
 * opaque directory, or something that does not merge.
 */
export function stackOf(looking: Looking, sources: readonly Source[], name: string): Stack {
  const taking = startTaking(looking.union, looking.reader);
  takeName(looking, taking, sources, name);
  const { top, dataFrom, shadows } = taking;
  return {
    top,
    dataFrom,
    shadows,
    stop: taking.hider,
    hider: top === null ? (taking.hider ?? taking.hiddenBy) : null,
    sources: taking.sources,
  };
}

function takeName(looking: Looking, taking: Taking, sources: readonly Source[], name: string): void {
  const found = looking.findAll(sources, name);
  for (const [at, one] of found.entries()) {
    const redirect = take(taking, one, at === found.length - 1);
    if (redirect === null || redirect === name) {
      continue;
    }
    const { index } = one.source;
    if (redirect.startsWith('/')) {
      takeFurther(taking, index, redirect);
    } else {
      takeName(looking, taking, sources.slice(sources.indexOf(one.source) + 1), redirect);
    }
    // What the branches below have under the new name is hidden by what was moved there.
    taking.hider = hiderOf(one);
    for (const hidden of found.slice(at + 1)) {
      take(taking, hidden, true);
    }
    return;
  }
}

/** Asks the branches for the one name. */
export function findInEach({ union, reader }: Pick<Looking, 'union' | 'reader'>): FindAll {
  return (sources, name) =>
    sources.flatMap((source) => {
      const answer = reader.find(source.index, source.path, namesFor(union.form, name), askedOf(union, source));
      const entries = answer.status === 'ok' ? (answer.value ?? []) : [];
      return entries.filter((entry) => entry !== null).map((entry) => foundIn(union.form, source, entry));
    });
}
