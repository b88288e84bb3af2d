import { joinBridge } from '../network/bridge.ts';
import { allHostDevices, findHostDevices } from '../security/host-devices.ts';
import { readHostFacts } from '../security/host-facts.ts';
import { type SeccompChoice, securityDefaults } from '../security/security-defaults.ts';
import type { ContainerSpec, MountSpec } from '../spec.ts';
import { readOrErrno } from '../state/read-text-file.ts';
import { type ContainerConfig, containerFiles } from '../state/records.ts';
import type { Store } from '../state/store.ts';
import { WrongValue } from '../wrong-value.ts';
import { groupsFor } from './container-groups.ts';
import { defaultMounts } from './default-mounts.ts';
import { etcFiles } from './etc-files.ts';
import { readInLayers } from './image-files.ts';
import { lxcfsCovers } from './lxcfs.ts';
import { enteredNamespaces, namespacesOf } from './namespaces.ts';
import { processOf } from './process-of.ts';
import { RequestFailed } from './request-failed.ts';
import type { RunRequest } from './run-request.ts';
import { findUser } from './user.ts';
import { checkMapped, userMapsOf } from './user-maps.ts';
import { inheritedMounts, makeMounts } from './volumes.ts';

/** Docker's: docker-stop(1). */
const SIGTERM = 15;
const STOP_SECONDS = 10;

/** The group that owns terminals on every distribution. */
const TTY = 5;

export type MadeContainer = { readonly spec: ContainerSpec; readonly config: Omit<ContainerConfig, 'name'> };

/** Everything that a request comes to on this host: what is done, and what is remembered of it. */
export function makeContainer(store: Store, id: string, request: RunRequest, createdAt: string): MadeContainer {
  const covers = request.lxcfs === null ? [] : lxcfsCovers(request.lxcfs);
  const uid = process.geteuid?.() ?? 0;
  const userMaps = userMapsOf(request.userns, uid, process.getegid?.() ?? 0);
  const namespaces = namespacesOf(store, request, userMaps !== null);
  const user = findUser(request.user ?? (request.root.defaults.User || '0'), request.groups, (path) =>
    readInLayers(request.root.layers, path),
  );
  if (userMaps !== null) {
    checkMapped(user, userMaps);
  }
  if (request.bridge && uid !== 0) {
    throw new RequestFailed(
      '--network bridge',
      'an ordinary user may make no interfaces on the host',
      'Run it as root, or leave it out: --publish needs no bridge.',
    );
  }
  const own = { net: namespaces.net === 'new', ipc: namespaces.ipc === 'new', user: userMaps !== null };
  const security = securityDefaults(
    { ...request, seccomp: seccompOf(request.seccomp), uid: user.uid, devicesRuled: hasDeviceRules(request), own },
    readHostFacts(),
    { find: findHostDevices, all: allHostDevices },
  );
  const { cgroup, groups } = groupsFor(store, request, id, security.deviceRules, uid);
  const hostname = namespaces.uts === 'new' ? (request.hostname ?? id.slice(0, 12)) : null;
  const bridge = request.bridge ? joinBridge(store, id) : null;
  const etc = etcFiles(hostname, request.net.kind === 'host', bridge?.address ?? null);
  const command = processOf(request, user, security, etc.hostname.trim());
  const made = makeMounts(store, request.mounts, inheritedMounts(store, request.volumesFrom));
  const files = containerFiles(store, id);
  const controllers = [...Object.keys(groups.v1), ...(groups.v2 === null ? [] : ['unified'])];
  const usual = defaultMounts({
    layout: request.layout,
    controllers,
    netVisible: own.net || !own.user,
    ipc: namespaces.ipc,
    privileged: request.privileged,
    ttyGroup: userMaps === null || userMaps.gid.some(({ inside, count }) => inside <= TTY && inside + count > TTY),
  });
  const spec: ContainerSpec = {
    id,
    rootfs: {
      kind: 'overlay',
      lowers: request.root.layers,
      upper: files.upper,
      work: files.work,
      initLayer: { directory: files.init, ...etc },
    },
    namespaces,
    userMaps,
    cgroup,
    mounts: [...inOrder(usual, made.mounts), ...covers],
    devices: security.devices,
    maskedPaths: security.maskedPaths,
    readonlyPaths: security.readonlyPaths,
    readonlyRootfs: request.readOnly,
    hostname,
    domainname: null,
    sysctls: security.sysctls,
    process: command,
    terminal: { tty: request.tty, stdin: request.stdin },
    init: request.init,
    ports: request.ports,
    bridge,
    detached: request.detached,
    files: { lock: files.lock, log: files.log, exit: files.exit },
    discard: null,
  };
  return {
    spec,
    config: {
      id,
      image: request.root.image,
      layers: request.root.layers,
      createdAt,
      labels: { ...request.root.defaults.Labels, ...request.labels },
      autoRemove: request.autoRemove,
      detached: request.detached,
      tty: request.tty,
      stdin: request.stdin,
      stopSignal: request.stopSignal ?? SIGTERM,
      stopTimeoutSeconds: request.stopTimeoutSeconds ?? STOP_SECONDS,
      privileged: request.privileged,
      ports: request.ports,
      binds: made.mounts.filter((mount) => mount.kind === 'bind'),
      volumes: made.volumes,
      namespaces: enteredNamespaces(namespaces),
      joins: cgroup.joins,
      parents: cgroup.parents,
      groups,
      process: {
        ...command,
        seccomp: command.seccomp === null ? null : Buffer.from(command.seccomp).toString('base64'),
      },
    },
  };
}

function seccompOf(choice: string): SeccompChoice {
  if (choice === 'default' || choice === 'unconfined') {
    return { kind: choice };
  }
  const profile = readOrErrno(choice);
  if (profile.text === null) {
    throw new WrongValue(`--security-opt seccomp=${choice}`, `the profile cannot be read (${profile.errno})`);
  }
  return { kind: 'profile', file: choice, text: profile.text };
}

function hasDeviceRules({ layout }: RunRequest): boolean {
  return layout.v2 !== null || layout.v1['devices'] !== undefined;
}

/** Places that hold the kernel's own files: what is mounted there could pass for them. */
const KERNELS = ['/proc', '/sys', '/dev'];

/** Parents before children; what was asked for replaces what is usual at the same place. */
function inOrder(usual: readonly MountSpec[], asked: readonly MountSpec[]): readonly MountSpec[] {
  for (const { target } of asked) {
    if (KERNELS.includes(target) || target.startsWith('/proc/') || target.startsWith('/sys/')) {
      throw new WrongValue(target, 'nothing can be mounted over what the kernel shows there');
    }
  }
  const targets = new Set(asked.map(({ target }) => target));
  const depth = ({ target }: MountSpec) => target.split('/').length;
  return [...usual.filter(({ target }) => !targets.has(target)), ...asked.toSorted((a, b) => depth(a) - depth(b))];
}
