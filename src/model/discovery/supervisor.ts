import type { Engine } from '../document/container.ts';
import { flagValue } from '../flag-value.ts';

/** What the process outside says of the container it watches over. */
export type Watched = {
  readonly engine: Engine;
  readonly id: string | null;
  readonly name: string | null;
  /** containerd's namespace, where it is not one that Docker or Kubernetes keep for themselves. */
  readonly namespace: string | null;
  /** The word for it among a container's evidence. */
  readonly evidence: 'shim' | 'conmon' | 'lxc-monitor' | 'nspawn' | 'runtime';
};

const SUPERVISOR =
  /^(?:containerd-shim|conmon|lxc-start$|lxd$|incusd$|\[lxc monitor\]|systemd-nspawn$|runc$|crun$|youki$)/;

/** By comm, of which the kernel keeps 15 bytes: whose command lines `discover` wants to be given. */
export function isSupervisorComm(comm: string): boolean {
  return SUPERVISOR.test(comm);
}

/** containerd's namespaces that belong to another engine. */
const OWNED_NAMESPACES: { readonly [namespace: string]: Engine } = { moby: 'docker', 'k8s.io': 'containerd' };

/**
 * Reads a supervisor's command line: a containerd shim's `-namespace N -id ID`, conmon(8), `[lxc monitor] DIR NAME`,
 * lxc-start(1), systemd-nspawn(1), or a runtime in the foreground (`runc run ID`). Null where it watches over nothing.
 */
export function parseSupervisor(comm: string, argv: readonly string[]): Watched | null {
  if (argv.length === 0) {
    return null;
  }
  if (comm.startsWith('containerd-shim')) {
    return watchedByShim(argv);
  }
  if (comm.startsWith('conmon')) {
    return watchedByConmon(argv);
  }
  if (comm === 'systemd-nspawn') {
    return watchedByNspawn(argv);
  }
  const title = /^\[lxc monitor\] .* (\S+)\s*$/.exec(argv.join(' '));
  if (title !== null || comm === 'lxc-start') {
    const name = title?.[1] ?? flagValue(argv, 'n', 'name') ?? null;
    return { engine: 'lxc', id: name, name, namespace: null, evidence: 'lxc-monitor' };
  }
  return comm === 'lxd' || comm === 'incusd' ? null : watchedByRuntime(argv);
}

function watchedByShim(argv: readonly string[]): Watched {
  const namespace = flagValue(argv, 'namespace');
  const owner = namespace === null ? undefined : OWNED_NAMESPACES[namespace];
  return {
    engine: owner ?? 'containerd',
    id: flagValue(argv, 'id'),
    name: null,
    namespace: owner === undefined ? namespace : null,
    evidence: 'shim',
  };
}

/** CRI-O has conmon leave its exit files under /run/crio; Podman names its own program there. */
function watchedByConmon(argv: readonly string[]): Watched {
  const own = argv.filter((_, index) => !/^--(?:exit-command|runtime)-arg$/.test(argv[index - 1] ?? ''));
  const crio = own.some((argument) => argument.includes('/crio/') || argument.includes('/crio.sock'));
  return {
    engine: crio ? 'cri-o' : 'podman',
    id: flagValue(own, 'c', 'cid'),
    name: flagValue(own, 'n', 'name'),
    namespace: null,
    evidence: 'conmon',
  };
}

/** systemd-nspawn(1): the machine is called as its directory or image where nothing else is said. */
function watchedByNspawn(argv: readonly string[]): Watched {
  const place = flagValue(argv, 'D', 'directory', 'i', 'image');
  const last = place?.split('/').findLast((part) => part !== '' && part !== '.');
  const name = flagValue(argv, 'M', 'machine') ?? last?.replace(/\.raw$/, '') ?? null;
  return { engine: 'nspawn', id: name, name, namespace: null, evidence: 'nspawn' };
}

/**
 * `runc [GLOBAL…] run [OPTION…] ID`: the id is the last argument. With other verbs it waits for a process only, whose own
 * arguments may hold the word: `runc exec ID npm run build`.
 */
function watchedByRuntime(argv: readonly string[]): Watched | null {
  const verb = argv.slice(1).find((argument) => argument === 'run' || argument === 'exec');
  const last = argv.at(-1);
  if (verb !== 'run' || last === undefined || last === 'run') {
    return null;
  }
  return { engine: 'oci', id: last, name: last, namespace: null, evidence: 'runtime' };
}
