import type { Network, Port } from './document/isolation.ts';
import type { Problem } from './document/problem.ts';
import { problemOf } from './problem.ts';
import type { NetworkAddress, NetworkSample } from './sample.ts';

/** Interfaces with counters and addresses, and the ports that the engine published. `null` where nothing was read. */
export function buildNetwork(
  sample: NetworkSample,
  ports: readonly Port[],
): { readonly network: Network | null; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  if (sample.devices.status !== 'ok') {
    const problem = problemOf(sample.devices, '/proc/PID/net/dev');
    return { network: null, problems: problem === null ? [] : [problem] };
  }
  let addresses: readonly NetworkAddress[] = [];
  if (sample.addresses?.status === 'ok') {
    addresses = sample.addresses.value;
  } else if (sample.addresses !== null) {
    const problem = problemOf(sample.addresses, '/proc/PID/net/fib_trie');
    problems.push(...(problem === null ? [] : [problem]));
  }
  for (const { name, address } of addresses) {
    if (name === null) {
      problems.push({
        path: '/proc/PID/net/fib_trie',
        code: 'ENODATA',
        message: `the routes do not tell which interface has the address ${address}`,
        remedy: null,
      });
    }
  }
  const interfaces = sample.devices.value.map((device) => ({
    name: device.name,
    addresses: addresses.filter(({ name }) => name === device.name).map(({ address }) => address),
    rxBytes: device.rxBytes,
    txBytes: device.txBytes,
    rxPackets: device.rxPackets,
    txPackets: device.txPackets,
    rxErrors: device.rxErrors,
    txErrors: device.txErrors,
    rxDropped: device.rxDropped,
    txDropped: device.txDropped,
  }));
  return { network: { interfaces, ports: [...ports] }, problems };
}
