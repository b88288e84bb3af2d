import type { ActionVerb, Demo } from '../model/action.ts';
import { demos as demoTable, runWords } from '../runtime/demos/table.ts';
import { hasLxcfs, LXCFS } from '../runtime/lifecycle/lxcfs.ts';
import { type Reentry, runAgain } from './reentry.ts';
import { done, failed, shellWord, type Way } from './way.ts';

/** The demos with the containers that this host can show. */
export function knownDemos(): readonly Demo[] {
  const lxcfs = hasLxcfs(LXCFS);
  return demoTable.map(({ name, says, containers }) => ({
    name,
    says,
    containers: containers.filter(({ wantsLxcfs }) => lxcfs || wantsLxcfs !== true).map((container) => container.name),
  }));
}

type DemoVerb = Extract<ActionVerb, 'start' | 'startAll' | 'remove' | 'removeAll'>;

/** Starting and removing demos, by the command line that a person would type: `nsview demo`. */
export function demoWays({ name, containers }: Demo, nsview: string, reentry: Reentry): readonly Way[] {
  const way = (verb: DemoVerb, words: readonly string[], calls: readonly string[], who: string): Way => ({
    verb,
    command: [nsview, ...words].join(' '),
    calls,
    asks: verb === 'remove' || verb === 'removeAll',
    disabledReason: null,
    run: async () => {
      const why = await runAgain(reentry, words);
      if (why !== null) {
        return failed(verb.startsWith('remove') ? 'remove' : 'start', who, why);
      }
      return verb === 'start' || verb === 'startAll' ? { ok: true, says: `running: ${who}` } : done(verb, who);
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
