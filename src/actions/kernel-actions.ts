import type { Container, Engine } from '../model/document/container.ts';
import { containerLabel } from '../present/container-label.ts';
import { placesOfContainer } from '../probes/cgroup/container-places.ts';
import { readCgroupLayout } from '../probes/cgroup/layout.ts';
import type { Host } from '../probes/host.ts';
import { cgroupFiles } from '../runtime/cgroups/cgroup-files.ts';
import { type FreezeOutcome, freezeWay, setFrozen } from '../runtime/cgroups/freeze.ts';
import type { GroupPlaces } from '../runtime/cgroups/live-change.ts';
import { freezeRefusal } from '../runtime/cgroups/strangers.ts';
import { isRunning } from '../runtime/state/process-ref.ts';
import { nameOrId } from './daemon-actions.ts';
import { closedWay, done, failed, type Way } from './way.ts';

/** Who would start it again, or is alone in knowing how to take it away, and how it is asked. */
const KEEPERS: { readonly [engine in Engine]?: { readonly reason: string; readonly command: string } } = {
  kubernetes: { reason: 'its kubelet would start it again: delete its pod (kubectl delete pod)', command: 'crictl' },
  'cri-o': { reason: 'what made it in CRI-O would start it again: delete its pod', command: 'crictl' },
};

const REMOVERS: { readonly [engine in Engine]?: string } = {
  oci: 'runc delete -f',
  lxc: 'lxc-destroy -f -n',
  nspawn: 'machinectl remove',
  containerd: 'ctr containers rm',
};

/**
 * What the kernel alone can do for a container that no engine here answers for: freeze its group, signal its first
 * process. Each says what is written where, and asks.
 */
export function kernelWays(container: Container, host: Host): readonly Way[] {
  const keeper = KEEPERS[container.engine];
  if (keeper !== undefined) {
    return (['stop', 'remove'] as const).map((verb) =>
      closedWay(verb, `${keeper.command} ${verb === 'stop' ? 'stop' : 'rm -f'} ${container.shortId}`, keeper.reason),
    );
  }
  const remover = REMOVERS[container.engine];
  return [
    freezing(container, host),
    signalling(container, 'stop', 'SIGTERM'),
    signalling(container, 'kill', 'SIGKILL'),
    remover === undefined
      ? closedWay('remove', '', 'no engine made it: nothing is left of it when its last process ends')
      : closedWay(
          'remove',
          `${remover} ${nameOrId(container)}`,
          'what made it must remove it: only that knows its files',
        ),
  ];
}

function freezing(container: Container, host: Host): Way {
  const frozen = container.status !== 'paused';
  const verb = frozen ? 'pause' : 'unpause';
  const name = containerLabel(container);
  const places = groupsOf(container, host);
  const way = freezeWay(places);
  if (way === null) {
    return closedWay(verb, '', 'it has no group of its own that could be frozen');
  }
  const directory = way.file.slice(0, way.file.lastIndexOf('/'));
  const refusal = () => (frozen ? freezeRefusal(directory, container) : null);
  const command = `echo ${way.word(frozen)} > ${way.file}`;
  const refused = refusal();
  if (refused !== null) {
    return closedWay(verb, command, refused);
  }
  return {
    verb,
    command,
    calls: [`writes ${way.word(frozen)} to ${way.file}`],
    asks: true,
    disabledReason: null,
    run: async () => {
      const why = refusal();
      if (why !== null) {
        return failed(verb, name, why);
      }
      const outcome = await setFrozen(cgroupFiles, places, frozen);
      return outcome === 'done' ? done(verb, name) : failed(verb, name, whyNotFrozen(outcome, way.file));
    },
  };
}

function whyNotFrozen(outcome: Exclude<FreezeOutcome, 'done'>, file: string): string {
  switch (outcome) {
    case 'slow':
      return 'a process of it does not stop; it was let go on';
    case 'unsupported':
      return 'this kernel cannot freeze it';
    default:
      return `${file} cannot be written (${outcome.code})`;
  }
}

/** Its groups' directories. */
export function groupsOf(container: Container, host: Host): GroupPlaces {
  return placesOfContainer(readCgroupLayout(host), container);
}

function signalling(container: Container, verb: 'stop' | 'kill', signal: 'SIGTERM' | 'SIGKILL'): Way {
  const { init, namespaces } = container;
  const name = containerLabel(container);
  if (init === null) {
    return closedWay(verb, '', 'it has no process that could be signalled');
  }
  const command = `kill -${signal.slice(3)} ${init.pid}`;
  const first =
    init.nsPids.at(-1) === 1 && namespaces.some(({ type, isolated }) => type === 'pid' && isolated === true);
  return {
    verb,
    command,
    calls: [
      `sends ${signal} to pid ${init.pid}`,
      ...(signal === 'SIGTERM' && first ? ['as PID 1 inside it may ignore the signal'] : []),
      ...(first ? ['every process of its pid namespace ends with it'] : ['its other processes may go on']),
    ],
    asks: true,
    disabledReason:
      container.status === 'paused' && signal === 'SIGTERM' ? 'it is paused, and would not hear it' : null,
    run: () => Promise.resolve(signalled()),
  };

  function signalled() {
    if (init === null || !isRunning({ pid: init.pid, startTicks: init.startTicks })) {
      return failed(verb, name, 'its first process has ended');
    }
    try {
      process.kill(init.pid, signal);
      return done(verb, name);
    } catch (error) {
      return failed(verb, name, `pid ${init.pid} cannot be signalled (${(error as NodeJS.ErrnoException).code})`);
    }
  }
}
