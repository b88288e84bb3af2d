import type { Offer, Target } from '../model/action.ts';
import type { Container } from '../model/document/container.ts';
import { shellWord } from '../present/shell-word.ts';
import type { Engines } from '../probes/engines/engines.ts';
import type { Host } from '../probes/host.ts';
import type { Store } from '../runtime/state/store.ts';
import type { Actions } from '../ui/ports.ts';
import { clientOf, daemonWays, nameOrId } from './daemon-actions.ts';
import { type DemoOptions, demoWays, knownDemos } from './demo-actions.ts';
import { kernelWays } from './kernel-actions.ts';
import { openLimits } from './limit-actions.ts';
import { ownWays } from './own-actions.ts';
import type { Reentry } from './reentry.ts';
import { openShells } from './shell.ts';
import { unanswered } from './unanswered.ts';
import { closedWay, type Way } from './way.ts';

export type ActionOptions = {
  readonly host: Host;
  readonly engines: Engines;
  /** Of our own containers. */
  readonly store: Store | null;
  /** `--root` as it was given. */
  readonly root: string | undefined;
  readonly reentry: Reentry;
  readonly loadDemoRuntime: DemoOptions['loadRuntime'];
  readonly stdout: NodeJS.WriteStream;
  /** Something changed: the next look should not wait. */
  readonly onChange: () => void;
};

/** They write what their calls say: others name who is asked, and how. */
const CALLS_SHOWN: ReadonlySet<Offer['verb']> = new Set(['limit', 'undo']);

/** What the dashboard may do to containers: by our own runtime, by their engine, or by the kernel. */
export function openActions(options: ActionOptions): Actions & { readonly close: () => void } {
  const { host, engines, store, root, reentry, loadDemoRuntime, stdout, onChange } = options;
  const nsview = root === undefined ? 'nsview' : `nsview --root ${shellWord(root)}`;
  const shells = openShells(host, reentry, nsview, stdout);

  function containerWays(container: Container): readonly Way[] {
    const { engine } = container;
    if (engine === 'nsview') {
      return [shells.way(container, null), ...ownWays(container, store, nsview)];
    }
    const daemon = engines.daemonOf(container.id);
    if (daemon !== null && (engine === 'docker' || engine === 'podman')) {
      return [shells.way(container, clientOf(daemon)), ...daemonWays(container, daemon)];
    }
    if (engine === 'docker' || engine === 'podman') {
      const reason = unanswered(engine, engines);
      return [
        shells.way(container, engine),
        ...(['pause', 'stop', 'kill', 'remove'] as const).map((verb) =>
          closedWay(verb, `${engine} ${verb === 'remove' ? 'rm -f' : verb} ${nameOrId(container)}`, reason),
        ),
      ];
    }
    return [shells.way(container, null), ...kernelWays(container, host)];
  }

  const limits = openLimits({ host, engines, store, nsview });

  function waysFor(target: Target): readonly Way[] {
    switch (target.kind) {
      case 'container':
        return [...containerWays(target.container), limits.anyWay(target.container)];
      case 'demo':
        return demoWays(target.demo, nsview, { store, reentry, loadRuntime: loadDemoRuntime });
      case 'limit':
        return [limits.limitWay(target)];
      case 'undo':
        return [limits.undoWay(target.container)];
    }
  }

  return {
    demos: knownDemos(),
    offers: (target) => waysFor(target).map(offerOf),
    form: limits.form,
    async perform(target, { verb, calls }) {
      const way = waysFor(target).find((candidate) => candidate.verb === verb);
      if (way?.disabledReason === null && CALLS_SHOWN.has(verb) && way.calls.join('\n') !== calls.join('\n')) {
        return { ok: false, says: 'it changed while this was asked: look at it again' };
      }
      if (way === undefined || way.disabledReason !== null) {
        return { ok: false, says: way?.disabledReason ?? 'it cannot be done any more' };
      }
      const result = await way.run();
      onChange();
      return result;
    },
    close: shells.close,
  };
}

function offerOf({ verb, command, calls, asks, disabledReason }: Way): Offer {
  return { verb, command, calls, asks, disabledReason };
}

/** The same offers, none of which can be taken: `--read-only`, and hosts that are not this one. */
export function refusing(actions: Actions, reason: string): Actions {
  return {
    demos: actions.demos,
    form: actions.form,
    offers: (target) => actions.offers(target).map((offer) => ({ ...offer, disabledReason: reason })),
    perform: () => Promise.resolve({ ok: false, says: reason }),
  };
}
