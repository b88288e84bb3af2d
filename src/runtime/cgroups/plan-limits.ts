import { checkResources, type HostCapacity, type ResourceProblem } from './check-resources.ts';
import { type GroupPlaces, type LiveWrite, liveWrites, missingController, withLiveMemory } from './live-change.ts';
import { neededControllers, type Resources } from './resources.ts';

type LimitPlan =
  | { readonly kind: 'problem'; readonly problem: ResourceProblem }
  /** `resources`: what was asked for, with what it touches besides. */
  | { readonly kind: 'writes'; readonly resources: Resources; readonly writes: readonly LiveWrite[] };

/** What changes a live group as asked, or why it cannot be: nothing is written yet. */
export function planLimits(
  asked: Resources,
  places: GroupPlaces,
  host: HostCapacity,
  read: (path: string) => string | null,
): LimitPlan {
  const missing = missingController(places, neededControllers(asked));
  if (missing !== null) {
    return {
      kind: 'problem',
      problem: { flag: 'limit', why: `who started it gave it no ${missing} group of its own` },
    };
  }
  const resources = withLiveMemory(asked, places, read);
  // A limit that stays as it is may be above what this host has.
  const problem = checkResources(resources, asked.memoryBytes === null ? { ...host, memoryBytes: Infinity } : host);
  return problem === null
    ? { kind: 'writes', resources, writes: liveWrites(places, resources, read) }
    : { kind: 'problem', problem };
}
