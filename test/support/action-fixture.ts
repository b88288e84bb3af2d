import type { ActionVerb, Demo, Offer, Target } from '../../src/model/action.ts';
import type { LimitForm, LimitKey } from '../../src/model/limit-edit.ts';

export const demosFixture: readonly Demo[] = [
  {
    name: 'burn',
    says: 'An endless loop under a quota of 20 %: see CPU, THR and the Cgroup tab.',
    containers: ['burn'],
    directory: null,
  },
  {
    name: 'shared',
    says: 'A sidecar in the net and pid namespaces of another container: their NS letters have the same colour, and Enter on a shared namespace goes from one to the other.',
    containers: ['shared-app', 'shared-sidecar'],
    directory: null,
  },
  { name: 'zombie', says: 'A PID 1 that reaps nobody: the list says so.', containers: ['zombie'], directory: null },
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
  if (target.kind === 'limit') {
    return [limitOffer(target)];
  }
  const { id, name, init } = target.container;
  if (target.kind === 'undo') {
    return [
      offer('undo', `docker update --cpus 0.2 ${name}`, [
        `POST /containers/${id}/update on /var/run/docker.sock`,
        '{"NanoCpus":200000000}',
      ]),
    ];
  }
  const post = (verb: string) => [`POST /containers/${id}/${verb} on /var/run/docker.sock`];
  return [
    offer('shell', `nsview exec -ti ${name} sh`, [`enters the namespaces of pid ${init?.pid} with setns`]),
    offer('pause', `docker pause ${name}`, post('pause')),
    offer('stop', `docker stop ${name}`, post('stop')),
    offer('kill', `docker kill ${name}`, post('kill')),
    offer('remove', `docker rm -f ${name}`, [`DELETE /containers/${id}?force=true on /var/run/docker.sock`]),
    offer('limit', `docker update ... ${name}`, []),
  ];
}

export function formFixture(key: LimitKey): LimitForm {
  return key === 'memory'
    ? { title: 'memory', takes: 'a size such as 300m or 1.5g, or max', allowed: '6m to 7951m, or max', now: '300m' }
    : { title: 'CPUs', takes: 'a number of CPUs such as 0.5, or max', allowed: '0.01 to 2, or max', now: '0.2' };
}

/** As the text is typed: what it comes to, of our own container or of Docker's. */
function limitOffer({ container, text }: Extract<Target, { kind: 'limit' }>): Offer {
  const command = `docker update --cpus ${text} ${container.name}`;
  const isNumber = /^\d+(\.\d+)?$/.test(text);
  return {
    verb: 'limit',
    command,
    calls: [
      `POST /containers/${container.id}/update on /var/run/docker.sock`,
      `{"NanoCpus":${Number(text) * 1e9}}`,
      `/sys/fs/cgroup/cpu/docker/${container.id}/cpu.cfs_quota_us: 20000 -> ${Number(text) * 100_000}`,
    ],
    asks: container.engine !== 'nsview',
    disabledReason:
      text === '' ? 'type what it may use' : isNumber ? null : 'it takes a number of CPUs such as 0.5, or max',
  };
}

const ASKING: readonly ActionVerb[] = ['stop', 'kill', 'remove', 'removeAll', 'undo'];

function offer(verb: ActionVerb, command: string, calls: readonly string[]): Offer {
  return { verb, command, calls, asks: ASKING.includes(verb), disabledReason: null };
}

export const READ_ONLY = 'nothing is changed: nsview was started with --read-only';

/** The same, none of which can be taken. */
export function refusedFixture(target: Target): readonly Offer[] {
  return offersFixture(target).map((one) => ({ ...one, disabledReason: READ_ONLY }));
}
