import { shortId } from './container-id.ts';
import type { Container } from './document/container.ts';
import type { EngineFacts } from './engine-facts.ts';

/** A container that only its engine knows: nothing of it runs, so nothing of it is measured. */
export function stoppedContainer(facts: EngineFacts): Container {
  return {
    id: facts.id,
    shortId: shortId(facts.id),
    name: facts.name,
    image: facts.image,
    engine: facts.engine,
    evidence: [facts.source],
    status: facts.status ?? 'exited',
    startedAt: facts.startedAt,
    init: null,
    processes: [],
    namespaces: [],
    cgroup: null,
    layers: null,
    mounts: null,
    network: null,
    security: null,
    procfs: null,
    parent: null,
    group: facts.group,
    labels: facts.labels === null ? null : { ...facts.labels },
    restartPolicy: facts.restartPolicy,
    exit: facts.exit === null ? null : { ...facts.exit },
    life: { role: 'none', says: 'nothing of it runs', zombies: 0 },
    cost: {
      processes: 0,
      threads: 0,
      memoryBytes: null,
      kernelBytes: null,
      namespaces: 0,
      mounts: null,
      cgroups: null,
    },
    weak: [],
    problems: [],
  };
}
