import { realpathSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import type { Container, Engine } from '../../src/model/document/container.ts';
import { layersOutputSchema, psSchema } from '../../src/model/document/outputs.ts';
import { makeBusyboxRoot } from '../support/engines/busybox.ts';
import { busyboxImage } from '../support/engines/docker.ts';
import {
  bwrapIsMissing,
  nspawnIsMissing,
  startBwrap,
  startNspawn,
  startUnshare,
  unshareIsMissing,
} from '../support/engines/foreground.ts';
import { lxcIsMissing, startLxc } from '../support/engines/lxc.ts';
import { runcIsMissing, startContainerd, startRunc } from '../support/engines/oci.ts';
import { podmanIsMissing, preparePodman } from '../support/engines/podman.ts';
import type { StartedContainer } from '../support/engines/started.ts';
import { nsviewJson } from '../support/nsview.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const containerd = inject('docker')?.containerd ?? null;
const workDir = makeWorkDir();

type Case = {
  readonly engine: Engine;
  readonly missing: boolean;
  readonly start: (root: string) => Promise<StartedContainer>;
  /** What the kernel alone tells of it. */
  readonly told: { readonly name?: string; readonly id?: string };
};

/** The group that runc makes is called by it. */
const runcId = 'nsview-r1';

/** Each by its own name; `bwrap` is the one that must not be taken for a container. */
const cases: { readonly [name: string]: Case } = {
  lxc: {
    engine: 'lxc',
    missing: lxcIsMissing,
    start: (root) => startLxc(workDir, 'nsview-l1', root),
    told: { name: 'nsview-l1' },
  },
  nspawn: {
    engine: 'nspawn',
    missing: nspawnIsMissing,
    start: (root) => startNspawn(workDir, 'nsview-n1', root),
    told: {},
  },
  runc: {
    engine: 'oci',
    missing: runcIsMissing,
    start: (root) => startRunc(workDir, runcId, root),
    told: { id: runcId },
  },
  ctr: {
    engine: 'containerd',
    missing: containerd === null,
    start: (root) => startContainerd(containerd ?? '', 'nsview-c1', root),
    told: { id: 'nsview-c1' },
  },
  'unshare of everything': {
    engine: 'unknown',
    missing: unshareIsMissing,
    start: () => startUnshare(workDir, 'nsview-u1', '-pmuinC'),
    told: {},
  },
  'unshare of pid and mount': {
    engine: 'unknown',
    missing: unshareIsMissing,
    start: () => startUnshare(workDir, 'nsview-u2', '-pm'),
    told: {},
  },
};

const started = new Map<string, StartedContainer>();
let rows: readonly Container[] = [];
let bwrap: StartedContainer | null = null;

beforeAll(async () => {
  const root = await makeBusyboxRoot(workDir);
  for (const [name, { missing, start }] of Object.entries(cases)) {
    if (!missing) started.set(name, await start(root));
  }
  if (!bwrapIsMissing) bwrap = await startBwrap(workDir, 'bwrap', root);
  rows = (await nsviewJson(psSchema, ['ps', '--engine', 'none'])).containers;
});
afterAll(async () => {
  for (const container of [...started.values()].reverse()) await container.stop();
  await bwrap?.stop();
  await removeWorkDir(workDir);
});

describe('ps --engine none finds a container of', () => {
  for (const [name, { engine, told }] of Object.entries(cases)) {
    it(name, ({ skip }) => {
      const container = started.get(name);
      if (container === undefined) return skip('it is not installed, or we are not root');
      const found = rows.filter((row) => row.init?.pid === container.pid);
      expect(found.map((row) => row.engine)).toEqual([engine]);
      expect(found[0]).toMatchObject({ status: 'running', ...told });
      expect(found[0]?.evidence).not.toEqual([]);
    });
  }
});

it('knows the id of a runc container from the state that runc keeps', async ({ skip }) => {
  const pid = started.get('runc')?.pid;
  if (pid === undefined) return skip('runc is not installed, or we are not root');
  const { containers } = await nsviewJson(psSchema, ['ps', '--engine', 'auto']);
  expect(containers.find(({ init }) => init?.pid === pid)).toMatchObject({ engine: 'oci', id: runcId });
});

it('takes no bubblewrap sandbox for a container', ({ skip }) => {
  if (bwrap === null) return skip('bwrap is not installed, or we are not root');
  expect(rows.filter((row) => row.processes.some(({ pid }) => pid === bwrap?.pid))).toEqual([]);
});

const podmanInspect = z.array(
  z.object({
    Id: z.string(),
    State: z.object({ Pid: z.int() }),
    GraphDriver: z.object({ Data: z.object({ LowerDir: z.string(), UpperDir: z.string() }) }),
    HostConfig: z.object({ Memory: z.int(), PidsLimit: z.int() }),
  }),
);

describe.skipIf(podmanIsMissing)('podman', () => {
  it('agrees with podman inspect on pid, limits and branches', async () => {
    const podman = await preparePodman(workDir);
    try {
      await podman.start('limited', '-m', '64m', '--pids-limit', '40', busyboxImage, 'sleep', '1000000');
      await podman.start('free', '--pids-limit', '-1', busyboxImage, 'sleep', '1000000');
      const oracle = podmanInspect.parse(JSON.parse(await podman.podman('inspect', 'limited', 'free')));
      const { containers } = await nsviewJson(psSchema, ['ps', '--engine', 'none']);
      for (const { Id, State, GraphDriver, HostConfig } of oracle) {
        const row = containers.find(({ id }) => id === Id);
        expect(row).toMatchObject({ engine: 'podman', init: { pid: State.Pid }, status: 'running' });
        expect(row?.cgroup?.memory.limitBytes).toBe(HostConfig.Memory || 'max');
        expect(row?.cgroup?.pids.limit).toBe(HostConfig.PidsLimit > 0 ? HostConfig.PidsLimit : 'max');
        const { layers } = await nsviewJson(layersOutputSchema, ['layers', Id, '--engine', 'none']);
        const { UpperDir, LowerDir } = GraphDriver.Data;
        expect(layers?.branches.map(({ path }) => realpathSync(path))).toEqual([UpperDir, ...LowerDir.split(':')]);
      }
    } finally {
      await podman.stop();
    }
  });
});
