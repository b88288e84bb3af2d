import type { NamedValue } from '../spec.ts';
import { WrongValue } from '../wrong-value.ts';

/** Which namespaces are the container's own. */
export type OwnNamespaces = { readonly net: boolean; readonly ipc: boolean; readonly user: boolean };

/** Those that the kernel keeps per IPC namespace (ipc_namespaces(7)), as Docker allows them. */
const IPC_NAMES: readonly string[] = [
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.sem',
  'kernel.shmall',
  'kernel.shm_rmid_forced',
  'kernel.shmmax',
  'kernel.shmmni',
];
const IPC_PREFIX = 'fs.mqueue.';
const NET_PREFIX = 'net.';

/** Letters, digits, `_` and `-` between single dots: nothing that leaves /proc/sys once the dots are slashes. */
const NAME = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+$/;

/** A container's ports below 1024 are its own, and who is in its groups may ping: ip-sysctl.rst. */
const NET_DEFAULTS: readonly NamedValue[] = [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }];
/** Group ids of the whole range exist only outside of user namespaces. */
const PING: NamedValue = { name: 'net.ipv4.ping_group_range', value: '0 2147483647' };

/**
 * Docker's defaults for a network of its own, and what `--sysctl` says, which comes first. WrongValue for a setting that
 * is of the host, or of a namespace that the container shares.
 */
export function chooseSysctls(asked: readonly NamedValue[], own: OwnNamespaces): readonly NamedValue[] {
  for (const setting of asked) check(setting, own);
  const defaults = own.net ? [...NET_DEFAULTS, ...(own.user ? [] : [PING])] : [];
  return [...defaults.filter(({ name }) => !asked.some((setting) => setting.name === name)), ...asked];
}

function check({ name, value }: NamedValue, own: OwnNamespaces): void {
  const what = `--sysctl ${name}=${value}`;
  const ofNet = name.startsWith(NET_PREFIX);
  const ofIpc = name.startsWith(IPC_PREFIX) || IPC_NAMES.includes(name);
  if (!NAME.test(name) || (!ofNet && !ofIpc)) {
    throw new WrongValue(
      what,
      `it is not a container's own; there are ${NET_PREFIX}*, ${IPC_PREFIX}*, ${IPC_NAMES.join(', ')}`,
    );
  }
  if (/[\0\n]/.test(value)) throw new WrongValue(what, 'a value is one line');
  if (ofNet && !own.net) throw new WrongValue(what, 'the network is shared, so it would change for others too');
  if (ofIpc && !own.ipc) throw new WrongValue(what, 'the IPC namespace is shared, so it would change for others too');
}
