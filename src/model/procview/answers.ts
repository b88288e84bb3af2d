import { ok, type Reading, valueOr } from '../reading.ts';
import type { LxcfsOptions, LxcfsRelease, ViewFile, ViewInput } from './input.ts';
import { PACKAGED } from './options.ts';
import type { Cover, ProcfsSample } from './sample.ts';
import { type Lxcfs, NO_HISTORY, viewOf } from './view.ts';

/** The three texts of one file. */
export type Answer = {
  readonly file: ViewFile;
  readonly cover: Cover;
  readonly seen: Reading<string>;
  /** Null: that release has no such file, and the container goes on seeing what it sees. */
  readonly limits: string | null;
  readonly host: string | null;
};

/** The release that Debian ships where it works, and the newest where the older one knows least. */
export function usualRelease(version: 1 | 2): LxcfsRelease {
  return version === 1 ? '5.0.3' : '7.0.0';
}

/** Every file that was read, with what lxcfs would say of it. */
export function answersOf({ seen, lxcfs: mounted }: ProcfsSample, input: ViewInput, lxcfs: Lxcfs): readonly Answer[] {
  const served: Lxcfs = { release: mounted?.release ?? lxcfs.release, options: mounted?.options ?? PACKAGED };
  return Object.entries(seen).map(([name, { cover, text }]) => {
    const file = name as ViewFile;
    return {
      file,
      cover,
      seen: text ?? ok(viewOf(file, input, served, NO_HISTORY) ?? ''),
      limits: viewOf(file, input, lxcfs, NO_HISTORY),
      host: input.host[file] ?? null,
    };
  });
}

/** The text of one of the three, null where there is none. */
export function answerText({ seen, limits, host }: Answer, view: 'seen' | 'limits' | 'host'): string | null {
  return view === 'seen' ? valueOr(seen, null) : view === 'limits' ? limits : host;
}

/** Flags as a person would type them. */
export function flagsOf({ loadavg, cfs, swap, zswap }: LxcfsOptions): string[] {
  return [
    ...(loadavg ? ['-l'] : []),
    ...(cfs ? ['--enable-cfs'] : []),
    ...(swap ? [] : ['-u']),
    ...(zswap ? [] : ['-z']),
  ];
}
