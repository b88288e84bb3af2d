import { isBeingSetUp } from './discovery/container-group.ts';
import type { Container } from './document/container.ts';
import type { Life } from './document/isolation.ts';
import type { ContainerProcess, Init } from './document/process.ts';

const SHELLS = new Set(['sh', 'bash', 'dash', 'ash', 'rbash', 'zsh', 'ksh', 'mksh', 'fish', 'csh', 'tcsh', 'pwsh']);

/** Inits that start one program, reap whatever is left to them, and end with that program. */
const MINIMAL_INITS = new Set([
  'tini',
  'tini-static',
  'dumb-init',
  'docker-init',
  'podman-init',
  'catatonit',
  'lxc-init',
  'init.lxc',
  'init.lxc.static',
  '(sd-stubinit)',
  'nsview-init',
  'pid1',
]);

/** Inits that keep services running, and stay whatever becomes of them. */
const SERVICE_INITS = new Set([
  'systemd',
  'init',
  'openrc-init',
  'upstart',
  's6-svscan',
  's6-linux-init',
  'runit',
  'runit-init',
  'runsvdir',
  'supervisord',
  'circusd',
  'my_init',
  'dinit',
  'procd',
  'finit',
  'shepherd',
]);

const PAUSES = new Set(['pause', 'podman-pause']);

/** Which process is number 1 inside, what ends the container, and what does not. Null inside is "we cannot tell". */
export function describeLife({ init, processes }: Pick<Container, 'init' | 'processes'>): Life {
  const zombies = processes.filter(isZombie);
  const left = zombies.filter(({ pid }) => pid !== init?.pid);
  const { role, says } = init === null ? NOT_SEEN : roleOf(init, processes);
  return { role, says: says + zombieWords(left, init), zombies: zombies.length };
}

/** A leader that ended before its other threads has state Z too, but nothing is to be reaped yet. */
export function isZombie({ state, threads }: Pick<ContainerProcess, 'state' | 'threads'>): boolean {
  return state === 'Z' && threads <= 1;
}

type Role = Pick<Life, 'role' | 'says'>;

const NOT_SEEN: Role = { role: 'unknown', says: 'its first process cannot be seen' };

function roleOf(init: Init, processes: readonly ContainerProcess[]): Role {
  const program = programOf(init);
  const self = processes.find(({ pid }) => pid === init.pid);
  if (isBeingSetUp(init.comm)) {
    const says =
      self !== undefined && isZombie(self)
        ? 'the runtime gave it up while it set it up'
        : 'the runtime is still setting it up';
    return { role: 'unknown', says: `${says} (${init.comm})` };
  }
  if (init.nsPids.at(-1) !== 1 || init.nsPids.length < 2) {
    const whose = init.nsPids.length < 2 ? 'the host’s' : 'another container’s';
    return {
      role: 'none',
      says: `no PID 1 of its own: it is in ${whose} pid namespace, where nobody of this container reaps orphans; it ends with ${program}, its first process`,
    };
  }
  if (self !== undefined && isZombie(self)) {
    return { role: 'unknown', says: `PID 1 (${program}) has ended and waits to be reaped from outside` };
  }
  if (isPause(init, program)) {
    return { role: 'pause', says: `PID 1 is ${program}: it does nothing but keep the pod’s namespaces open` };
  }
  const app = childOf(init, processes);
  const below = app === null ? null : programOf(app);
  if (SHELLS.has(program)) {
    return { role: 'shell', says: shellWords(program, below) };
  }
  if (MINIMAL_INITS.has(program)) {
    const ends = below === null ? 'the container ends with it' : `the container ends when ${below} does`;
    return { role: 'init', says: `PID 1 is ${program}, an init that reaps orphans and passes signals on; ${ends}` };
  }
  if (SERVICE_INITS.has(program)) {
    return {
      role: 'init',
      says: `PID 1 is ${program}, an init with services: the container is up as long as it is, whether or not they live`,
    };
  }
  return {
    role: 'application',
    says: `PID 1 is the application (${program}): the container ends with it, and a signal it has no handler for is ignored`,
  };
}

function shellWords(shell: string, app: string | null): string {
  if (app === null) {
    return `PID 1 is a shell (${shell}) with nothing below it: the container is up as long as the shell is`;
  }
  return `PID 1 is a shell (${shell}) and ${app} its child: the container is up as long as the shell is, whether or not the application lives; the shell passes no signal on`;
}

/** Podman's infra container runs `catatonit -P`. */
function isPause(init: Init, program: string): boolean {
  return PAUSES.has(program) || (program === 'catatonit' && init.argv?.[1] === '-P');
}

/** The oldest living child that the container started itself. */
function childOf(init: Init, processes: readonly ContainerProcess[]): ContainerProcess | null {
  const children = processes.filter((each) => each.ppid === init.pid && !each.joined && each.state !== 'Z');
  return children.toSorted((one, other) => one.pid - other.pid)[0] ?? null;
}

/**
 * The name of what runs: a script's interpreter, not the script, since that is what waits and reaps; `systemd`, which
 * is started as `init`.
 */
function programOf({ comm, argv }: Pick<ContainerProcess, 'comm' | 'argv'>): string {
  const words = argv ?? [];
  const first = baseName(words[0] ?? '');
  if (SERVICE_INITS.has(comm)) {
    return comm;
  }
  if (first === 'busybox') {
    return baseName(words[1] ?? '') || comm;
  }
  return first === '' ? comm : first;
}

/** A login shell's name begins with `-`. */
function baseName(path: string): string {
  return (path.split('/').at(-1) ?? '').replace(/^-/, '');
}

function zombieWords(zombies: readonly ContainerProcess[], init: Init | null): string {
  if (zombies.length === 0) {
    return '';
  }
  const byInit = zombies.filter(({ ppid }) => ppid === init?.pid).length;
  const whom = byInit === zombies.length ? 'PID 1 does not reap them' : 'their parents do not reap them';
  return zombies.length === 1
    ? `; 1 zombie: ${byInit === 1 ? 'PID 1' : 'its parent'} does not reap it`
    : `; ${zombies.length} zombies: ${whom}`;
}
