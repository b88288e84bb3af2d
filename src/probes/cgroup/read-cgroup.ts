import type { CgroupLayout } from '../../model/cgroup/layout.ts';
import type { CgroupSample } from '../../model/cgroup/sample.ts';
import type { CgroupMembership } from '../../model/process.ts';
import type { Steps } from '../../model/steps.ts';
import type { Host } from '../host.ts';
import { openBoard } from './board.ts';
import { openRootTest } from './places.ts';
import { type Figures, type Plan, planCgroup } from './plan.ts';

/** So many containers are joined between two steps. */
const PLANS_PER_STEP = 100;

export type CgroupReader = {
  /**
   * The groups of many containers at once, in the order of `list`: one call to the kernel's files per tick. Null where
   * nothing of a container's groups can be seen from here. Descriptors of containers that are no longer asked for are
   * closed. `looked`: places in the list of those whose limits must be fresh; of others they may be some ticks old.
   */
  read(
    layout: CgroupLayout,
    list: readonly (readonly CgroupMembership[])[],
    figures?: Figures,
    looked?: ReadonlySet<number>,
  ): Steps<readonly (CgroupSample | null)[]>;
};

export function openCgroupReader(host: Host): CgroupReader {
  const board = openBoard(host);
  const plans = new Map<string, Plan | null>();
  let isRoot = openRootTest(host);
  let planned: CgroupLayout | null = null;

  function planOf(
    layout: CgroupLayout,
    key: string,
    memberships: readonly CgroupMembership[],
    figures: Figures,
  ): Plan | null {
    const known = plans.get(key);
    if (known !== undefined) {
      return known;
    }
    const plan = planCgroup(host, board, layout, memberships, isRoot, figures);
    plans.set(key, plan);
    return plan;
  }

  function dropPlan(key: string): void {
    plans.get(key)?.release();
    plans.delete(key);
  }

  function* read(
    layout: CgroupLayout,
    list: readonly (readonly CgroupMembership[])[],
    figures: Figures = 'all',
    looked: ReadonlySet<number> = new Set(),
  ): Steps<readonly (CgroupSample | null)[]> {
    if (planned !== layout && JSON.stringify(planned) !== JSON.stringify(layout)) {
      for (const key of [...plans.keys()]) {
        dropPlan(key);
      }
      isRoot = openRootTest(host);
    }
    planned = layout;
    const keys = list.map((memberships) => `${figures}\n${keyOf(memberships)}`);
    const wanted = new Set(keys);
    for (const key of [...plans.keys()]) {
      if (!wanted.has(key)) {
        dropPlan(key);
      }
    }
    const active = list.map((memberships, index) => planOf(layout, keys[index] ?? '', memberships, figures));
    for (const index of looked) {
      active[index]?.hasten();
    }
    yield* board.refresh();
    const samples: (CgroupSample | null)[] = [];
    for (const plan of active) {
      samples.push(plan?.sample() ?? null);
      if (samples.length % PLANS_PER_STEP === 0) {
        yield;
      }
    }
    for (const [index, plan] of active.entries()) {
      if (plan?.stale()) {
        dropPlan(keys[index] ?? '');
      }
    }
    return samples;
  }

  return { read };
}

const keys = new WeakMap<readonly CgroupMembership[], string>();

/** The same hierarchies at the same paths: the same files. */
function keyOf(memberships: readonly CgroupMembership[]): string {
  const known = keys.get(memberships);
  if (known !== undefined) {
    return known;
  }
  const key = memberships.map(({ hierarchy, path }) => `${hierarchy}:${path}`).join('\n');
  keys.set(memberships, key);
  return key;
}
