import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { buildImage, busyboxImage, type Docker, dockerClient } from '../support/engines/docker.ts';
import { launcher, nsview } from '../support/nsview.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const lane = inject('docker');

/** Selects the only container that the filter leaves. */
async function select(terminal: Terminal, name: string): Promise<void> {
  await terminal.waitFor(/quit/);
  terminal.type(`/${name}`);
  await terminal.waitFor(new RegExp(`/${name}`));
  terminal.press('enter');
  await terminal.waitFor(new RegExp(`▸${name}`));
}

describe.skipIf(lane === null)('actions on a container of Docker', () => {
  const name = 'nsview-acted';
  const bare = 'nsview-shell-less';
  const workDir = makeWorkDir();
  let docker: Docker['docker'];
  let terminal: Terminal;

  const open = (...flags: readonly string[]) => {
    terminal = openTerminal({ rows: 40, command: [launcher, '--engine', `docker=${lane?.socket}`, ...flags] });
  };
  const status = () => docker('inspect', '-f', '{{.State.Status}}', name);

  beforeAll(async () => {
    if (lane === null) return;
    docker = dockerClient(lane.socket, lane.configDir);
    await docker('run', '-d', '--name', name, busyboxImage, 'sleep', '1000000');
    const dockerfile = `FROM ${busyboxImage} AS tools\nFROM scratch\nCOPY --from=tools /bin/busybox /sleep\n`;
    await buildImage(docker, workDir, bare, dockerfile);
    await docker('run', '-d', '--name', bare, bare, '/sleep', '1000000');
  });
  afterEach(() => terminal.close());
  afterAll(async () => {
    await docker?.('rm', '-f', name, bare);
    await docker?.('rmi', bare);
    await removeWorkDir(workDir);
  });

  it('with --read-only are shown, and refused with the reason', async () => {
    open('--read-only');
    await select(terminal, name);
    terminal.type('a2');
    await terminal.waitFor(`pause ${name}`);
    await terminal.waitFor('--read-only');
    terminal.press('escape');
    terminal.type('e');
    await terminal.waitFor(/nothing is changed: .*--read-only *$/m);
    expect(await status()).toBe('running');
  });

  it('pauses it and lets it go on', async () => {
    open();
    await select(terminal, name);
    terminal.type('aj');
    await terminal.waitFor('/pause');
    terminal.press('enter');
    await terminal.waitFor(`paused ${name}`);
    expect(await status()).toBe('paused');
    terminal.type('aj');
    await terminal.waitFor('/unpause');
    terminal.press('enter');
    await terminal.waitFor(`let go on ${name}`);
    expect(await status()).toBe('running');
  });

  it('opens a shell in it, in the terminal as it was, and comes back', async () => {
    open();
    await select(terminal, name);
    terminal.type('e');
    await terminal.waitFor(/^\$ nsview exec/m);
    await terminal.waitFor(/# ?$/m);
    expect(terminal.isAlternate()).toBe(false);
    terminal.type('echo pid-$$-of-$(cat /proc/1/comm)\r');
    await terminal.waitFor(/^pid-\d+-of-sleep$/m);
    terminal.press('ctrl-c');
    terminal.type('exit\r');
    await terminal.waitFor(`back from ${name}`);
    expect(terminal.isAlternate()).toBe(true);
    expect(terminal.isCursorShown()).toBe(false);
    terminal.type('?');
    await terminal.waitFor('Everywhere');
  });

  it('says that there is no shell inside where there is none', async () => {
    open();
    await select(terminal, bare);
    terminal.type('e');
    await terminal.waitFor('no sh inside');
    expect(terminal.isAlternate()).toBe(true);
  });

  it('asks before it stops it', async () => {
    open();
    await select(terminal, name);
    terminal.type('ajj');
    await terminal.waitFor('/stop');
    terminal.press('enter');
    await terminal.waitFor(`Stop ${name}?`);
    terminal.press('enter');
    await terminal.waitFor('left as it is');
    expect(await status()).toBe('running');
    terminal.type('a3');
    await terminal.waitFor(`Stop ${name}?`);
    terminal.press('down', 'enter');
    await terminal.waitFor(`stopped ${name}`, 40_000);
    expect(await status()).toBe('exited');
    await terminal.waitFor('Nothing matches');
  });
});

describe.skipIf(process.getuid?.() !== 0)('actions on our own containers', () => {
  const root = makeWorkDir();
  const own = (...words: readonly string[]) => nsview(['--root', root, ...words]);
  let terminal: Terminal;

  const open = () => {
    terminal = openTerminal({ rows: 40, command: [launcher, '--root', root] });
  };
  const stateOf = async (name: string) => (await own('ps', '-a', '--filter', `name=${name}`)).stdout;

  afterEach(() => terminal.close());
  afterAll(async () => {
    await own('demo', '--rm');
    await removeWorkDir(root);
  });

  it('starts a demo, shows it, enters, pauses and removes it', async () => {
    open();
    await terminal.waitFor(/quit/);
    terminal.type('D');
    await terminal.waitFor(/▸burn +not running/);
    terminal.press('enter');
    await terminal.waitFor(/▸burn +running/, 60_000);
    terminal.press('enter');
    await terminal.waitFor(/demo-burn ▸ nsview/);
    terminal.type('e');
    await terminal.waitFor(/# ?$/m);
    terminal.type('echo in-$(hostname | wc -c)\r');
    await terminal.waitFor(/^in-\d+$/m);
    terminal.type('exit\r');
    await terminal.waitFor('back from demo-burn');
    terminal.type('a2');
    await terminal.waitFor('paused demo-burn');
    expect(await stateOf('demo-burn')).toContain('paused');
    terminal.type('a2');
    await terminal.waitFor('let go on demo-burn');
    terminal.type('a5');
    await terminal.waitFor('Remove demo-burn?');
    terminal.press('down', 'enter');
    await terminal.waitFor('removed demo-burn');
    expect(await stateOf('demo-burn')).not.toContain('demo-burn');
  });

  it('starts a demo whose image is there by itself, and leaves it running', async () => {
    await own('demo', 'burn');
    await own('demo', '--rm', 'burn');
    open();
    await terminal.waitFor(/quit/);
    terminal.type('D');
    await terminal.waitFor(/▸burn +not running/);
    terminal.press('enter');
    await terminal.waitFor(/▸burn +running/);
    const children = readFileSync(`/proc/${terminal.pid}/task/${terminal.pid}/children`, 'utf8').trim().split(' ');
    expect(children.map((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8'))).toContain('nsview-init\n');
    terminal.press('escape');
    terminal.type('q');
    expect((await terminal.exited).exitCode).toBe(0);
    expect(await stateOf('demo-burn')).toMatch(/demo-burn.*running/);
  });

  it('ends the shell with the dashboard, and gives the terminal back', async () => {
    await own('demo', 'burn');
    const script = `stty -a >before; "$0" --root ${root}; stty -a >after; echo over`;
    terminal = openTerminal({ rows: 40, command: ['sh', '-c', `cd ${root}; ${script}`, launcher] });
    await select(terminal, 'demo-burn');
    terminal.type('e');
    await terminal.waitFor(/# ?$/m);
    terminal.type('exec sleep 1000\r');
    const shells = async () => (await own('top', 'demo-burn')).stdout;
    await waitUntil('the shell sleeps', async () => (await shells()).includes('sleep 1000'));
    const [dashboard = 0] = readFileSync(`/proc/${terminal.pid}/task/${terminal.pid}/children`, 'utf8')
      .split(' ')
      .map(Number);
    process.kill(dashboard, 'SIGTERM');
    await terminal.waitFor('over');
    const modes = (name: string) => readFileSync(path.join(root, name), 'utf8');
    expect(modes('after')).toBe(modes('before'));
    await waitUntil('the shell has ended', async () => !(await shells()).includes('sleep 1000'));
  });
});
