import { expect, test } from 'vitest';
import { filterIn } from '../../../src/runtime/network/bridge-filter.ts';

const drop = '-P INPUT ACCEPT\n-P FORWARD DROP\n-P OUTPUT ACCEPT\n-A FORWARD -i docker0 -o docker0 -j ACCEPT\n';

test.each([
  ['Docker’s policy', drop, true],
  ['our bridge let through', `${drop}-A FORWARD -i nsview-1 -o nsview-1 -j ACCEPT\n`, false],
  ['let through in the chain for users', `${drop}-A DOCKER-USER -i nsview-1 -o nsview-1 -j ACCEPT\n`, false],
  ['another bridge let through', `${drop}-A FORWARD -i nsview-12 -o nsview-12 -j ACCEPT\n`, true],
  ['a policy that lets all through', '-P FORWARD ACCEPT\n', false],
  ['no iptables', '', false],
])('what stands between containers: %s', (_, rules, isInTheWay) => {
  expect(filterIn(rules, 'nsview-1')?.remedy ?? null).toBe(
    isInTheWay ? 'iptables -I FORWARD -i nsview-1 -o nsview-1 -j ACCEPT' : null,
  );
});
