import type { LayersPath, PathVersion } from '../model/document/branch-paths.ts';
import type { Mount } from '../model/document/isolation.ts';
import type { Branch } from '../model/document/layers.ts';
import { replacedKind } from '../model/layers/replaced.ts';
import { mountedOver } from '../model/layers/resolve-path.ts';
import { shownInstruction } from './instruction.ts';
import { printable } from './printable.ts';
import { UNKNOWN } from './units.ts';

const STATES = {
  added: 'added by the container',
  changed: 'changed by the container',
  within: 'unchanged itself',
  deleted: 'deleted by the container',
} as const;

/** Who provides a path, what it hides, and what the container did to it. */
export function pathSentence({ path, kind, providedBy, dataFrom, state, shadows }: LayersPath): string {
  if (providedBy === null) {
    const [hider, ...rest] = shadows;
    const was = rest.find(isVersion);
    return [
      `deleted here (${hider?.kind ?? 'whiteout'})`,
      ...(hider === undefined ? [] : [`by ${hider.index}${hider.path === path ? '' : ` at ${printable(hider.path)}`}`]),
      ...(was === undefined ? [] : [`was in ${was.index}`]),
    ].join(' · ');
  }
  const others = shadows.filter((version) => isVersion(version) && version.index !== dataFrom);
  return [
    `${kind} from ${providedBy}`,
    ...(dataFrom === null ? [] : [`its contents from ${dataFrom}`]),
    ...named(
      'also in',
      others.filter(({ merged }) => merged),
      path,
    ),
    ...named(
      'hides',
      others.filter(({ merged }) => !merged),
      path,
    ),
    ...(state === null || kind === 'deleted' ? [] : [stateWords(state, kind, replacedKind(providedBy, kind, shadows))]),
  ].join(' · ');
}

function stateWords(state: keyof typeof STATES, kind: string, replaced: string | null): string {
  if (replaced === null || state === 'added') {
    return STATES[state];
  }
  return replaced === kind
    ? `replaced by the container: an opaque ${kind}, in which nothing from below is seen`
    : `replaced by the container: a ${kind} in place of a ${replaced}`;
}

/** Below a directory that was renamed, its branch has it by another path. */
function named(what: string, versions: readonly PathVersion[], path: string): readonly string[] {
  const places = versions.map((each) => {
    return each.path === path ? String(each.index) : `${each.index} (there ${printable(each.path)})`;
  });
  return places.length === 0 ? [] : [`${what} ${[...new Set(places)].join(', ')}`];
}

function isVersion({ kind }: Pick<PathVersion, 'kind'>): boolean {
  return kind !== 'whiteout' && kind !== 'opaque';
}

/** What a version has to do with what is seen. */
export function partOf({ dataFrom }: LayersPath, { index, kind, merged }: PathVersion): string {
  if (index === dataFrom) {
    return 'contents';
  }
  if (!isVersion({ kind })) {
    return 'hides';
  }
  return merged ? 'merged' : 'hidden';
}

/** The instruction that made a branch, else its digest. */
export function madeBy(branch: Branch | undefined): string {
  return branch?.createdBy == null ? (branch?.digest ?? UNKNOWN) : shownInstruction(branch.createdBy);
}

/** What covers a path, so that no branch and no commit has what the container sees; null where nothing does. */
export function mountedSentence({ mountedOver }: LayersPath): string | null {
  return mountedOver === null
    ? null
    : `mounted over: the container sees ${printable(mountedOver.source)} (${mountedOver.kind} at ${printable(mountedOver.target)}), which is in no layer and in no commit`;
}

/** Why no branch has an absolute path that exists nevertheless: it is below another mount. Null where it is below none. */
export function belowMount(path: string, mounts: readonly Mount[]): string | null {
  const over = mountedOver(path, mounts);
  return over === null
    ? null
    : `it is below ${printable(over.target)}, a ${over.kind} mount: in no layer, and in no commit`;
}
