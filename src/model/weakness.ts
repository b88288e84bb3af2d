import type { Weakness } from './document/isolation.ts';
import type { ContainerNamespace, NamespaceType } from './document/namespace.ts';

/** What it means that a namespace is the host's, and what it means to share one with another container. */
const WHEN_HOST: { readonly [type in NamespaceType]: string } = {
  cgroup: 'cgroup paths are the host’s: it sees where it is in the tree, and the names of the groups around it',
  ipc: 'System V IPC and POSIX message queues are the host’s: it can reach the host’s shared memory and semaphores',
  mnt: 'the mount table is the host’s: every file system of the host is in reach',
  net: 'the network is the host’s: its interfaces, ports, firewall and abstract sockets, services on 127.0.0.1 included',
  pid: 'processes are the host’s: it sees them all, with their command lines, and may signal those of its user',
  time: 'the monotonic and boot-time clocks are the host’s',
  user: 'users are the host’s: root inside is root outside, as far as capabilities let it',
  uts: 'the host name is the host’s: it sees it, and with CAP_SYS_ADMIN changes it for all',
};

const WHEN_SHARED: { readonly [type in NamespaceType]: string } = {
  cgroup: 'cgroup paths',
  ipc: 'shared memory, semaphores and message queues',
  mnt: 'the mount table',
  net: 'interfaces, ports and 127.0.0.1',
  pid: 'processes: each sees the others’, and may signal them',
  time: 'clock offsets',
  user: 'user and group ids',
  uts: 'the host name',
};

/** More would hide the sentence. */
const NAMED_AT_MOST = 3;

/**
 * What is not isolated: each namespace that is the host's or another container's, then what has no namespace at all.
 * `kernel` is the host's release.
 */
export function weaknessesOf(namespaces: readonly ContainerNamespace[], kernel: string): readonly Weakness[] {
  const found: Weakness[] = [];
  for (const { type, isolated, sharedWith } of namespaces) {
    if (isolated === false) {
      found.push({ id: `host-${type}`, says: WHEN_HOST[type] });
    } else if (sharedWith.length > 0) {
      found.push({ id: `shared-${type}`, says: `shares with ${names(sharedWith)}: ${WHEN_SHARED[type]}` });
    }
  }
  return [...found, ...withoutNamespace(kernel)];
}

function names(refs: readonly string[]): string {
  const more = refs.length - NAMED_AT_MOST;
  return more > 0 ? `${refs.slice(0, NAMED_AT_MOST).join(', ')} and ${more} more` : refs.join(', ');
}

/** time_namespaces(7): CLOCK_REALTIME is in none. proc_sys(5): which parameters are per namespace. */
function withoutNamespace(kernel: string): readonly Weakness[] {
  return [
    { id: 'clock', says: 'the time of day has no namespace: it is the host’s clock, also in a time namespace' },
    { id: 'kernel-version', says: `the kernel is the host’s (${kernel}): a flaw in it is a flaw of every container` },
    {
      id: 'kernel-parameters',
      says: 'most of /proc/sys is the host’s: only net, ipc, uts and user parameters are per namespace',
    },
    { id: 'kernel-modules', says: 'kernel modules are the host’s: what is loaded, is loaded for all' },
  ];
}
