import { isCopy } from './measure-union.ts';
import type { WastedPath } from './tree.ts';
import type { MergedEntry, Version } from './union.ts';

/** So many paths are told of. */
const MOST = 50;

/** Gathers the paths of which most bytes are in branches and seen by nobody. Keeps no more than it tells. */
export function wastedPaths(): { add(entries: readonly MergedEntry<Version>[]): void; most(): readonly WastedPath[] } {
  let paths: WastedPath[] = [];
  const shorten = () => {
    paths = paths.sort((a, b) => b.bytes - a.bytes).slice(0, MOST);
  };
  return {
    add(entries) {
      paths.push(...entries.map(wastedOf).filter((wasted) => wasted !== null));
      if (paths.length > 20 * MOST) {
        shorten();
      }
    },
    most() {
      shorten();
      return paths;
    },
  };
}

function wastedOf({ path, version, shadows, dataFrom }: MergedEntry<Version>): WastedPath | null {
  const hidden = shadows.filter(
    ({ index, kind, entry }) => kind === 'file' && index !== dataFrom && !entry.marks.metacopy,
  );
  const bytes = hidden.reduce((sum, { entry }) => sum + entry.sizeBytes, 0);
  if (bytes === 0) {
    return null;
  }
  return {
    path,
    bytes,
    why: version === null ? 'deleted' : hidden.every((each) => isCopy(each, version)) ? 'copied' : 'shadowed',
  };
}
