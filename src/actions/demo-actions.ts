import type { ActionVerb, Demo } from '../model/action.ts';
import { shellWord } from '../present/shell-word.ts';
import { demos as demoTable, runWords } from '../runtime/demos/table.ts';
import { hasLxcfs, LXCFS } from '../runtime/lifecycle/lxcfs.ts';
import type { Store } from '../runtime/state/store.ts';
import type { DemoRuntime } from './demo-runtime.ts';
import { type Reentry, runAgain } from './reentry.ts';
import { done, failed, type Way } from './way.ts';

/** The demos with the containers that this host can show. */
export function knownDemos(): readonly Demo[] {
  const lxcfs = hasLxcfs(LXCFS);
  return demoTable.map(({ name, says, containers, directory = null }) => ({
    name,
    says,
    directory,
    containers: containers.filter(({ wantsLxcfs }) => lxcfs || wantsLxcfs !== true).map((container) => container.name),
  }));
}

type DemoVerb = Extract<ActionVerb, 'start' | 'startAll' | 'remove' | 'removeAll'>;

export type DemoOptions = {
  /** Null: nowhere is known. */
  readonly store: Store | null;
  readonly reentry: Reentry;
  /** Asked for when a demo is started or removed, and not before. */
  readonly loadRuntime: () => Promise<DemoRuntime>;
};

/** Starting and removing demos: what `nsview demo` does, in this process wherever that keeps no key waiting. */
export function demoWays({ name, containers }: Demo, nsview: string, options: DemoOptions): readonly Way[] {
  const way = (verb: DemoVerb, words: readonly string[], calls: readonly string[], who: string): Way => ({
    verb,
    command: [nsview, ...words].join(' '),
    calls,
    asks: verb === 'remove' || verb === 'removeAll',
    disabledReason: null,
    run: async () => {
      const names = verb === 'startAll' || verb === 'removeAll' ? demoTable.map((demo) => demo.name) : [name];
      const starts = verb === 'start' || verb === 'startAll';
      const why = await doDemos(starts, names, words, options);
      if (why !== null) {
        return failed(starts ? 'start' : 'remove', who, why);
      }
      return starts ? { ok: true, says: `running: ${who}` } : done(verb, who);
    },
  });
  const all = `all ${demoTable.length} demos`;
  return [
    way('start', ['demo', name], runLines(name, containers, nsview), `the demo ${name}`),
    way('startAll', ['demo'], [`the same for ${all}`], all),
    way('remove', ['demo', '--rm', name], [removeLine(nsview, containers)], `the demo ${name}`),
    way(
      'removeAll',
      ['demo', '--rm'],
      [
        removeLine(
          nsview,
          knownDemos().flatMap((demo) => demo.containers),
        ),
      ],
      all,
    ),
  ];
}

/** Null: done; else why not. */
async function doDemos(
  starts: boolean,
  names: readonly string[],
  words: readonly string[],
  { store, reentry, loadRuntime }: DemoOptions,
): Promise<string | null> {
  if (store === null) {
    return runAgain(reentry, words);
  }
  try {
    const runtime = await loadRuntime();
    if (!starts) {
      return await runtime.remove(store, names);
    }
    return await (runtime.areImagesMade(store, names) ? runtime.start(store, names) : runAgain(reentry, words));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function runLines(name: string, containers: readonly string[], nsview: string): readonly string[] {
  const demo = demoTable.find((one) => one.name === name);
  return (demo?.containers ?? [])
    .filter((container) => containers.includes(container.name))
    .map((container) =>
      [nsview, 'run', ...(demo === undefined ? [] : runWords(demo, container)).map(shellWord)].join(' '),
    );
}

function removeLine(nsview: string, containers: readonly string[]): string {
  return `${nsview} rm -f -v ${containers.join(' ')}`;
}
