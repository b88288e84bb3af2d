import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { busyboxImage, type Docker, dockerClient } from '../support/engines/docker.ts';
import { launcher } from '../support/nsview.ts';
import { openTerminal, type Terminal, type TerminalOptions } from '../support/terminal.ts';

const lane = inject('docker');
const names = ['nsview-one', 'nsview-two', 'nsview-three'];

describe.skipIf(lane === null)('the dashboard in a real terminal', () => {
  let docker: Docker['docker'];
  let terminal: Terminal;

  const open = (options: TerminalOptions = {}): Terminal => {
    const engine = `docker=${lane?.socket}`;
    terminal = openTerminal({ rows: 60, command: [launcher, '--engine', engine], ...options });
    return terminal;
  };
  beforeAll(async () => {
    if (lane === null) return;
    docker = dockerClient(lane.socket, lane.configDir);
    for (const name of names) await docker('run', '-d', '--name', name, '-m', '300m', busyboxImage, 'sleep', '1000000');
  });
  afterAll(async () => {
    await docker?.('rm', '-f', ...names);
  });
  beforeEach(() => {
    terminal = open();
  });
  afterEach(() => terminal.close());

  it('lists the containers that run, with what nsview itself costs', async () => {
    for (const name of names) await terminal.waitFor(name);
    expect(terminal.isAlternate()).toBe(true);
    expect(terminal.isCursorShown()).toBe(false);
    expect(terminal.screen()[0]).toContain('nsview');
    await terminal.waitFor(/self .*%/);
  });

  it('follows a container that starts and one that ends', async () => {
    await terminal.waitFor('nsview-three');
    await docker('run', '-d', '--name', 'nsview-late', busyboxImage, 'sleep', '1000000');
    await terminal.waitFor('nsview-late');
    await docker('rm', '-f', 'nsview-late');
    await terminal.waitFor((screen) => !screen.join('\n').includes('nsview-late'));
  });

  it('filters, and Esc gives all rows back', async () => {
    await terminal.waitFor('nsview-two');
    terminal.type('/two');
    await terminal.waitFor((screen) => {
      const text = screen.join('\n');
      return text.includes('nsview-two') && !text.includes('nsview-one');
    });
    terminal.press('escape');
    await terminal.waitFor('nsview-one');
  });

  it('opens a container and walks through its tabs', async () => {
    await terminal.waitFor('nsview-two');
    terminal.type('/nsview-two');
    await terminal.waitFor((screen) => !screen.join('\n').includes('nsview-one'));
    terminal.press('enter', 'enter');
    const pid = await docker('inspect', '-f', '{{.State.Pid}}', 'nsview-two');
    await terminal.waitFor(pid);
    terminal.type('2');
    await terminal.waitFor(/mnt +40265\d+/);
    // The host's own, the parent and the owner.
    await terminal.waitFor(/pid +40265\d+ private +– +\d+ +\d+ +\d+/);
    terminal.type('3');
    await terminal.waitFor('300 MiB');
    // The charts, from the second sample on.
    await terminal.waitFor(/^ +┄ 300 MiB ┤ *┄+ *$/m);
    await terminal.waitFor(/0 └ .* cores .* now/);
    terminal.type('4');
    await terminal.waitFor('sleep 1000000');
    terminal.type('5');
    const upper = await docker('inspect', '-f', '{{.GraphDriver.Data.UpperDir}}', 'nsview-two');
    await terminal.waitFor(/rw/);
    expect(upper).toMatch(/diff$/);
    terminal.type('7');
    await terminal.waitFor('eth0');
    terminal.type('8');
    await terminal.waitFor(/seccomp/i);
    terminal.press('escape');
    await terminal.waitFor((screen) => !/seccomp/i.test(screen.join('\n')));
  });

  it('shows help made from its keys', async () => {
    await terminal.waitFor('nsview-one');
    terminal.type('?');
    await terminal.waitFor(/quit/i);
    terminal.press('escape');
    await terminal.waitFor('nsview-one');
  });

  it('says that a screen of 20x5 is too small, and draws again when it grows', async () => {
    await terminal.waitFor('nsview-one');
    terminal.resize(20, 5);
    await terminal.waitFor(/small/i);
    terminal.resize(120, 40);
    await terminal.waitFor('nsview-three');
  });

  it('survives a storm of resizes', async () => {
    await terminal.waitFor('nsview-one');
    for (let step = 0; step < 60; step++) terminal.resize(30 + ((step * 37) % 170), 6 + ((step * 13) % 60));
    terminal.resize(110, 35);
    await terminal.waitFor((screen) => names.every((name) => screen.join('\n').includes(name)));
    terminal.type('q');
    expect((await terminal.exited).exitCode).toBe(0);
  });

  it('ends with q on a screen that is too small', async () => {
    await terminal.waitFor('nsview-one');
    terminal.resize(20, 5);
    await terminal.waitFor(/small/i);
    terminal.type('q');
    expect((await terminal.exited).exitCode).toBe(0);
  });
});
