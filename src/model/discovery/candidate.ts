import type { Engine } from '../document/container.ts';

/** A container as the processes and cgroup paths alone tell it, before any engine is asked. */
export type Candidate = {
  /** Stable while the container lives: `engine:id`, or `ns:PIDNS:MNTNS` where no engine has an id. */
  readonly key: string;
  readonly engine: Engine;
  /** The engine's id; null for a bare pid namespace. */
  readonly id: string | null;
  /** The name where the cgroup path (LXC, nspawn, ctr) or the supervisor's command line (conmon) holds one, else null. */
  readonly name: string | null;
  /** Pod of Kubernetes or Podman, ECS task, containerd namespace, or null. */
  readonly pod: string | null;
  /** Why it is believed: `cgroup:/docker/<id>`, `pidns`, `mntns`, `shim`, `conmon`. */
  readonly evidence: readonly string[];
  /** All members, ascending; the init is one of them. */
  readonly pids: readonly number[];
  readonly init: number | null;
  /** Entered from outside (nsenter): in its namespaces, not in its cgroup. */
  readonly joined: readonly number[];
  /** Started by the engine beside the init (docker exec): in its cgroup, and its parent is outside. */
  readonly execs: readonly number[];
  /** The runtime is still setting it up: `runc init`, root still the host's. */
  readonly starting: boolean;
  /** Key of the container around it. */
  readonly parent: string | null;
  /** containerd-shim, conmon, lxc monitor, systemd-nspawn: the process outside that watches over it. */
  readonly supervisor: number | null;
};
