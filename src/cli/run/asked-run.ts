import { resolve } from 'node:path';
import type { CgroupLayout } from '../../model/cgroup/layout.ts';
import { DEFAULT_PARENT } from '../../runtime/cgroups/group-places.ts';
import { LXCFS } from '../../runtime/lifecycle/lxcfs.ts';
import type { RunRequest, RunRoot, Sharing, VolumesFrom } from '../../runtime/lifecycle/run-request.ts';
import { parsePublished } from '../../runtime/network/published.ts';
import type { PortSpec } from '../../runtime/spec.ts';
import { findOwn } from '../../runtime/state/find.ts';
import { isName, nameRule } from '../../runtime/state/names.ts';
import type { Store } from '../../runtime/state/store.ts';
import { requestFailed } from '../failure.ts';
import { type Flags, misuse } from '../flags.ts';
import { askedEnvironment } from './asked-environment.ts';
import { askedMounts } from './asked-mounts.ts';
import { askedResources } from './asked-resources.ts';
import { askedTerminal } from './asked-terminal.ts';
import { numberOf } from './quantities.ts';
import { signalOf } from './signals.ts';

const VERB = 'run';

/** HOST_NAME_MAX, and what a host name is made of: hostname(7). */
const HOSTNAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,62}[a-zA-Z0-9])?$/;

/**
 * Everything that a `run` line says, each value read; what cannot be is told by the flag that says it. It is read before the
 * image is looked for: the value that `-m IMAGE COMMAND` takes is no image.
 */
export function askedRun(
  flags: Flags,
  { store, layout }: { readonly store: Store; readonly layout: CgroupLayout },
): (root: RunRoot, command: readonly string[]) => RunRequest {
  const security = securityOptions(flags);
  const detached = flags.has('--detach');
  if (detached && flags.has('--step')) {
    throw misuse(VERB, '--step waits for you before each step, so it cannot be combined with --detach');
  }
  const stopTimeout = flags.one('--stop-timeout');
  const network = flags.one('--network');
  const asked = {
    entrypoint: flags.one('--entrypoint'),
    name: nameOf(flags.one('--name')),
    hostname: hostnameOf(flags.one('--hostname'), flags.one('--uts')),
    env: askedEnvironment(VERB, flags, process.env),
    labels: pairsOf(flags.all('--label')),
    workdir: workdirOf(flags.one('--workdir')),
    user: flags.one('--user'),
    groups: flags.all('--group-add'),
    detached,
    ...askedTerminal('run', flags),
    init: flags.has('--init'),
    autoRemove: flags.has('--rm'),
    readOnly: flags.has('--read-only'),
    privileged: flags.has('--privileged'),
    noNewPrivileges: security.noNewPrivileges,
    seccomp: security.seccomp,
    capAdd: flags.all('--cap-add'),
    capDrop: flags.all('--cap-drop'),
    devices: flags.all('--device'),
    ulimits: flags.all('--ulimit'),
    sysctls: flags.all('--sysctl').map(sysctlOf),
    mounts: askedMounts(VERB, flags),
    volumesFrom: flags.all('--volumes-from').map((text) => volumesFromOf(store, text)),
    net: networkOf(store, network),
    pid: sharingOf(store, '--pid', flags.one('--pid')),
    ipc: sharingOf(store, '--ipc', flags.one('--ipc')),
    uts: sharingOf(store, '--uts', flags.one('--uts')),
    userns: flags.one('--userns'),
    ports: portsOf(flags.all('--publish'), network),
    bridge: network === 'bridge',
    cgroupParent: parentOf(flags.one('--cgroup-parent')),
    resources: askedResources(VERB, flags),
    stopTimeoutSeconds: stopTimeout === null ? null : numberOf(VERB, '--stop-timeout', stopTimeout),
    lxcfs: lxcfsOf(flags.one('--lxcfs')),
    layout,
  };
  const signal = (text: string | null) => (text === null ? null : signalOf(VERB, '--stop-signal', text));
  const askedSignal = signal(flags.one('--stop-signal'));
  return (root, command) => ({
    ...asked,
    root,
    command,
    stopSignal: askedSignal ?? signal(root.defaults.StopSignal ?? null),
  });
}

function nameOf(name: string | null): string | null {
  if (name !== null && !isName(name)) {
    throw misuse(VERB, `--name: '${name}' is no name: ${nameRule}`);
  }
  return name;
}

