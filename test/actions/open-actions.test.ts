import { describe, expect, it } from 'vitest';
import { type ActionOptions, openActions, refusing } from '../../src/actions/open-actions.ts';
import type { Container, Engine } from '../../src/model/document/container.ts';
import type { Engines } from '../../src/probes/engines/engines.ts';
import { openHost } from '../../src/probes/open-host.ts';
import type { Actions } from '../../src/ui/ports.ts';
import { bareContainerFixture, containerFixture } from '../support/container-fixture.ts';

const engines: Engines = {
  facts: () => null,
  refresh: () => Promise.resolve(),
  follow: () => () => undefined,
  named: false,
  reports: () => [
    { engine: 'docker', where: '/var/run/docker.sock', status: 'dead', message: 'nobody listens', remedy: null },
  ],
  daemonOf: () => null,
  stopped: () => [],
  storageRoots: () => [],
  close: () => undefined,
};

let changed = 0;
const options: ActionOptions = {
  host: openHost({}, { native: false }),
  engines,
  store: null,
  root: undefined,
  reentry: { file: '/bin/false', args: [] },
  loadDemoRuntime: () => Promise.reject(new Error('without a store none is asked for')),
  stdout: process.stdout,
  onChange: () => {
    changed += 1;
  },
};
const actions = openActions(options);

const reasons = (container: Container, from: Pick<Actions, 'offers'> = actions) =>
  Object.fromEntries(
    from.offers({ kind: 'container', container }).map(({ verb, disabledReason }) => [verb, disabledReason]),
  );

describe('a container that nobody can be asked about', () => {
  it.each([
    ['docker', 'nobody listens'],
    ['podman', 'no socket of it has answered yet'],
  ] as const)('of %s is left alone, and the reason is told', async (engine, why) => {
    const container = containerFixture(0, { engine, name: 'web' });
    for (const verb of ['pause', 'stop', 'kill', 'remove']) {
      expect(reasons(container)[verb]).toContain(why);
    }
    const [, stop] = actions.offers({ kind: 'container', container });
    const before = changed;
    expect(await actions.perform({ kind: 'container', container }, stop ?? expect.fail())).toMatchObject({ ok: false });
    expect(changed).toBe(before);
  });

  it('of Kubernetes would be started again', () => {
    expect(reasons(containerFixture(0, { engine: 'kubernetes' }))['stop']).toContain('kubelet');
  });

  it('of our own is not in the store', () => {
    expect(reasons(containerFixture(0, { engine: 'nsview', name: 'mine' }))['stop']).toContain('--root');
  });

  it.each(['oci', 'lxc', 'nspawn', 'unknown'] as const)('of %s asks before anything', (engine: Engine) => {
    const container = bareContainerFixture({ engine });
    for (const offer of actions.offers({ kind: 'container', container })) {
      expect(['shell', 'limit'].includes(offer.verb) || offer.asks || offer.disabledReason !== null).toBe(true);
    }
  });
});

it('a process that has another start is not the one that was meant', async () => {
  const container = bareContainerFixture({
    init: { pid: process.pid, startTicks: 1, nsPids: [process.pid, 1], comm: 'sh', argv: ['sh'], uid: 0 },
  });
  const kill = actions.offers({ kind: 'container', container }).find(({ verb }) => verb === 'kill');
  expect(kill).toMatchObject({ command: `kill -KILL ${process.pid}`, disabledReason: null });
  expect(await actions.perform({ kind: 'container', container }, kill ?? expect.fail())).toEqual({
    ok: false,
    says: 'kill (sh): its first process has ended',
  });
});

it('demos are started by the command line that is shown', async () => {
  const [demo = expect.fail('there are no demos')] = actions.demos;
  const target = { kind: 'demo', demo } as const;
  const [start = expect.fail('it cannot be started')] = actions.offers(target);
  expect(start).toMatchObject({ verb: 'start', command: `nsview demo ${demo.name}`, asks: false });
  expect(start.calls.join('\n')).toContain(`nsview run -d --name ${demo.containers[0]}`);
  expect(await actions.perform(target, start)).toEqual({
    ok: false,
    says: `start the demo ${demo.name}: it ended with 1`,
  });
});

it('refused actions are shown and never done', async () => {
  const refused = refusing(actions, 'not today');
  const container = bareContainerFixture();
  expect(new Set(Object.values(reasons(container, refused)))).toEqual(new Set(['not today']));
  expect(refused.demos).toBe(actions.demos);
  const [offer = expect.fail('no offer')] = actions.offers({ kind: 'container', container });
  expect(await refused.perform({ kind: 'container', container }, offer)).toEqual({ ok: false, says: 'not today' });
});
