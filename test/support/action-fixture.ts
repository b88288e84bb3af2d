import type { ActionVerb, Demo, Offer, Target } from '../../src/model/action.ts';

export const demosFixture: readonly Demo[] = [
  {
    name: 'burn',
    says: 'An endless loop under a quota of 20 %: see CPU, THR and the Cgroup tab.',
    containers: ['burn'],
  },
  {
    name: 'shared',
    says: 'A sidecar in the net and pid namespaces of another container: their NS letters have the same colour, and Enter on a shared namespace goes from one to the other.',
    containers: ['shared-app', 'shared-sidecar'],
  },
  { name: 'zombie', says: 'A PID 1 that reaps nobody: the list says so.', containers: ['zombie'] },
];

/** What could be done, as a Docker daemon would be asked, and our own runtime. */
export function offersFixture(target: Target): readonly Offer[] {
  if (target.kind === 'demo') {
    const { name } = target.demo;
    return [
      offer('start', `nsview demo ${name}`, [`starts the container ${name}`]),
      offer('startAll', 'nsview demo', ['starts 3 demos']),
      offer('remove', `nsview demo --rm ${name}`, [`removes the container ${name}`]),
      offer('removeAll', 'nsview demo --rm', ['removes 3 demos']),
    ];
  }
  const { id, name, init } = target.container;
  const post = (verb: string) => [`POST /containers/${id}/${verb} on /var/run/docker.sock`];
  return [
    offer('shell', `nsview exec -ti ${name} sh`, [`enters the namespaces of pid ${init?.pid} with setns`]),
    offer('pause', `docker pause ${name}`, post('pause')),
    offer('stop', `docker stop ${name}`, post('stop')),
    offer('kill', `docker kill ${name}`, post('kill')),
    offer('remove', `docker rm -f ${name}`, [`DELETE /containers/${id}?force=true on /var/run/docker.sock`]),
  ];
}

const ASKING: readonly ActionVerb[] = ['stop', 'kill', 'remove', 'removeAll'];

function offer(verb: ActionVerb, command: string, calls: readonly string[]): Offer {
  return { verb, command, calls, asks: ASKING.includes(verb), disabledReason: null };
}

export const READ_ONLY = 'nothing is changed: nsview was started with --read-only';

/** The same, none of which can be taken. */
export function refusedFixture(target: Target): readonly Offer[] {
  return offersFixture(target).map((one) => ({ ...one, disabledReason: READ_ONLY }));
}
