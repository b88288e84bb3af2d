import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import { buildSnapshot } from '../../src/model/build-snapshot.ts';
import type { HostGroup } from '../../src/model/host-groups/host-groups.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { finish } from '../../src/model/steps.ts';
import { openSampler } from '../../src/probes/collect.ts';
import { openEngines } from '../../src/probes/engines/engines.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { plainWant } from './plain-want.ts';

/** Counters of one group as its files have them, and when: µs of a clock that only goes forward. */
export type Counters = {
  readonly atUs: number;
  readonly usageUs: number;
  readonly periods: number;
  readonly throttled: number;
};

/** A sample of all groups with the counters of one, read right before and right after it. */
export type Framed = { readonly snapshot: Snapshot; readonly before: Counters; readonly after: Counters };

export type HostTree = {
  /** Two samples `milliseconds` apart: the second has the rates of the time between. */
  look(milliseconds: number): Promise<readonly [Framed, Framed]>;
  group(snapshot: Snapshot, path: string): HostGroup | undefined;
  close(): void;
};

const nowUs = () => Number(process.hrtime.bigint()) / 1000;

/** Every cgroup of this host as the dashboard reads it, beside the files of one group. */
export function openHostTree(readCounters: () => Omit<Counters, 'atUs'>, opened: string | null = null): HostTree {
  const host = openHost();
  const sampler = openSampler(host, openEngines(host, { kind: 'none' }, { env: {} }));
  const want = { ...plainWant, hostGroups: { opened } };
  const counters = (): Counters => ({ atUs: nowUs(), ...readCounters() });

  return {
    look: async (milliseconds) => {
      const beforeFirst = counters();
      const first = finish(sampler.sample(want));
      const afterFirst = counters();
      await setTimeout(milliseconds);
      const beforeSecond = counters();
      const second = finish(sampler.sample(want));
      const afterSecond = counters();
      return [
        { snapshot: buildSnapshot(first, null), before: beforeFirst, after: afterFirst },
        { snapshot: buildSnapshot(second, first), before: beforeSecond, after: afterSecond },
      ];
    },
    group: (snapshot, path) => snapshot.hostGroups?.groups.find((group) => group.path === path),
    close: () => sampler.close(),
  };
}

/** The least and the most that a rate can be, as counters and clocks were read around both samples. */
function boundsOf(
  first: Framed,
  second: Framed,
  key: 'usageUs' | 'periods' | 'throttled',
): { readonly growth: readonly [number, number]; readonly perUs: readonly [number, number] } {
  const growth = [second.before[key] - first.after[key], second.after[key] - first.before[key]] as const;
  const longest = second.after.atUs - first.before.atUs;
  const shortest = second.before.atUs - first.after.atUs;
  return { growth, perUs: [growth[0] / longest, growth[1] / shortest] };
}

/** CPU within 1 % of the growth of the kernel's counter, the throttled share within that of its periods. */
export function expectCounted(group: HostGroup | undefined, first: Framed, second: Framed): void {
  const [least, most] = boundsOf(first, second, 'usageUs').perUs;
  expect(group?.cpuCores).toBeGreaterThanOrEqual(least * 0.99);
  expect(group?.cpuCores).toBeLessThanOrEqual(most * 1.01);
  const [fewest, all] = boundsOf(first, second, 'periods').growth;
  const [fewestHeld, allHeld] = boundsOf(first, second, 'throttled').growth;
  expect(fewest).toBeGreaterThan(5);
  expect(group?.throttledPercent).toBeGreaterThanOrEqual((fewestHeld / all) * 100 - 1e-9);
  expect(group?.throttledPercent).toBeLessThanOrEqual((allHeld / fewest) * 100 + 1e-9);
}

export type Burner = { readonly pid: number; stop(): Promise<void> };

/** What it has in memory is counted where it was when it took it: after it was moved. */
const BURN = 'read go; x=$(head -c 2000000 /dev/zero | tr "\\0" x); echo ready; while :; do :; done';

/** An endless loop in these groups, with two megabytes of memory. */
export async function startBurner(groups: readonly string[]): Promise<Burner> {
  const child: ChildProcess = spawn('sh', ['-c', BURN], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error('no shell');
  for (const group of groups) writeFileSync(`${group}/cgroup.procs`, String(pid));
  const ready = child.stdout === null ? null : once(child.stdout, 'data');
  child.stdin?.end('go\n');
  await ready;
  return {
    pid,
    stop: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

export function makeGroup(directory: string): void {
  mkdirSync(directory, { recursive: true });
}

/** Children before their parents. */
export async function removeGroups(directories: readonly string[]): Promise<void> {
  for (const directory of directories) {
    for (let tries = 0; ; tries += 1) {
      try {
        rmdirSync(directory);
        break;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT') break;
        if (code !== 'EBUSY' || tries > 100) throw error;
        await setTimeout(20);
      }
    }
  }
}

/** A value of a file of `key value` lines. */
export function valueIn(file: string, key: string): number {
  return Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(readFileSync(file, 'utf8'))?.[1]);
}
