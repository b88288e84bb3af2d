import type { ActionVerb } from '../model/action.ts';
import type { Container } from '../model/document/container.ts';
import { containerLabel } from '../present/container-label.ts';
import { cgroupFiles } from '../runtime/cgroups/cgroup-files.ts';
import { freezeWay, setFrozen } from '../runtime/cgroups/freeze.ts';
import { killContainer, stopContainer } from '../runtime/lifecycle/end.ts';
import { type OwnContainer, readContainer } from '../runtime/lifecycle/own-container.ts';
import { removeContainer } from '../runtime/lifecycle/remove.ts';
import { RequestFailed } from '../runtime/lifecycle/request-failed.ts';
import type { Store } from '../runtime/state/store.ts';
import { nameOrId } from './daemon-actions.ts';
import { closedWay, done, failed, type Way } from './way.ts';

type OwnVerb = Extract<ActionVerb, 'pause' | 'unpause' | 'stop' | 'kill' | 'remove'>;

const WORDS: { readonly [verb in OwnVerb]: string } = {
  pause: 'pause',
  unpause: 'unpause',
  stop: 'stop',
  kill: 'kill',
  remove: 'rm -f',
};

/** What our own runtime does. `nsview`: its command line up to the verb. */
export function ownWays(container: Container, store: Store | null, nsview: string): readonly Way[] {
  const name = containerLabel(container);
  const own = store === null ? null : readContainer(store, container.id);
  const verbs: readonly OwnVerb[] = [container.status === 'paused' ? 'unpause' : 'pause', 'stop', 'kill', 'remove'];
  return verbs.map((verb): Way => {
    const command = `${nsview} ${WORDS[verb]} ${nameOrId(container)}`;
    if (store === null || own === null) {
      return closedWay(verb, command, `it is not in ${store?.root ?? 'any store of ours'}: name its store with --root`);
    }
    return {
      verb,
      command,
      calls: callsOf(verb, own),
      asks: verb === 'stop' || verb === 'kill' || verb === 'remove',
      disabledReason: null,
      run: async () => {
        try {
          const now = readContainer(store, container.id);
          if (now === null) {
            return failed(verb, name, 'it is gone');
          }
          const why = await change(verb, store, now);
          return why === null ? done(verb, name) : failed(verb, name, why);
        } catch (error) {
          const why =
            error instanceof RequestFailed ? error.why : error instanceof Error ? error.message : String(error);
          return failed(verb, name, why);
        }
      },
    };
  });
}

/** Null: done. */
async function change(verb: OwnVerb, store: Store, container: OwnContainer): Promise<string | null> {
  const { groups, stopSignal, stopTimeoutSeconds } = container.config;
  switch (verb) {
    case 'pause':
    case 'unpause': {
      const outcome = await setFrozen(cgroupFiles, groups, verb === 'pause');
      return outcome === 'done'
        ? null
        : `its group does not freeze (${typeof outcome === 'string' ? outcome : outcome.code})`;
    }
    case 'stop':
      await stopContainer(store, container, stopSignal, stopTimeoutSeconds);
      return null;
    case 'kill':
      await killContainer(store, container);
      return null;
    case 'remove':
      await removeContainer(store, container, { force: true, volumes: false });
      return null;
  }
}

function callsOf(verb: OwnVerb, { config, state, files }: OwnContainer): readonly string[] {
  const { groups, stopSignal, stopTimeoutSeconds } = config;
  const pid = state.init?.pid ?? '–';
  switch (verb) {
    case 'pause':
    case 'unpause': {
      const way = freezeWay(groups);
      return way === null ? [] : [`writes ${way.word(verb === 'pause')} to ${way.file}`];
    }
    case 'stop':
      return [`signal ${stopSignal} to pid ${pid}; SIGKILL when it still runs after ${stopTimeoutSeconds} s`];
    case 'kill':
      return [`SIGKILL to pid ${pid}, with which every process inside ends`];
    case 'remove':
      return [`SIGKILL to pid ${pid}; its groups and ${files.directory} are removed`];
  }
}
