import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kernelWays } from '../../src/actions/kernel-actions.ts';
import type { Way } from '../../src/actions/way.ts';
import { buildSnapshot } from '../../src/model/build-snapshot.ts';
import type { Container } from '../../src/model/document/container.ts';
import { finish } from '../../src/model/steps.ts';
import { openSampler } from '../../src/probes/collect.ts';
import { openEngines } from '../../src/probes/engines/engines.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { startUnshare, unshareIsMissing } from '../support/engines/foreground.ts';
import type { StartedContainer } from '../support/engines/started.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const FREEZER = '/sys/fs/cgroup/freezer';
const group = `${FREEZER}/nsview-actions-${process.pid}`;

describe.skipIf(unshareIsMissing || !existsSync(FREEZER))('what the kernel alone can do', () => {
  const workDir = makeWorkDir();
  const host = openHost({});
  const engines = openEngines(host, { kind: 'none' }, { env: {} });
  const sampler = openSampler(host, engines);
  let started: StartedContainer;

  beforeAll(async () => {
    mkdirSync(group);
    started = await startUnshare(workDir, 'actions', '--pid', '--mount');
    writeFileSync(`${group}/cgroup.procs`, `${started.pid}`);
  });
  afterAll(async () => {
    writeFileSync(`${group}/freezer.state`, 'THAWED');
    await started.stop();
    await waitUntil('the group is empty', () => readFileSync(`${group}/cgroup.procs`, 'utf8') === '');
    rmdirSync(group);
    sampler.close();
    await removeWorkDir(workDir);
  });

  const look = (): Container => {
    const want = {
      detail: 'none',
      figures: 'all',
      stopped: false,
      network: false,
      namespaces: false,
      walkLayers: false,
    } as const;
    const { containers } = buildSnapshot(finish(sampler.sample(want)), null);
    return containers.find(({ init }) => init?.pid === started.pid) ?? expect.fail('the container is not found');
  };
  const way = (verb: Way['verb'], container = look()): Way =>
    kernelWays(container, host).find((one) => one.verb === verb) ?? expect.fail(`no way to ${verb}`);
  const state = () => readFileSync(`${group}/freezer.state`, 'utf8').trim();

  it('freezes the group that is the container’s own, and says so exactly', async () => {
    const pause = way('pause');
    expect(pause).toMatchObject({
      command: `echo FROZEN > ${group}/freezer.state`,
      calls: [`writes FROZEN to ${group}/freezer.state`],
      asks: true,
      disabledReason: null,
    });
    expect(await pause.run()).toMatchObject({ ok: true });
    expect(state()).toBe('FROZEN');
    expect(look().status).toBe('paused');
    expect(way('stop').disabledReason).toContain('paused');
    expect(await way('unpause').run()).toMatchObject({ ok: true });
    expect(state()).toBe('THAWED');
  });

  it('never freezes a stranger, also when it came after the question', async () => {
    const stranger = await startUnshare(workDir, 'stranger', '--pid', '--mount');
    try {
      const asked = way('pause');
      writeFileSync(`${group}/cgroup.procs`, `${stranger.pid}`);
      expect(way('pause').disabledReason).toContain('another process');
      expect((await asked.run()).says).toContain('another process');
      expect(state()).toBe('THAWED');
    } finally {
      await stranger.stop();
      await waitUntil(
        'the stranger left',
        () => !readFileSync(`${group}/cgroup.procs`, 'utf8').includes(`${stranger.pid}`),
      );
    }
  });

  it('signals the very process, and no other that has its number', async () => {
    const container = look();
    const { init } = container;
    const before = { ...container, init: init === null ? null : { ...init, startTicks: init.startTicks - 1 } };
    expect(await way('kill', before).run()).toMatchObject({ ok: false });
    expect(existsSync(`/proc/${started.pid}`)).toBe(true);
    expect(await way('kill', container).run()).toMatchObject({ ok: true });
    await waitUntil('it ended', () => !existsSync(`/proc/${started.pid}`));
  });
});
