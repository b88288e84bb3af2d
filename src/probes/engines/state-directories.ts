import type { Candidate } from '../../model/discovery/candidate.ts';
import type { EngineFacts } from '../../model/engine-facts.ts';
import { LXC_PATH } from '../../model/engine-places.ts';
import { valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { boundDataRoot } from './bind-source.ts';
import { bundlesOf, readBundle } from './containerd-state.ts';
import { readCrioContainer } from './crio-state.ts';
import { dataRootBehind } from './docker-state.ts';
import { isHashId, isPathComponent } from './facts.ts';
import { readLxcContainer } from './lxc-state.ts';
import { readMachine } from './nspawn-state.ts';
import { isAlive, type OciState } from './oci-state.ts';
import { readOwnContainer } from './own-state.ts';
import { podmanBundle, withBundle } from './podman-state.ts';
import { isReal } from './state-file.ts';
import type { StateRoots } from './state-roots.ts';
import type { Supervisor } from './supervisor.ts';

type Conmon = Extract<Supervisor, { kind: 'conmon' }>;
type Shim = Extract<Supervisor, { kind: 'shim' }>;

/**
 * Facts of one running container from the files that its engine keeps, no daemon asked. The process that watches over
 * it tells whose it is: a Kubernetes path alone does not say whether Docker, containerd or CRI-O made it.
 */
export function readStateFacts(
  host: Host,
  roots: StateRoots,
  candidate: Candidate,
  supervisor: Supervisor | null,
): EngineFacts | null {
  const { engine, id } = candidate;
  const name = candidate.name ?? id;
  if (engine === 'nsview') return readOwnFacts(host, roots, candidate);
  if (engine === 'lxc' || supervisor?.kind === 'lxc') {
    const monitor = supervisor?.kind === 'lxc' ? supervisor : null;
    return lxc(host, monitor?.path ?? LXC_PATH, monitor?.name ?? name);
  }
  if (engine === 'nspawn' || supervisor?.kind === 'nspawn') {
    return readMachine(host, name, candidate.supervisor, supervisor?.kind === 'nspawn' ? supervisor : null);
  }
  if (engine === 'oci' || engine === 'unknown') {
    if (supervisor?.kind === 'runtime' && supervisor.root !== null) roots.addRuntimeRoot(supervisor.root);
    return oci(host, roots, candidate) ?? readOwnFacts(host, roots, candidate);
  }
  if (id === null) return null;
  if (supervisor?.kind === 'conmon' && supervisor.id === id) {
    return engine === 'podman' ? podman(host, roots, id, supervisor) : crio(host, id, supervisor.bundle);
  }
  if (engine === 'podman') return podman(host, roots, id, null);
  if (engine === 'cri-o') return crio(host, id, null);
  const shim = supervisor?.kind === 'shim' && supervisor.id === id ? supervisor : null;
  if (engine === 'docker' || shim?.namespace === 'moby') {
    const facts = docker(host, roots, id, candidate.init, shim);
    if (facts !== null || engine === 'docker') return facts;
  }
  return containerd(host, id, candidate, shim);
}

function docker(host: Host, roots: StateRoots, id: string, init: number | null, shim: Shim | null): EngineFacts | null {
  if (!isHashId(id)) return null;
  for (const root of roots.docker()) {
    const facts = roots.dockerContainer(root, id);
    if (facts !== null) return facts;
  }
  // The daemon's own word may serve other containers too; what a container's mounts say is believed for it alone.
  const behind = shim?.address == null ? null : dataRootBehind(host, shim.address);
  if (behind !== null) {
    roots.addDocker(behind);
    const facts = roots.dockerContainer(behind, id);
    if (facts !== null) return facts;
  }
  const bound = init === null ? null : boundDataRoot(host, init);
  return bound === null || !isReal(host, `${bound}/containers/${id}`) ? null : roots.dockerContainer(bound, id);
}

function podman(host: Host, roots: StateRoots, id: string, conmon: Conmon | null): EngineFacts | null {
  const bundle = conmon?.bundle ?? null;
  const beside = /^(\/.*)\/[a-z0-9]+-containers\/[0-9a-f]{64}\/userdata$/.exec(bundle ?? '')?.[1] ?? null;
  for (const root of new Set([conmon?.storageRoot ?? null, beside, ...roots.podman()])) {
    const facts = root === null ? null : roots.podmanStore(root).find(id);
    if (facts === null || root === null) continue;
    if (conmon !== null) roots.addPodman(root, conmon.runRoot);
    return withBundle(host, facts, bundle ?? podmanBundle(root, id));
  }
  return null;
}

function crio(host: Host, id: string, bundle: string | null): EngineFacts | null {
  return isHashId(id) ? valueOr(readCrioContainer(host, id, bundle), null) : null;
}

function containerd(host: Host, id: string, candidate: Candidate, shim: Shim | null): EngineFacts | null {
  const namespace = shim?.namespace ?? (candidate.engine === 'kubernetes' ? 'k8s.io' : candidate.pod);
  const pid = shim === null ? null : candidate.supervisor;
  for (const bundle of bundlesOf(host, id, { namespace, address: shim?.address ?? null, pid })) {
    const facts = readBundle(host, bundle, id);
    if (facts.status === 'ok') return facts.value;
  }
  return candidate.engine === 'kubernetes' && shim === null ? crio(host, id, null) : null;
}

function oci(host: Host, roots: StateRoots, candidate: Candidate): EngineFacts | null {
  const state: OciState | undefined = candidate.init === null ? undefined : roots.runtimes().get(candidate.init);
  return state !== undefined && isAlive(host, state) ? state.facts : null;
}

/** The same of a container that nsview made. */
export function readOwnFacts(host: Host, roots: StateRoots, { id: told, init }: Candidate): EngineFacts | null {
  // Under a --cgroup-parent of somebody's choice the path does not say whose it is.
  const id = told ?? roots.ownRunning().get(init ?? 0) ?? null;
  if (id === null || !isHashId(id)) return null;
  for (const root of roots.own()) {
    const facts = readOwnContainer(host, root, id);
    if (facts.status === 'ok') return facts.value;
  }
  return null;
}

function lxc(host: Host, path: string, name: string | null): EngineFacts | null {
  if (name === null || !isPathComponent(name) || !path.startsWith('/')) return null;
  return valueOr(readLxcContainer(host, path, name), null);
}
