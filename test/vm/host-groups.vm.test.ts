import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type Burner,
  expectCounted,
  type HostTree,
  makeGroup,
  openHostTree,
  removeGroups,
  startBurner,
  valueIn,
} from '../support/host-tree.ts';

const root = '/sys/fs/cgroup';
const top = '/nsview-tree.slice';
const busy = `${top}/busy.scope`;
let burner: Burner;
let tree: HostTree;

beforeAll(async () => {
  makeGroup(root + top);
  writeFileSync(`${root}/cgroup.subtree_control`, '+cpu +memory +pids');
  writeFileSync(`${root}${top}/cgroup.subtree_control`, '+cpu');
  makeGroup(root + busy);
  writeFileSync(`${root}${top}/pids.max`, '20');
  writeFileSync(`${root}${busy}/cpu.max`, '20000 100000');
  burner = await startBurner([root + busy]);
  tree = openHostTree(() => {
    const value = (key: string) => valueIn(`${root}${busy}/cpu.stat`, key);
    return { usageUs: value('usage_usec'), periods: value('nr_periods'), throttled: value('nr_throttled') };
  });
});

afterAll(async () => {
  tree?.close();
  await burner?.stop();
  await removeGroups([root + busy, root + top]);
});

it('rates are the growth of the files of the same moment', async () => {
  const [first, second] = await tree.look(1500);
  expectCounted(tree.group(second.snapshot, busy), first, second);
});

it('limits hold downwards; of a controller that is not enabled nothing is claimed', async () => {
  const [, { snapshot }] = await tree.look(100);
  expect(tree.group(snapshot, busy)).toMatchObject({
    kind: 'scope',
    processes: 1,
    tasks: 1,
    cpuLimitCores: 0.2,
    pidsLimit: 20,
    memoryBytes: null,
  });
  expect(tree.group(snapshot, top)).toMatchObject({ kind: 'slice', processes: 1, cpuLimitCores: 'max' });
  expect(tree.group(snapshot, top)?.memoryBytes).toBeGreaterThan(0);
  expect(tree.group(snapshot, '/')).toMatchObject({ kind: 'root', pidsLimit: null });
});
