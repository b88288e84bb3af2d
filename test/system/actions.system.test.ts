import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { daemonWays } from '../../src/actions/daemon-actions.ts';
import { kernelWays } from '../../src/actions/kernel-actions.ts';
import type { Way } from '../../src/actions/way.ts';
import { buildSnapshot } from '../../src/model/build-snapshot.ts';
import type { Container } from '../../src/model/document/container.ts';
import { finish } from '../../src/model/steps.ts';
import { openSampler } from '../../src/probes/collect.ts';
import { openEngines } from '../../src/probes/engines/engines.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { containerFixture } from '../support/container-fixture.ts';
import { startDaemon } from '../support/engines/daemon.ts';
import { busyboxImage } from '../support/engines/docker.ts';
import { startUnshare, unshareIsMissing } from '../support/engines/foreground.ts';
import { type Podman, podmanIsMissing, preparePodman } from '../support/engines/podman.ts';
import type { StartedContainer } from '../support/engines/started.ts';
import { plainWant } from '../support/plain-want.ts';
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
    const { containers } = buildSnapshot(finish(sampler.sample(plainWant)), null);
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

describe.skipIf(podmanIsMissing)('Podman asked over its socket', () => {
  const workDir = makeWorkDir();
  const socket = `${workDir}/podman.sock`;
  const engines = openEngines(
    openHost({}),
    { kind: 'sockets', sockets: [{ engine: 'podman', path: socket }] },
    { env: {} },
  );
  let podman: Podman;
  let id = '';
  let stopService = async () => {};

  beforeAll(async () => {
    podman = await preparePodman(workDir);
    id = (await podman.start('nsview-acted', busyboxImage, 'sleep', '1000000')).trim();
    const words = [...podman.flags, 'system', 'service', '--time=0', `unix://${socket}`];
    const service = await startDaemon('podman', words, `${workDir}/service.log`, () => existsSync(socket));
    stopService = service.stop;
    await engines.refresh(10_000);
  });
  afterAll(async () => {
    engines.close();
    await stopService();
    await podman.stop();
    await removeWorkDir(workDir);
  });

  const run = async (verb: Way['verb'], status: Container['status'] = 'running') => {
    const daemon = engines.daemonOf(id) ?? expect.fail('nobody has it');
    const container = containerFixture(0, { id, name: 'nsview-acted', engine: 'podman', status });
    const found = daemonWays(container, daemon).find((one) => one.verb === verb) ?? expect.fail(`no way to ${verb}`);
    expect(found.command).toContain(`podman --url unix://${socket} `);
    return await found.run();
  };
  const status = () => podman.podman('inspect', '-f', '{{.State.Status}}', id);

  it('pauses, unpauses, kills and removes the very container', async () => {
    expect(await run('pause')).toEqual({ ok: true, says: 'paused nsview-acted' });
    expect(await status()).toBe('paused');
    expect(await run('unpause', 'paused')).toEqual({ ok: true, says: 'let go on nsview-acted' });
    expect(await status()).toBe('running');
    expect(await run('kill')).toEqual({ ok: true, says: 'killed nsview-acted' });
    await waitUntil('it ended', async () => (await status()) === 'exited');
    expect(await run('pause')).toMatchObject({ ok: false });
    expect(await run('remove')).toEqual({ ok: true, says: 'removed nsview-acted' });
    expect(await podman.podman('ps', '-aq', '--no-trunc')).not.toContain(id);
    expect((await run('remove')).ok).toBe(false);
  });
});
