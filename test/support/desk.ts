import { expect } from 'vitest';
import { openActions } from '../../src/actions/open-actions.ts';
import { buildSnapshot } from '../../src/model/build-snapshot.ts';
import type { Container } from '../../src/model/document/container.ts';
import type { LimitKey } from '../../src/model/limit-edit.ts';
import { finish } from '../../src/model/steps.ts';
import { openSampler } from '../../src/probes/collect.ts';
import type { EngineChoice } from '../../src/probes/engines/choice.ts';
import { openEngines } from '../../src/probes/engines/engines.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { storeAt } from '../../src/runtime/state/store.ts';
import { plainWant } from './plain-want.ts';

/** What a dashboard would do, over a real host. */
export function openDesk(choice: EngineChoice, root?: string) {
  const host = openHost({});
  const engines = openEngines(host, choice, { env: {}, root });
  const sampler = openSampler(host, engines);
  const store = root === undefined ? null : storeAt(root, process.env, 0);
  const reentry = { file: '/bin/false', args: [] };
  const onChange = () => undefined;
  const loadDemoRuntime = () => Promise.reject(new Error('no demo is started here'));
  const actions = openActions({
    host,
    engines,
    store,
    root,
    reentry,
    loadDemoRuntime,
    stdout: process.stdout,
    onChange,
  });
  const look = (alsoPids: readonly number[] = []): readonly Container[] => {
    const sample = sampler.sample({ ...plainWant, alsoPids });
    return buildSnapshot(finish(sample), null).containers;
  };
  const offerOf = (container: Container, key: LimitKey, text: string, from = actions) => {
    const target = { kind: 'limit', container, key, text } as const;
    return { target, offer: from.offers(target)[0] ?? expect.fail('nothing is offered') };
  };
  return {
    engines,
    actions,
    look,
    offerOf,
    find: (is: (container: Container) => boolean, alsoPids: readonly number[] = []) =>
      look(alsoPids).find(is) ?? expect.fail('the container is not found'),
    limit: async (container: Container, key: LimitKey, text: string) => {
      const { target, offer } = offerOf(container, key, text);
      return { offer, result: await actions.perform(target, offer) };
    },
    undo: async (container: Container) => {
      const target = { kind: 'undo', container } as const;
      const [offer = expect.fail('nothing is offered')] = actions.offers(target);
      return { offer, result: await actions.perform(target, offer) };
    },
    close: () => {
      actions.close();
      engines.close();
      sampler.close();
    },
  };
}

export type Desk = ReturnType<typeof openDesk>;
