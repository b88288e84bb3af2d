import type { DeviceNode, DeviceSpec } from '../spec.ts';
import { WrongValue } from '../wrong-value.ts';
import { type DeviceAccess, type DeviceRule, FULL_ACCESS } from './device-rules.ts';

/** What `--device` gives: the nodes and what may be done with them. */
export type GivenDevices = { readonly nodes: readonly DeviceSpec[]; readonly rules: readonly DeviceRule[] };

const DEV = '/dev/';

const ALWAYS: readonly (readonly [name: string, major: number, minor: number])[] = [
  ['null', 1, 3],
  ['zero', 1, 5],
  ['full', 1, 7],
  ['random', 1, 8],
  ['urandom', 1, 9],
  ['tty', 5, 0],
];

/** The nodes of every container. Within a user namespace the kernel makes none (mknod(2)): then the host's are bound. */
export function defaultDevices(userNamespace: boolean): readonly DeviceSpec[] {
  return ALWAYS.map(([name, major, minor]) => ({
    path: name,
    type: 'c',
    major,
    minor,
    mode: 0o666,
    uid: 0,
    gid: 0,
    bindFrom: userNamespace ? `/dev/${name}` : null,
  }));
}

/**
 * `--device HOST[:CONTAINER][:rwm]`. `find` tells the nodes at or below a path of the host, links followed; none where
 * there is no device. WrongValue for what is no device or would lie outside of /dev.
 */
export function givenDevices(
  flags: readonly string[],
  userNamespace: boolean,
  find: (path: string) => readonly DeviceNode[],
): GivenDevices {
  const given = flags.flatMap((flag) => {
    const { host, container, access } = readFlag(flag);
    const found = find(host);
    if (found.length === 0) throw new WrongValue(`--device ${flag}`, `${host} is no device and has none below it`);
    return found.map((device) => {
      const path = container + device.path.slice(host.length);
      return { node: nodeAt(path, device, userNamespace), rule: ruleFor(device, access) };
    });
  });
  return { nodes: given.map(({ node }) => node), rules: given.map(({ rule }) => rule) };
}

/** Every device of the host as the container's own, for `--privileged`. */
export function allDevices(found: readonly DeviceNode[], userNamespace: boolean): readonly DeviceSpec[] {
  return found.map((device) => nodeAt(device.path, device, userNamespace));
}

function readFlag(flag: string): { readonly host: string; readonly container: string; readonly access: DeviceAccess } {
  const [host = '', second, third, ...rest] = flag.split(':');
  const lone = second === undefined || third !== undefined ? null : readAccess(second);
  const container = second === undefined || lone !== null ? host : second;
  const access = third === undefined ? (lone ?? FULL_ACCESS) : readAccess(third);
  const isPath = (path: string): boolean => path.startsWith('/') && !path.split('/').includes('..');
  if (access === null || rest.length > 0 || !isPath(host) || !isPath(container)) {
    throw new WrongValue(`--device ${flag}`, 'it is HOST[:CONTAINER][:ACCESS], absolute paths, ACCESS of r, w and m');
  }
  if (!container.startsWith(DEV)) {
    throw new WrongValue(`--device ${flag}`, `${container} is not below /dev of the container`);
  }
  return { host, container, access };
}

function readAccess(text: string): DeviceAccess | null {
  const distinct = new Set(text).size === text.length;
  if (!/^[rwm]{1,3}$/.test(text) || !distinct) return null;
  return { read: text.includes('r'), write: text.includes('w'), mknod: text.includes('m') };
}

function nodeAt(path: string, device: DeviceNode, userNamespace: boolean): DeviceSpec {
  return { ...device, path: path.slice(DEV.length), bindFrom: userNamespace ? device.path : null };
}

function ruleFor({ type, major, minor }: DeviceNode, access: DeviceAccess): DeviceRule {
  return { type, major, minor, access };
}
