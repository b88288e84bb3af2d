import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { buildImage, busyboxImage, type Docker, dockerClient } from '../support/engines/docker.ts';
import { openLayersTab } from '../support/layers-tab.ts';
import type { Terminal } from '../support/terminal.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const lane = inject('docker');
const name = 'nsview-floor';
const dockerfile = `FROM ${busyboxImage}
RUN mkdir -p /etc /opt/app && echo one > /etc/kept && echo old > /etc/gone && echo x > /opt/app/file && mkdir /opt/dir
RUN echo two >> /etc/kept
CMD ["sleep", "1000000"]
`;

describe.skipIf(lane === null)('the Layers tab, while a container of Docker is changed by hand', () => {
  const workDir = makeWorkDir();
  let docker: Docker['docker'];
  let terminal: Terminal;

  const inside = (script: string) => docker('exec', name, 'sh', '-c', script);
  /** A line of the tree: mark and mount, branch, name, and why. */
  const line = (mark: string, branch: string, shown: string, why: string) =>
    new RegExp(`│[ ▸]${mark}[ M] +${branch} .* ${shown} +${why}`, 'm');
  /** The same among the changes of `docker diff`. */
  const told = async (change: string) => expect((await docker('diff', name)).split('\n')).toContain(change);

  beforeAll(async () => {
    if (lane === null) return;
    docker = dockerClient(lane.socket, lane.configDir);
    await buildImage(docker, workDir, name, dockerfile);
    await docker('run', '-d', '--name', name, name);
  });
  beforeEach(async () => {
    terminal = await openLayersTab(lane?.socket, name, 50, /▸ etc\//);
  });
  afterEach(() => terminal.close());
  afterAll(async () => {
    await docker?.('rm', '-fv', name);
    await docker?.('rmi', name);
    await removeWorkDir(workDir);
  });

  it('shows each change as it happens, with where it is and what it hides', async () => {
    terminal.type('o');
    await inside('echo new > /etc/new');
    await terminal.waitFor(line('A', '0', 'new', 'new'));
    await told('A /etc/new');
    await inside('echo three >> /etc/kept');
    await terminal.waitFor(line('C', '0', 'kept', 'changed, hides 2 3'));
    await told('C /etc/kept');
    await inside('rm /etc/gone');
    await terminal.waitFor(line('D', '–', 'gone', 'deleted by 0, was in 3'));
    await told('D /etc/gone');
    await inside('ln /etc/new /etc/linked');
    await terminal.waitFor(line('A', '0', 'linked', 'new'));
    await inside('mv /opt/app /opt/moved');
    await terminal.waitFor(line('D', '–', '▸ app', 'deleted by 0, was in 3'));
    await terminal.waitFor(line('A', '0', '▸ moved/', 'new'));
    await told('D /opt/app');
    await inside('chmod 700 /bin/busybox');
    await terminal.waitFor(/│[ ▸]C +0 0700 .* busybox +changed, hides 4/m);
    await told('C /bin/busybox');
    await inside('rmdir /opt/dir; echo file > /opt/dir');
    await terminal.waitFor(line('C', '0', 'dir', 'changed, hides 3'));
    await told('C /opt/dir');
  });

  it('finds a file in the whole tree, and shows its versions and what changed', async () => {
    terminal.type('/kep');
    await terminal.waitFor(/^ \/kep/m);
    terminal.press('enter');
    await terminal.waitFor(/1 found among \d+ names/);
    terminal.press('enter');
    await terminal.waitFor(/│▸C.* kept/);
    terminal.press('enter');
    await terminal.waitFor(/0 rw +file +seen/);
    await terminal.waitFor(/2 image file +hidden .*echo two >> \/etc\/kept/);
    await terminal.waitFor(/3 image file +hidden .*mkdir -p \/etc/);
    await terminal.waitFor(/^│ three/m);
    terminal.type('d');
    await terminal.waitFor(/^│ \+three/m);
  });

  it('measures what the branches hold and where the container wrote', async () => {
    terminal.type('w');
    await terminal.waitFor('What each branch holds');
    // Its mode alone was changed: the same bytes are in both branches.
    await terminal.waitFor(/copied +\/bin\/busybox/);
    await terminal.waitFor(/are again in a branch above \(copied\)/);
    await terminal.waitFor(/2 times +0 \/bin\/busybox, 4 \/bin\/busybox/);
    await terminal.waitFor(/files? +\/etc *$/m);
    terminal.press('escape');
    await terminal.waitFor(/▸ etc\//);
  });

  it('tells why /etc/hosts goes into no commit, and the next container has none of it', async () => {
    await inside('echo 192.0.2.7 riddle >> /etc/hosts');
    terminal.type('/hosts');
    await terminal.waitFor(/^ \/hosts/m);
    terminal.press('enter');
    await terminal.waitFor(/M +1 .*\/etc\/hosts +bind: in no layer or commit/);
    terminal.type('v');
    await terminal.waitFor('A commit takes the writable branch alone, which has nothing here.');
    await terminal.waitFor(/1 init +file +seen/);
    await docker('commit', name, `${name}-next`);
    try {
      const hosts = await docker('run', '--rm', `${name}-next`, 'cat', '/etc/hosts', '/etc/new');
      expect(hosts).not.toContain('riddle');
      expect(hosts).toContain('new');
    } finally {
      await docker('rmi', `${name}-next`);
    }
    const pid = await docker('inspect', '-f', '{{.State.Pid}}', name);
    expect(readFileSync(`/proc/${pid}/root/etc/hosts`, 'utf8')).toContain('riddle');
  });
});
