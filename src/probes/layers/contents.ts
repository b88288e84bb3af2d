import type { BranchContent, BranchSample, LayersSample } from '../../model/layers/sample.ts';
import type { MountLine } from '../../model/mountinfo.ts';
import type { Reading } from '../../model/reading.ts';
import { endSteps, type Steps } from '../../model/steps.ts';
import type { Host } from '../host.ts';
import { failureAt } from './open-branches.ts';
import { type WhiteoutForm, walkBranch } from './walk.ts';

type Contents = {
  /**
   * The layers with what is in their branches as far as it is known. Walks on for `maxUs` microseconds at most; a
   * branch that was not walked to its end answers `unsupported` with `EAGAIN`, and the next call goes on with it; one
   * that a FUSE daemon answers for, with `FUSE`. `mounts`: what we see mounted.
   */
  count(layers: LayersSample, maxUs: number, mounts: readonly MountLine[]): Steps<LayersSample>;
  /** Forgets the branches of all others. */
  keepOnly(layers: readonly (LayersSample | null)[]): void;
};

type Counted = { readonly content: Reading<BranchContent>; readonly staleAtUs: number };
type Walk = { readonly steps: Steps<Reading<BranchContent>>; spentUs: number };

const WHITEOUTS: { readonly [driver in LayersSample['driver']]: readonly WhiteoutForm[] } = {
  overlay: ['device'],
  aufs: ['name'],
  'fuse-overlayfs': ['device', 'name'],
  none: [],
};

/** A writable branch is walked again after so long, and after so many times of what its last walk took. */
const FRESH_US = 10_000_000;
const FRESH_PER_WALK = 20;

/**
 * What is in the branches, by the union's kind and their paths: containers of one image have its branches in common,
 * and only a writable one changes.
 */
export function openContents(host: Host): Contents {
  const counted = new Map<string, Counted>();
  const walks = new Map<string, Walk>();

  function* count(layers: LayersSample, maxUs: number, mounts: readonly MountLine[]): Steps<LayersSample> {
    const untilUs = host.monotonicUs() + maxUs;
    const branches: BranchSample[] = [];
    for (const branch of layers.branches) {
      const key = keyOf(layers, branch);
      const known = counted.get(key);
      const nowUs = host.monotonicUs();
      const refused = known === undefined && !walks.has(key) ? failureAt(branch.path, mounts) : null;
      if (refused !== null) {
        counted.set(key, { content: refused, staleAtUs: Number.POSITIVE_INFINITY });
      } else if (known === undefined || nowUs >= known.staleAtUs) {
        yield* walkOn(key, branch, WHITEOUTS[layers.driver], untilUs);
      }
      branches.push({ ...branch, content: counted.get(key)?.content ?? unfinished(branch) });
    }
    return { ...layers, branches };
  }

  function* walkOn(
    key: string,
    { path, role }: BranchSample,
    forms: readonly WhiteoutForm[],
    untilUs: number,
  ): Steps<void> {
    const walk = walks.get(key) ?? { steps: walkBranch(host, path, forms), spentUs: 0 };
    walks.set(key, walk);
    for (let beganUs = host.monotonicUs(); beganUs < untilUs; beganUs = host.monotonicUs()) {
      const step = walk.steps.next();
      const nowUs = host.monotonicUs();
      walk.spentUs += nowUs - beganUs;
      if (step.done === true) {
        const freshUs = role === 'rw' ? Math.max(FRESH_US, FRESH_PER_WALK * walk.spentUs) : Number.POSITIVE_INFINITY;
        counted.set(key, { content: step.value, staleAtUs: nowUs + freshUs });
        walks.delete(key);
        return;
      }
      yield;
    }
  }

  function keepOnly(layers: readonly (LayersSample | null)[]): void {
    const used = new Set(layers.flatMap((each) => each?.branches.map((branch) => keyOf(each, branch)) ?? []));
    for (const [key, { steps }] of walks) {
      if (!used.has(key)) {
        endSteps(steps);
        walks.delete(key);
      }
    }
    for (const key of counted.keys()) {
      if (!used.has(key)) {
        counted.delete(key);
      }
    }
  }

  return { count, keepOnly };
}

function keyOf({ driver }: LayersSample, { path }: BranchSample): string {
  return `${driver}:${path}`;
}

function unfinished({ path }: BranchSample): Reading<never> {
  return { status: 'unsupported', path, code: 'EAGAIN' };
}
