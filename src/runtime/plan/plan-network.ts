import type { ContainerSpec } from '../spec.ts';
import { type PlanDraft, step } from './draft.ts';

/** Bound before anything else is made: a port that is taken is told at once. */
export function planListening(plan: PlanDraft, { ports }: ContainerSpec): void {
  for (const { hostAddress, hostPort, containerPort } of ports) {
    const port = hostPort === 0 ? 'a free port' : `port ${hostPort}`;
    plan.add(
      'host',
      step('network', `listen on ${port} of the host`, `bind(${socketName(hostAddress, hostPort)}), listen`, {
        kind: 'publish',
        address: hostAddress,
        hostPort,
        containerPort,
      }),
    );
  }
}

/** From outside, into the namespaces of the first process, which waits meanwhile. */
export function planLinks(plan: PlanDraft, { id, ports, bridge }: ContainerSpec): void {
  if (bridge !== null) {
    const { lock, veth, gateway, prefixLength } = bridge;
    plan.add(
      'host',
      step(
        'network',
        `make a pair of interfaces, one end on the bridge ${bridge.bridge}, the other inside`,
        `sendto(RTM_NEWLINK, ${veth}, veth, peer eth0)`,
        {
          kind: 'bridge',
          lock,
          bridge: bridge.bridge,
          gateway: `${gateway}/${prefixLength}`,
          veth,
          alias: id,
        },
      ),
    );
  }
  if (ports.length > 0) {
    plan.add(
      'host',
      step('network', 'start the proxy that carries their connections inside', 'fork, setns(CLONE_NEWNET), execve', {
        kind: 'proxy',
        address: bridge?.address ?? null,
      }),
    );
  }
}

/** By the first process, once its end is there. */
export function planInterface(plan: PlanDraft, { bridge }: ContainerSpec): void {
  if (bridge === null) return;
  const { address, prefixLength, gateway } = bridge;
  plan.add(
    'child',
    step(
      'network',
      `give eth0 its address, and a way out by ${gateway}`,
      `sendto(RTM_NEWADDR, ${address}/${prefixLength}), sendto(RTM_NEWROUTE)`,
      { kind: 'interface', address: `${address}/${prefixLength}`, gateway },
    ),
  );
}

/** Once the command has ended. */
export function planNetworkEnd(plan: PlanDraft, { id, ports, bridge }: ContainerSpec): void {
  if (ports.length > 0) {
    plan.add('monitor', step('network', 'see the proxy end', 'waitpid', { kind: 'proxy-end' }));
  }
  if (bridge !== null) {
    const { lock, veth } = bridge;
    plan.add(
      'monitor',
      step('network', 'remove the pair, and the bridge with its last', `sendto(RTM_DELLINK, ${veth})`, {
        kind: 'bridge-end',
        lock,
        bridge: bridge.bridge,
        veth,
        alias: id,
      }),
    );
  }
}

function socketName(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
