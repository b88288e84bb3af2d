import type { Mount, Risk, Security } from './document/isolation.ts';
import type { NamespaceType } from './document/namespace.ts';
import type { Limit } from './limit.ts';

/** What the rules look at. */
export type RiskFacts = {
  readonly security: Omit<Security, 'risks'>;
  /** `devices.list` allows everything; null where the kernel does not tell (cgroup v2). */
  readonly allDevices: boolean | null;
  /** Namespaces that are the host's. */
  readonly hostNamespaces: readonly NamespaceType[];
  /** Null where they were not read. */
  readonly mounts: readonly Mount[] | null;
  readonly memoryLimit: Limit | null;
  readonly pidsLimit: Limit | null;
};

/** A rule names what it found in this container, or null. Unknown facts are no finding. */
type Rule = {
  readonly id: string;
  readonly severity: Risk['severity'];
  readonly find: (facts: RiskFacts) => string | null;
  readonly why: string;
};

/** Worst first; among equals in the order of the rules. */
export function findRisks(facts: RiskFacts): Risk[] {
  const risks = RULES.flatMap(({ id, severity, find, why }) => {
    const what = find(facts);
    return what === null ? [] : [{ id, severity, what, why }];
  });
  return risks.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

const SEVERITIES: readonly Risk['severity'][] = ['high', 'medium', 'low'];

/** Sockets through which a client can start a container of any kind. */
const ENGINE_SOCKET = /\/(?:(?:docker|podman|containerd|crio|buildkitd|dockershim)\.sock|(?:lxd|incus)\/unix\.socket)$/;

/** Directories of the host from which the host itself can be changed. */
const HOST_DIRECTORIES =
  /^\/(?:$|(?:etc|boot|bin|sbin|lib|lib64|usr|root|home|dev|proc|sys|run|var|var\/run|var\/lib)$)/;

/** What Docker and Podman cover by default. */
const MASKS = ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/proc/acpi', '/sys/firmware'];

const RULES: readonly Rule[] = [
  {
    id: 'privileged',
    severity: 'high',
    find: ({ security }) => (security.privileged === true ? 'it is privileged' : null),
    why: 'It has every capability and no filter between it and the kernel: root in it is root on the host.',
  },
  {
    id: 'engine-socket',
    severity: 'high',
    find: (facts) =>
      mountsWhere(facts, ({ source, target }) => ENGINE_SOCKET.test(source) || ENGINE_SOCKET.test(target)),
    why: 'Whoever can write to an engine’s socket can start a privileged container, and so owns the host.',
  },
  {
    id: 'host-directory',
    severity: 'high',
    find: (facts) =>
      mountsWhere(
        facts,
        ({ kind, source, options }) => kind === 'bind' && HOST_DIRECTORIES.test(source) && !options.includes('ro'),
      ),
    why: 'It can change files that the host itself runs or obeys.',
  },
  {
    id: 'host-directory-readable',
    severity: 'medium',
    find: (facts) =>
      mountsWhere(
        facts,
        ({ kind, source, options }) => kind === 'bind' && HOST_DIRECTORIES.test(source) && options.includes('ro'),
      ),
    why: 'It can read what the host keeps there, secrets and other containers’ files among it.',
  },
  capability('CAP_SYS_ADMIN', 'high', 'It may mount, join namespaces and configure much of the kernel: close to root.'),
  capability('CAP_SYS_MODULE', 'high', 'It may load code into the kernel, which no namespace confines.'),
  capability('CAP_SYS_RAWIO', 'high', 'It may reach the memory and ports of devices past the kernel.'),
  capability(
    'CAP_DAC_READ_SEARCH',
    'high',
    'It may open any file of a file system by its handle, outside its root too.',
  ),
  {
    id: 'ptrace-host-pid',
    severity: 'high',
    find: (facts) =>
      has(facts, 'CAP_SYS_PTRACE') && isHosts(facts, 'pid') ? 'CAP_SYS_PTRACE among the host’s processes' : null,
    why: 'It may read and change the memory of every process of the host.',
  },
  {
    id: 'net-admin-host-net',
    severity: 'high',
    find: (facts) =>
      has(facts, 'CAP_NET_ADMIN') && isHosts(facts, 'net') ? 'CAP_NET_ADMIN in the host’s network' : null,
    why: 'It may change the host’s addresses, routes and firewall.',
  },
  {
    id: 'all-devices',
    severity: 'high',
    find: ({ allDevices }) => (allDevices === true ? 'its group may use every device' : null),
    why: 'It can open the host’s disks and memory as devices, past all mounts, once it makes their nodes.',
  },
  {
    id: 'capability-sys-ptrace',
    severity: 'medium',
    find: (facts) => (has(facts, 'CAP_SYS_PTRACE') && !isHosts(facts, 'pid') ? held(facts, 'CAP_SYS_PTRACE') : null),
    why: 'It may read and change the memory of every process that it sees.',
  },
  {
    id: 'capability-net-admin',
    severity: 'medium',
    find: (facts) => (has(facts, 'CAP_NET_ADMIN') && !isHosts(facts, 'net') ? held(facts, 'CAP_NET_ADMIN') : null),
    why: 'It may change its own interfaces and firewall, and reach much rarely tested kernel code.',
  },
  capability('CAP_SYS_BOOT', 'medium', 'It may restart the host or load another kernel.'),
  capability('CAP_SYS_TIME', 'medium', 'It may set the clock, which is the host’s.'),
  capability('CAP_BPF', 'medium', 'It may load programs into the kernel.'),
  hostNamespace('pid', 'medium', 'It sees every process of the host, and root in it may signal them.'),
  hostNamespace(
    'net',
    'medium',
    'It has the host’s interfaces, and reaches services that listen on the loopback only.',
  ),
  hostNamespace('ipc', 'low', 'It reaches shared memory and message queues of the host’s programs.'),
  hostNamespace('mnt', 'high', 'It sees the host’s whole file tree.'),
  {
    id: 'no-seccomp',
    severity: 'medium',
    find: ({ security }) => (security.seccomp === 'disabled' ? 'no system call is filtered' : null),
    why: 'A bug in any system call of the kernel is within reach; engines block some forty that nobody needs.',
  },
  {
    id: 'writable-kernel-parameters',
    severity: 'medium',
    find: (facts) => {
      const proc = facts.mounts?.findLast(({ target }) => target === '/proc/sys' || target === '/proc');
      return rootIsHosts(facts) && proc !== undefined && !proc.options.includes('ro') ? '/proc/sys is writable' : null;
    },
    why: 'Parameters without a namespace of their own are the host’s, and some of them name a program to run as root.',
  },
  {
    id: 'unmasked-paths',
    severity: 'low',
    find: ({ mounts }) => {
      const masked = mounts?.some(({ kind, target }) => kind === 'masked' && MASKS.includes(target));
      return masked === false ? 'no path of /proc and /sys is masked' : null;
    },
    why: 'Files such as /proc/kcore, /proc/keys and /sys/firmware tell of the host.',
  },
  {
    id: 'no-user-namespace',
    severity: 'low',
    find: (facts) => (rootIsHosts(facts) ? 'root inside is root outside' : null),
    why: 'Whoever breaks out as root is root on the host; a user namespace would make it nobody.',
  },
  {
    id: 'new-privileges',
    severity: 'low',
    find: ({ security }) => (security.noNewPrivileges === false ? 'no_new_privs is off' : null),
    why: 'A setuid program in it can give a process more rights than it was started with.',
  },
  {
    id: 'no-memory-limit',
    severity: 'low',
    find: ({ memoryLimit }) => (memoryLimit === 'max' ? 'no memory limit' : null),
    why: 'It can use all memory of the host, and others are killed for it.',
  },
  {
    id: 'no-pids-limit',
    severity: 'low',
    find: ({ pidsLimit }) => (pidsLimit === 'max' ? 'no limit of processes' : null),
    why: 'A fork bomb in it stops the whole host.',
  },
];

function capability(name: string, severity: Risk['severity'], why: string): Rule {
  const id = `capability-${name.slice('CAP_'.length).toLowerCase().replaceAll('_', '-')}`;
  return { id, severity, find: (facts) => (has(facts, name) ? held(facts, name) : null), why };
}

function hostNamespace(type: NamespaceType, severity: Risk['severity'], why: string): Rule {
  const what = `its ${type} namespace is the host’s`;
  return { id: `host-${type}`, severity, find: (facts) => (isHosts(facts, type) ? what : null), why };
}

/** In the bounding set, so that some process of it can get it; of a user namespace's own it means little outside. */
function has(facts: RiskFacts, name: string): boolean {
  return rootIsHosts(facts) && facts.security.capabilities?.bounding.includes(name) === true;
}

function held(facts: RiskFacts, name: string): string {
  const effective = facts.security.capabilities?.effective.includes(name) === true;
  return effective ? `it has ${name}` : `${name} is in its bounding set`;
}

function isHosts(facts: RiskFacts, type: NamespaceType): boolean {
  return facts.hostNamespaces.includes(type);
}

/** Root inside is root outside, as far as is known. */
function rootIsHosts(facts: RiskFacts): boolean {
  return facts.security.rootless === false;
}

function mountsWhere({ mounts }: RiskFacts, test: (mount: Mount) => boolean): string | null {
  const found = (mounts ?? []).filter(test);
  const said = found.map(({ source, target }) => (source === target ? target : `${source} at ${target}`));
  return said.length === 0 ? null : said.join(', ');
}
