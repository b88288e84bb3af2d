import { ok, type Reading, valueOr } from '../reading.ts';
import { type LxcfsOptions, type LxcfsRelease, type ViewFile, type ViewInput, viewPath } from './input.ts';
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

/** The one that answers in the container; else as packaged, of the release that fits the host. */
export function lxcfsAtHand({ lxcfs }: Pick<ProcfsSample, 'lxcfs'>, version: 1 | 2): Lxcfs {
  return lxcfs === null || lxcfs.stale || lxcfs.options === null
    ? { release: usualRelease(version), options: PACKAGED }
    : { release: lxcfs.release, options: lxcfs.options };
}

/** Why nobody but the container itself can tell what it sees. */
export const REMEMBERED = 'REMEMBERED';

/** Every file that was read, with what lxcfs would say of it. */
export function answersOf(sample: ProcfsSample, input: ViewInput, lxcfs: Lxcfs): readonly Answer[] {
  const { seen, lxcfs: mounted, history } = sample;
  const served: Lxcfs = { release: mounted?.release ?? lxcfs.release, options: mounted?.options ?? PACKAGED };
  return Object.entries(seen).map(([name, { cover, text }]) => {
    const file = name as ViewFile;
    return {
      file,
      cover,
      seen: text ?? seenThrough(file, input, served),
      limits: viewOf(file, input, lxcfs, history),
      host: input.host[file] ?? null,
    };
  });
}

/** What a working lxcfs answers; of what goes by its memory we know the rule, and not when it began. */
function seenThrough(file: ViewFile, input: ViewInput, served: Lxcfs): Reading<string> {
  if (isRemembered(file, input, served)) {
    return { status: 'unsupported', path: viewPath(file), code: REMEMBERED };
  }
  return ok(viewOf(file, input, served, NO_HISTORY) ?? '');
}

function isRemembered(file: ViewFile, { version, viewer }: ViewInput, { options }: Lxcfs): boolean {
  return (
    (file === 'loadavg' && options.loadavg && viewer.paths['cpu'] !== undefined) ||
    (file === 'stat' && options.cfs && version === 1)
  );
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