function hostnameOf(hostname: string | null, uts: string | null): string | null {
  if (hostname !== null && !HOSTNAME.test(hostname)) {
    throw misuse(VERB, `--hostname: '${hostname}' is no host name of at most 64 letters, digits, dots and dashes`);
  }
  if (hostname !== null && uts !== null && uts !== 'private') {
    throw misuse(
      VERB,
      `--hostname needs a host name of the container's own, so it cannot be combined with --uts ${uts}`,
    );
  }
  return hostname;
}

function workdirOf(workdir: string | null): string | null {
  if (workdir !== null && !workdir.startsWith('/')) {
    throw misuse(VERB, `--workdir is an absolute path, not '${workdir}'`);
  }
  return workdir;
}

/** `--lxcfs` alone means the mount that distributions make. */
function lxcfsOf(mountPoint: string | null): string | null {
  return mountPoint === '' ? LXCFS : mountPoint === null ? null : resolve(mountPoint);
}

function parentOf(parent: string | null): string {
  const names = (parent ?? DEFAULT_PARENT).split('/').filter((name) => name !== '');
  if (parent !== null && (!parent.startsWith('/') || names.some((name) => name === '.' || name === '..'))) {
    throw misuse(VERB, `--cgroup-parent is a path from the top of the cgroup tree such as /mine, not '${parent}'`);
  }
  return `/${names.join('/')}`;
}

function pairsOf(texts: readonly string[]): { readonly [name: string]: string } {
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf('=');
      return equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}

function sysctlOf(text: string): { readonly name: string; readonly value: string } {
  const equals = text.indexOf('=');
  if (equals <= 0) {
    throw misuse(VERB, `--sysctl is NAME=VALUE such as net.ipv4.ip_forward=1, not '${text}'`);
  }
  return { name: text.slice(0, equals), value: text.slice(equals + 1) };
}

function networkOf(store: Store, text: string | null): Sharing {
  return text === 'none' || text === 'bridge' ? { kind: 'own' } : sharingOf(store, '--network', text);
}

function portsOf(texts: readonly string[], network: string | null): readonly PortSpec[] {
  const ports = parsePublished(texts);
  if (ports.length > 0 && (network === 'host' || network?.startsWith('container:'))) {
    throw misuse(VERB, `--publish needs a network of the container's own, so it cannot be combined with ${network}`);
  }
  return ports;
}

function sharingOf(store: Store, flag: string, text: string | null): Sharing {
  if (text === null || text === 'private') {
    return { kind: 'own' };
  }
  if (text === 'host') {
    return { kind: 'host' };
  }
  const ref = /^container:(.+)$/.exec(text)?.[1];
  if (ref === undefined) {
    const own = flag === '--network' ? 'none, bridge' : 'private';
    throw misuse(VERB, `${flag} is ${own}, host or container:NAME, not '${text}'`);
  }
  return { kind: 'container', id: otherContainer(store, `${flag} ${text}`, ref) };
}

function otherContainer(store: Store, asked: string, ref: string): string {
  const found = findOwn(store, ref);
  if (found.kind !== 'one') {
    throw requestFailed(asked, found.kind === 'none' ? 'there is no such container' : 'it can mean several');
  }
  return found.id;
}

function volumesFromOf(store: Store, text: string): VolumesFrom {
  const [, ref = '', mode = 'rw'] = /^([^:]+)(?::(.*))?$/.exec(text) ?? [];
  if (ref === '' || (mode !== 'ro' && mode !== 'rw')) {
    throw misuse(VERB, `--volumes-from is NAME[:ro], not '${text}'`);
  }
  return { id: otherContainer(store, `--volumes-from ${text}`, ref), readOnly: mode === 'ro' };
}

function securityOptions(flags: Flags): { readonly noNewPrivileges: boolean; readonly seccomp: string } {
  let noNewPrivileges = true;
  let seccomp = 'default';
  for (const text of flags.all('--security-opt')) {
    const [name, value] = text.split(/[=:](.*)/s);
    if (name === 'no-new-privileges' && ['true', 'false', undefined].includes(value)) {
      noNewPrivileges = value !== 'false';
    } else if (name === 'seccomp' && value !== undefined && value !== '') {
      seccomp = value;
    } else {
      throw misuse(
        VERB,
        `--security-opt is no-new-privileges[=false], seccomp=FILE or seccomp=unconfined, not '${text}'`,
      );
    }
  }
  return { noNewPrivileges, seccomp };
}
