import { isZombie } from '../life.ts';
import type { CgroupMembership, ScannedProcess } from '../process.ts';
import type { Candidate } from './candidate.ts';
import { openCgroupRecogniser } from './recognise-cgroup.ts';

const recognise = openCgroupRecogniser();

/** A candidate that stays the same has its groups where they were, as long as its init has. */
const known = new WeakMap<
  Pick<Candidate, 'key'>,
  { readonly of: ScannedProcess['cgroups']; readonly memberships: readonly CgroupMembership[] }
>();

/**
 * The container's own group in every hierarchy: where its init is, without the sub-groups that are made inside (crun's
 * `container`, a systemd's `init.scope`), since limits are set on the group that the engine made. A zombie is in the root
 * of every tree of v1, so that one that lives speaks for it. Empty where the groups are unknown.
 */
export function containerMemberships(
  candidate: Pick<Candidate, 'key' | 'id' | 'init' | 'pids'>,
  byPid: ReadonlyMap<number, ScannedProcess>,
): readonly CgroupMembership[] {
  const first = byPid.get(candidate.init ?? candidate.pids[0] ?? Number.NaN);
  const speaker = first === undefined || !isZombie(first.stat) ? first : (livingOf(candidate, byPid) ?? first);
  const cgroups = speaker?.cgroups;
  if (cgroups?.status !== 'ok') {
    return [];
  }
  const before = known.get(candidate);
  if (before?.of === cgroups) {
    return before.memberships;
  }
  const memberships = cgroups.value.map((membership) => ({
    ...membership,
    path: ownPath(membership.path, candidate),
  }));
  known.set(candidate, { of: cgroups, memberships });
  return memberships;
}

function livingOf(
  { pids }: Pick<Candidate, 'pids'>,
  byPid: ReadonlyMap<number, ScannedProcess>,
): ScannedProcess | undefined {
  return pids.flatMap((pid) => byPid.get(pid) ?? []).find(({ stat }) => !isZombie(stat));
}

function ownPath(path: string, { key, id }: Pick<Candidate, 'key' | 'id'>): string {
  const match = recognise(path).containers.find((container) => container.key === key);
  if (match !== undefined) {
    return match.path;
  }
  const parts = path.split('/');
  const named = id === null ? -1 : parts.lastIndexOf(id);
  return named > 0 ? parts.slice(0, named + 1).join('/') : path;
}
