import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { valueOr } from '../../src/model/reading.ts';
import { cgroupLayout } from '../../src/probes/cgroup/layout.ts';
import { parseMountinfo } from '../../src/probes/proc/mountinfo.ts';
import { isInstalled, run } from '../support/command.ts';
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

const layout = cgroupLayout(valueOr(parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8')), []));
const top = `/nsview-tree-${process.pid}`;
const busy = `${top}/busy.scope`;
const at = (controller: string, path: string) => `${layout.v1[controller]?.mountPoint}${path}`;
const read = (file: string) => Number(readFileSync(file, 'utf8'));

/** The kernel charges in portions, one per CPU. */
const CHARGE_STEP = 2 * 64 * 4096;

/** Neither a pids nor a blkio group: what they would tell is unknown then. */
const CONTROLLERS = ['cpu', 'cpuacct', 'memory'];

describe.skipIf(layout.kind === 'unified')(
  'the tree of groups on a v1 host, against the files of the same moment',
  () => {
    let burner: Burner;
    let tree: HostTree;

    beforeAll(async () => {
      for (const controller of CONTROLLERS) makeGroup(at(controller, busy));
      writeFileSync(at('cpu', `${top}/cpu.cfs_quota_us`), '50000');
      writeFileSync(at('cpu', `${busy}/cpu.cfs_quota_us`), '20000');
      writeFileSync(at('memory', `${top}/memory.limit_in_bytes`), String(64 * 2 ** 20));
      burner = await startBurner(CONTROLLERS.map((controller) => at(controller, busy)));
      tree = openHostTree(
        () => ({
          usageUs: read(at('cpuacct', `${busy}/cpuacct.usage`)) / 1000,
          periods: valueIn(at('cpu', `${busy}/cpu.stat`), 'nr_periods'),
          throttled: valueIn(at('cpu', `${busy}/cpu.stat`), 'nr_throttled'),
        }),
        busy,
      );
    });

    afterAll(async () => {
      tree?.close();
      await burner?.stop();
      await removeGroups(CONTROLLERS.flatMap((controller) => [at(controller, busy), at(controller, top)]));
    });

    it('CPU is the growth of the kernel’s counter within 1 %, throttling that of its periods', async () => {
      const [first, second] = await tree.look(1500);
      expectCounted(tree.group(second.snapshot, busy), first, second);
      expect(tree.group(first.snapshot, busy)).toMatchObject({ cpuCores: null, throttledPercent: null });
    });

    it('limits hold downwards, use is counted upwards, and what no tree tells is unknown', async () => {
      const [, { snapshot }] = await tree.look(100);
      const group = tree.group(snapshot, busy);
      expect(group).toMatchObject({
        kind: 'scope',
        processes: 1,
        tasks: 1,
        cpuLimitCores: 0.2,
        memoryLimitBytes: 64 * 2 ** 20,
        pidsLimit: null,
        readBytesPerSecond: null,
        writeBytesPerSecond: null,
        pressure: { cpu: null, memory: null, io: null },
      });
      expect(tree.group(snapshot, top)).toMatchObject({ kind: 'group', processes: 1, cpuLimitCores: 0.5 });
      expect(snapshot.hostGroups?.opened?.processes.map(({ pid }) => pid)).toEqual([burner.pid]);
      const parent = tree.group(snapshot, top)?.memoryBytes ?? 0;
      expect(parent).toBeGreaterThanOrEqual(0);
      const root = tree.group(snapshot, '/');
      expect(root?.processes).toBeGreaterThan(1);
      expect(root?.memoryBytes).toBeGreaterThan(0);
    });

    it('no figure is negative, and no share of periods above all of them', async () => {
      const [, { snapshot }] = await tree.look(200);
      for (const { path, ...group } of snapshot.hostGroups?.groups ?? []) {
        for (const [key, value] of Object.entries({ ...group, ...group.pressure })) {
          if (typeof value === 'number') expect(value, `${path} ${key}`).toBeGreaterThanOrEqual(0);
        }
        expect(group.throttledPercent ?? 0, path).toBeLessThanOrEqual(100);
      }
    });

    it.skipIf(!isInstalled('systemd-cgtop'))('has the groups and the memory of systemd-cgtop', async () => {
      const listed = await run('systemd-cgtop', '--batch', '--iterations=1', '--raw', '--depth=9');
      const rows = listed.split('\n').map((line) => line.trim().split(/ +/));
      const own = rows.filter(([path]) => path === top || path?.startsWith(`${top}/`));
      const [, { snapshot }] = await tree.look(100);
      expect(own.map(([path]) => path).toSorted()).toEqual([top, busy].toSorted());
      for (const [path = '', , , memory] of own) {
        const usage = read(at('memory', `${path}/memory.usage_in_bytes`));
        expect(Math.abs(Number(memory) - usage)).toBeLessThanOrEqual(CHARGE_STEP);
        const inactive = valueIn(at('memory', `${path}/memory.stat`), 'total_inactive_file');
        const ours = tree.group(snapshot, path)?.memoryBytes ?? 0;
        expect(Math.abs(ours - (usage - inactive)), path).toBeLessThanOrEqual(CHARGE_STEP);
      }
    });

    it('a group that goes while it is shown is gone, and another of its name begins anew', async () => {
      const again = `${top}/again`;
      const directory = at('cpuacct', again);
      makeGroup(directory);
      const [, there] = await tree.look(20);
      expect(tree.group(there.snapshot, again)).toMatchObject({ processes: 0, memoryBytes: null });
      await removeGroups([directory]);
      const [, without] = await tree.look(20);
      expect(tree.group(without.snapshot, again)).toBeUndefined();
      makeGroup(directory);
      const [first] = await tree.look(20);
      expect(tree.group(first.snapshot, again)?.cpuCores).toBeNull();
      await removeGroups([directory]);
    });
  },
);
