import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { isUp, listContainers, type OwnContainer } from '../lifecycle/own-container.ts';
import { ownerOf } from '../state/names.ts';
import { containerFiles } from '../state/records.ts';
import type { Store } from '../state/store.ts';
import { DEMO_LABEL, type Demo, type DemoContainer, runWords } from './table.ts';

/** What became of one container of a demo. */
export type DemoStart = {
  readonly container: DemoContainer;
  /** `absent`: this host lacks what it shows. */
  readonly outcome: 'started' | 'was running' | 'absent';
};

/** How a demo's containers are made and unmade: as `nsview run` and `nsview rm -f` do it. */
export type DemoCommands = {
  readonly run: (words: readonly string[]) => Promise<void>;
  readonly remove: (container: OwnContainer) => Promise<void>;
};

/**
 * Starts the containers of one demo, in order, or none of them: what one shows it shows with the others. Those that run
 * are left as they are; those that have ended are made anew. `lxcfs`: whether it is mounted. Throws what `commands` throw.
 */
export async function startDemo(
  store: Store,
  demo: Demo,
  lxcfs: boolean,
  commands: DemoCommands,
): Promise<readonly DemoStart[]> {
  const starts: DemoStart[] = [];
  for (const container of demo.containers) {
    if (container.wantsLxcfs === true && !lxcfs) {
      starts.push({ container, outcome: 'absent' });
      continue;
    }
    const before = await startedAs(store, container);
    if (before !== null && isUp(before)) {
      starts.push({ container, outcome: 'was running' });
      continue;
    }
    if (before !== null) {
      await commands.remove(before);
    }
    try {
      starts.push({ container, outcome: await startOne(store, demo, container, commands) });
    } catch (error) {
      await takeBack(store, starts, commands);
      throw error;
    }
  }
  return starts;
}

/** Those that were started here alone. */
async function takeBack(store: Store, starts: readonly DemoStart[], { remove }: DemoCommands): Promise<void> {
  const names = starts.filter(({ outcome }) => outcome === 'started').map(({ container }) => container.name);
  for (const container of startedDemos(store).filter(({ config }) => names.includes(config.name))) {
    await remove(container);
  }
}

/** Of two who start the same demo at once, one finds the name taken: then the other's container is as good. */
async function startOne(
  store: Store,
  demo: Demo,
  container: DemoContainer,
  { run }: DemoCommands,
): Promise<'started' | 'was running'> {
  try {
    await run(runWords(demo, container));
    return 'started';
  } catch (error) {
    const other = await startedAs(store, container);
    if (other !== null && isUp(other)) {
      return 'was running';
    }
    throw error;
  }
}

const PATIENCE_MS = 10_000;
const PAUSE_MS = 20;

/** The container that has the name, once it is more than begun: by then others can share its namespaces. */
async function startedAs(store: Store, { name }: DemoContainer): Promise<OwnContainer | null> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = startedDemos(store).find(({ config }) => config.name === name) ?? null;
    const begun = found === null ? isBeingWritten(store, name) : found.status === 'starting';
    if (!begun || performance.now() > end) {
      return found;
    }
    await setTimeout(PAUSE_MS);
  }
}

/** Somebody has the name, and its container is not there yet. */
function isBeingWritten(store: Store, name: string): boolean {
  const owner = ownerOf(store, name);
  return owner !== null && !existsSync(containerFiles(store, owner).directory);
}

/** Containers that a demo made and nobody removed, whatever they are called by now. */
function startedDemos(store: Store): readonly OwnContainer[] {
  return listContainers(store).filter(({ config }) => config.labels[DEMO_LABEL] !== undefined);
}

/** Removes them, or those of some demos; one that shares with another before that one. The names of what was removed. */
export async function removeDemos(
  store: Store,
  names: readonly string[],
  remove: DemoCommands['remove'],
): Promise<readonly string[]> {
  const chosen = startedDemos(store).filter(
    ({ config }) => names.length === 0 || names.includes(config.labels[DEMO_LABEL] ?? ''),
  );
  const removed: string[] = [];
  for (const container of chosen.toReversed()) {
    await remove(container);
    removed.push(container.config.name);
  }
  return removed;
}
