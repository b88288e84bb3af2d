import type { NamespaceSource, NamespacesSpec, NamespaceType } from '../spec.ts';
import type { Store } from '../state/store.ts';
import { isUp, readContainer } from './own-container.ts';
import { called, RequestFailed } from './request-failed.ts';
import type { RunRequest, Sharing } from './run-request.ts';

/** Where each namespace of a new container comes from. A container that is shared with must run. */
export function namespacesOf(store: Store, request: RunRequest, newUser: boolean): NamespacesSpec {
  if (newUser) {
    refuseJoining(request);
  }
  const source = (sharing: Sharing): NamespaceSource => {
    switch (sharing.kind) {
      case 'own':
        return 'new';
      case 'host':
        return 'host';
      case 'container': {
        const container = readContainer(store, sharing.id);
        const init = container !== null && isUp(container) ? container.state.init : null;
        if (init === null) {
          const name = container?.config.name ?? sharing.id.slice(0, 12);
          throw new RequestFailed(called(name), 'its namespaces are to be shared, and it is not running');
        }
        return init;
      }
    }
  };
  return {
    pid: source(request.pid),
    net: source(request.net),
    uts: source(request.uts),
    ipc: source(request.ipc),
    cgroup: 'new',
    user: newUser ? 'new' : 'host',
  };
}

/** The root of a user namespace may enter only what belongs to it or to one within it: user_namespaces(7). */
function refuseJoining({ net, ipc, uts, pid, userns }: RunRequest): void {
  const flags = { '--network': net, '--pid': pid, '--ipc': ipc, '--uts': uts };
  const joining = Object.entries(flags).find(([, { kind }]) => kind === 'container');
  if (joining !== undefined) {
    const why = 'a container with a user namespace of its own may not enter the namespaces of another';
    throw new RequestFailed(joining[0], why, userns === null ? null : 'Leave --userns out.');
  }
  if (pid.kind === 'host') {
    const why = "a container with a user namespace of its own may mount no /proc of the host's processes (EPERM)";
    throw new RequestFailed('--pid host', why, userns === null ? null : 'Leave --userns out.');
  }
}

/** Those that a command more has to enter: all but the host's. */
export function enteredNamespaces(namespaces: NamespacesSpec): readonly NamespaceType[] {
  const sources: readonly (readonly [NamespaceType, NamespaceSource])[] = [
    ['user', namespaces.user],
    ['mnt', 'new'],
    ['pid', namespaces.pid],
    ['net', namespaces.net],
    ['uts', namespaces.uts],
    ['ipc', namespaces.ipc],
    ['cgroup', namespaces.cgroup],
  ];
  return sources.filter(([, from]) => from !== 'host').map(([type]) => type);
}
