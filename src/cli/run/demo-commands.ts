import { type DemoCommands, removeDemos, startDemo } from '../../runtime/demos/start-demos.ts';
import { demos } from '../../runtime/demos/table.ts';
import { isImageMade, resolveImage } from '../../runtime/image/resolve-image.ts';
import { hasLxcfs, LXCFS } from '../../runtime/lifecycle/lxcfs.ts';
import { removeContainer } from '../../runtime/lifecycle/remove.ts';
import { runContainer } from '../../runtime/lifecycle/run.ts';
import type { Store } from '../../runtime/state/store.ts';
import { requestFailed } from '../failure.ts';
import { parseFlags } from '../flags.ts';
import { askedRun } from './asked-run.ts';
import { ownCgroupLayout } from './own-groups.ts';
import { runFlags } from './run-flags.ts';
import { toldFailure } from './runtime-failure.ts';

/** Containers of demos are made and unmade as by `nsview run`, but for printing the id, and by `nsview rm -f -v`. */
export function demoCommands(store: Store): DemoCommands {
  return {
    run: async (words) => {
      const { flags, operands } = parseFlags('run', runFlags, words, true);
      const [image = '', ...command] = operands;
      const { lowers, config } = await resolveImage(store.root, image);
      const root = { image, layers: lowers, defaults: config.config ?? {} };
      const request = askedRun(flags, { store, layout: ownCgroupLayout() })(root, command);
      const result = await runContainer(store, request, {});
      if (result.kind === 'failed') {
        throw requestFailed(result.what, result.why, result.remedy);
      }
    },
    remove: (container) => removeContainer(store, container, { force: true, volumes: true }),
  };
}

/** Starts demos in this process. Null: all run; else why one does not, in one line. The others are started all the same. */
export async function startDemos(store: Store, names: readonly string[]): Promise<string | null> {
  const lxcfs = hasLxcfs(LXCFS);
  let why: string | null = null;
  for (const demo of demos.filter(({ name }) => names.includes(name))) {
    try {
      await startDemo(store, demo, lxcfs, demoCommands(store));
    } catch (error) {
      why ??= `demo ${demo.name}: ${toldFailure(error).message}`;
    }
  }
  return why;
}

/** Removes the containers of demos. Null: they are gone. */
export async function removeStartedDemos(store: Store, names: readonly string[]): Promise<string | null> {
  try {
    await removeDemos(store, names, demoCommands(store).remove);
    return null;
  } catch (error) {
    return toldFailure(error).message;
  }
}

/** Whether the images of these demos are there: to make one takes a second in which nothing else is done. */
export function areImagesMade(store: Store, names: readonly string[]): boolean {
  const images = demos.filter(({ name }) => names.includes(name)).flatMap(({ containers }) => containers);
  return [...new Set(images.map(({ image }) => image))].every((image) => isImageMade(store.root, image));
}
