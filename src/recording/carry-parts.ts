import type { ContainerSample, Sample } from '../model/sample.ts';

/**
 * A sample with what was not read for it this time and was before: mounts, layers, security and addresses of each
 * container, and what holds namespaces. They change seldom, and reading them costs more than all the rest.
 */
export function carryParts(sample: Sample, before: Sample | null): Sample {
  if (before === null) {
    return sample;
  }
  const containers = Object.entries(sample.containers).map(
    ([key, container]) => [key, carried(container, before.containers[key])] as const,
  );
  return {
    ...sample,
    containers: Object.fromEntries(containers),
    ...(sample.held === null ? { held: before.held, namespaceFacts: before.namespaceFacts } : {}),
  };
}

function carried(container: ContainerSample, before: ContainerSample | undefined): ContainerSample {
  if (before === undefined) {
    return container;
  }
  const { network } = container;
  return {
    ...container,
    mountinfo: container.mountinfo ?? before.mountinfo,
    layers: container.layers ?? before.layers,
    security: container.security ?? before.security,
    network:
      network === null || network.addresses !== null
        ? network
        : { ...network, addresses: before.network?.addresses ?? null },
  };
}

/** Containers of which these parts were not read yet. */
export function partless({ containers }: Sample): readonly string[] {
  return Object.entries(containers)
    .filter(([, { mountinfo }]) => mountinfo === null)
    .map(([key]) => key);
}
