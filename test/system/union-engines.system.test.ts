import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { layersPathSchema } from '../../src/model/document/branch-paths.ts';
import { layersOutputSchema } from '../../src/model/document/outputs.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { run } from '../support/command.ts';
import { makeBusyboxRoot } from '../support/engines/busybox.ts';
import { nspawnIsMissing, startNspawn } from '../support/engines/foreground.ts';
import { lxcIsMissing, startLxc } from '../support/engines/lxc.ts';
import { nsview, nsviewJson } from '../support/nsview.ts';
import { expectTruth, layer } from '../support/union-form.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const workDir = makeWorkDir();
const host = openHost();
afterAll(async () => {
  host.close();
  await removeWorkDir(workDir);
});

describe.skipIf(lxcIsMissing)('a snapshot of LXC', () => {
  it('has the container it was made from below what it changed', async () => {
    const low = layer(workDir, 'low', 'kept', 'changed', 'gone');
    await run('cp', '-a', `${await makeBusyboxRoot(workDir)}/.`, low);
    const delta = layer(workDir, 'delta');
    const { pid, stop } = await startLxc(workDir, 'nsview-snapshot', `overlay:${low}:${delta}`);
    try {
      const change = 'rm gone; printf delta > changed; printf delta > new';
      await run('sh', '-c', `cd /proc/${pid}/root && ${change}`);
      const { layers } = await nsviewJson(layersOutputSchema, ['layers', 'nsview-snapshot']);
      expect(layers?.branches.map((branch) => `${branch.role} ${branch.path}`)).toEqual([
        `rw ${delta}`,
        `image ${low}`,
      ]);
      if (layers !== null) expectTruth(host, pid, workDir, layers);
      expect((await nsview(['diff', 'nsview-snapshot'])).stdout).toBe('C /changed\nD /gone\nA /new');
      const told = await nsviewJson(layersPathSchema, ['layers', 'nsview-snapshot', '/changed']);
      expect(told).toMatchObject({ providedBy: 0, state: 'changed', shadows: [{ index: 1 }] });
    } finally {
      await stop();
    }
  });
});

describe.skipIf(nspawnIsMissing)('a volatile container of systemd-nspawn', () => {
  it('has what it changes where nobody sees it, which is said', async () => {
    const root = path.join(workDir, 'machine');
    await run('cp', '-a', await makeBusyboxRoot(workDir), root);
    writeFileSync(path.join(root, 'kept'), '');
    const { pid, stop } = await startNspawn(workDir, 'nsview-volatile', root, '--volatile=overlay');
    try {
      const ref = `pid:${pid}`;
      const { layers } = await nsviewJson(layersOutputSchema, ['layers', ref]);
      expect(layers?.branches.map(({ role }) => role)).toEqual(['rw', 'image']);
      expect(layers?.branches[1]?.path).toBe(root);
      expect((await nsview(['layers', ref])).stderr).toMatch(
        /: the branch is not where the mount says, as seen from here$/m,
      );
      expect(await nsview(['diff', ref])).toMatchObject({
        exitCode: 1,
        stdout: '',
        stderr: expect.stringMatching(
          /^nsview: branch 0 of 'pid:\d+', .*: it is not there as seen from here \(ENOENT\)$/,
        ),
      });
    } finally {
      await stop();
    }
  });
});
