import { parseFlags } from '../src/cli/flags.ts';
import { askedRun } from '../src/cli/run/asked-run.ts';
import { ownCgroupLayout } from '../src/cli/run/own-groups.ts';
import { runFlags } from '../src/cli/run/run-flags.ts';
import { launch, type Outcome } from '../src/runtime/launch.ts';
import { execIn, ownTarget } from '../src/runtime/lifecycle/exec.ts';
import { makeContainer } from '../src/runtime/lifecycle/make-spec.ts';
import { listContainers, readContainer } from '../src/runtime/lifecycle/own-container.ts';
import { removeContainer, takeDown } from '../src/runtime/lifecycle/remove.ts';
import { runContainer } from '../src/runtime/lifecycle/run.ts';
import type { RunRequest } from '../src/runtime/lifecycle/run-request.ts';
import { planContainer } from '../src/runtime/plan/plan-container.ts';
import type { ContainerSpec } from '../src/runtime/spec.ts';
import { newId } from '../src/runtime/state/records.ts';
import { reserve } from '../src/runtime/state/reserve.ts';
import { makeStore, type Store } from '../src/runtime/state/store.ts';

/** Starts of our own from this process, which is warm, as the dashboard is. */
export function ownStarts(store: Store, rootfs: string, flags: readonly string[]) {
  makeStore(store);
  const request = (): RunRequest => {
    const parsed = parseFlags('run', runFlags, [...flags, '--'], true);
    const root = { image: null, layers: [rootfs], defaults: {} };
    return askedRun(parsed.flags, { store, layout: ownCgroupLayout() })(root, ['true']);
  };
  const make = () => makeContainer(store, newId(), request(), new Date().toISOString());
  return {
    spec: (): ContainerSpec => make().spec,
    /** The helper alone: its plan, its process, the end of the command and of all that was made for it. */
    byHelper: async (): Promise<number> => {
      const { spec, config } = make();
      reserve(store, config, null);
      const start = performance.now();
      const outcome = await launch(planContainer(spec), { verb: 'run', name: 'bench', detached: false });
      const took = performance.now() - start;
      const left = readContainer(store, spec.id);
      if (left !== null) await takeDown(store, left);
      return wentWell(outcome, took);
    },
    /** `nsview run --rm` whole, but for the start of a program of its own. */
    whole: async (): Promise<number> => {
      const start = performance.now();
      const result = await runContainer(store, { ...request(), autoRemove: true }, {});
      return wentWell(result, performance.now() - start);
    },
    /** A command in a container that runs. */
    entered: async (id: string): Promise<number> => {
      const start = performance.now();
      const container = readContainer(store, id);
      if (container === null) throw new Error('it is gone');
      const none = { env: [], workdir: null, user: null, privileged: false, detached: false, tty: false, stdin: false };
      const outcome = await execIn(
        ownTarget(container, () => null),
        { command: ['true'], ...none },
        {},
      );
      return wentWell(outcome, performance.now() - start);
    },
    removeAll: async (): Promise<void> => {
      for (const container of listContainers(store)) {
        await removeContainer(store, container, { force: true, volumes: true });
      }
    },
  };
}

function wentWell(outcome: Outcome | { readonly kind: string; readonly code?: number }, took: number): number {
  if (outcome.kind !== 'ended' || outcome.code !== 0) throw new Error(JSON.stringify(outcome));
  return took;
}
