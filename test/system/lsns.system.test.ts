import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { HostNamespace } from '../../src/model/document/namespace.ts';
import { nsSchema } from '../../src/model/document/outputs.ts';
import { run } from '../support/command.ts';
import { startUnshare, unshareIsMissing } from '../support/engines/foreground.ts';
import { nsviewJson } from '../support/nsview.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const lsnsSchema = z.object({
  namespaces: z.array(
    z.object({ ns: z.int(), type: z.string(), nprocs: z.int(), pid: z.int(), pns: z.int(), ons: z.int() }),
  ),
});
type LsnsRow = z.infer<typeof lsnsSchema>['namespaces'][number];

const columns = 'NS,TYPE,NPROCS,PID,PNS,ONS';

/** Every namespace by `type:inode`. */
async function lsns(): Promise<Map<string, LsnsRow>> {
  const { namespaces } = lsnsSchema.parse(JSON.parse(await run('lsns', '--json', '-o', columns)));
  return new Map(namespaces.map((row) => [`${row.type}:${row.ns}`, row]));
}

describe.skipIf(unshareIsMissing)('ns --json agrees with lsns --json', () => {
  /** Rows that lsns gives alike before and after: the host goes on working meanwhile. */
  let stable: [string, LsnsRow][];
  let ours: Map<string, HostNamespace>;
  let seen: Set<string>;

  beforeAll(async () => {
    const workDir = makeWorkDir();
    const containers = [
      await startUnshare(workDir, 'all', '-pmuinC'),
      await startUnshare(workDir, 'user', '-pmU', '--map-root-user'),
      await startUnshare(workDir, 'nested', '-pm', 'unshare', '--fork', '-pmn'),
    ];
    try {
      const before = await lsns();
      const { namespaces } = await nsviewJson(nsSchema, ['ns', '--engine', 'none']);
      const after = await lsns();
      stable = [...before].filter(([key, row]) => JSON.stringify(row) === JSON.stringify(after.get(key)));
      ours = new Map(namespaces.map((namespace) => [`${namespace.type}:${namespace.inode}`, namespace]));
      seen = new Set([...before.keys(), ...after.keys()]);
    } finally {
      for (const container of containers) await container.stop();
      await removeWorkDir(workDir);
    }
  });

  it('on which namespaces there are', () => {
    expect(stable.length).toBeGreaterThan(20);
    expect(stable.filter(([key]) => !ours.has(key))).toEqual([]);
  });

  it('on how many processes are in each', () => {
    const initial = ([key]: [string, LsnsRow]) => ours.get(key)?.initial === true;
    const counts = stable.filter((entry) => !initial(entry)).map(([key, row]) => [key, row.nprocs]);
    expect(counts.map(([key]) => [key, ours.get(key as string)?.processes.length])).toEqual(counts);
  });

  it('on parents and owners', () => {
    const known = (inode: number) => (inode === 0 ? null : inode);
    for (const [key, { pns, ons }] of stable) {
      expect([key, ours.get(key)?.parent, ours.get(key)?.owner]).toEqual([key, known(pns), known(ons)]);
    }
  });

  it('and names more only where something else than a process holds it', () => {
    const more = [...ours].filter(([key]) => !seen.has(key)).map(([, namespace]) => namespace);
    const unheld = more.filter(({ processes, heldBy }) => processes.length === 0 && heldBy.length === 0);
    expect(unheld).toEqual([]);
  });
});
