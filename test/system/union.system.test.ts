import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { diffSchema, layersPathSchema } from '../../src/model/document/branch-paths.ts';
import { cleanEnvironment, isInstalled } from '../support/command.ts';
import { buildImage, busyboxImage, type Docker, dockerClient } from '../support/engines/docker.ts';
import { type Podman, podmanIsMissing, preparePodman } from '../support/engines/podman.ts';
import { nsview, nsviewJson } from '../support/nsview.ts';
import { type OwnStore, openOwnStore } from '../support/own-store.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const lane = inject('docker');
const workDir = makeWorkDir();
afterAll(() => removeWorkDir(workDir));

describe.skipIf(process.getuid?.() !== 0 || !isInstalled('unshare'))('unions that were really mounted', () => {
  const compare = async (kind: string, runs: number, ...seed: readonly string[]) => {
    const base = path.join(workDir, kind);
    mkdirSync(base);
    const script = fileURLToPath(new URL('../support/union-oracle.ts', import.meta.url));
    const command = ['-m', '--propagation', 'private', process.execPath, script, String(runs), kind, ...seed];
    const { all, exitCode } = await execa('unshare', command, {
      cwd: base,
      env: cleanEnvironment,
      extendEnv: false,
      stdin: 'ignore',
      all: true,
      reject: false,
    });
    expect(all).toMatch(/\d+ unions, \d+ paths$/);
    expect(exitCode).toBe(0);
  };

  it('by overlay are what we make of their branches, path by path', () => compare('overlay', 60));

  it('by a hundred thousand names and more in one directory are read whole with little memory', async () => {
    const [base, names] = [path.join(workDir, 'large'), 120_000];
    mkdirSync(base);
    const script = fileURLToPath(new URL('../support/union-large.ts', import.meta.url));
    const node = [process.execPath, '--max-old-space-size=40', script, String(names)];
    const { stdout } = await execa('unshare', ['-m', '--propagation', 'private', ...node], {
      cwd: base,
      env: cleanEnvironment,
      extendEnv: false,
      stdin: 'ignore',
    });
    expect(JSON.parse(stdout)).toEqual({
      walked: names + 1,
      // The directory itself was changed, and of the names below one.
      told: { A: names - names / 3, C: 2, D: 1 },
      shown: 1000,
      rest: names - 1000,
    });
  });

  // Of random trees fuse-overlayfs itself makes some mistakes: these it gets right.
  it.skipIf(!isInstalled('fuse-overlayfs') || !existsSync('/dev/fuse'))(
    'by fuse-overlayfs are what we make of their branches, path by path',
    () => compare('fuse', 40, '7'),
  );
});

const dockerfile = `FROM ${busyboxImage}
RUN mkdir -p /data/sub /gone /tree/a/b && echo 1 > /data/one && echo 2 > /data/sub/two && echo 3 > /gone/three && echo 4 > /tree/a/b/four && echo first > /etc/motd
RUN rm -r /gone && rm /bin/zcat && echo second > /etc/motd && echo y > /data/l1 && ln /data/l1 /data/l2
RUN for i in 1 2 3 4 5 6; do echo $i > /data/f$i; done && mkdir /opaque && echo a > /opaque/a && echo b > /opaque/b
CMD ["sleep", "1000009"]
`;

/** Every kind of change that a person makes by hand in a shell. */
const BY_HAND = [
  'echo new > /data/new',
  'echo more >> /data/one',
  'rm /data/f1',
  'mv /tree /moved',
  'chmod 600 /data/f2',
  'ln /data/f3 /data/again',
  'rm -r /data/sub && echo file > /data/sub',
  'mkdir -p /gone/x && echo z > /gone/three',
  'echo z > /bin/zcat',
  'rm -r /opaque && mkdir /opaque && echo a > /opaque/a',
  'mkfifo /data/fifo',
  'chmod 644 /data/f5',
  'rm /data/f6 && mkdir /data/f6 && echo in > /data/f6/in',
  'ln -s one /data/link',
  'echo 10.0.0.1 riddle >> /etc/hosts',
  'echo q >> /data/l1',
];

describe.skipIf(lane === null)('a Docker container that was changed by hand', () => {
  let docker: Docker['docker'];
  const name = 'union-by-hand';
  beforeAll(async () => {
    if (lane === null) return;
    docker = dockerClient(lane.socket, lane.configDir);
    await buildImage(docker, workDir, name, dockerfile);
    await docker('run', '-d', '--name', name, '-v', '/volume', name);
    await docker('exec', name, 'sh', '-c', BY_HAND.join(' && '));
  });
  afterAll(async () => {
    if (lane === null) return;
    await docker('rm', '-fv', name);
    await docker('rmi', '-f', name);
  });

  it('differs by what docker diff tells, parents before what is in them', async () => {
    const theirs = (await docker('diff', name)).split('\n').filter((line) => line !== '');
    const { stdout, exitCode } = await nsview(['diff', name]);
    const ours = stdout.split('\n').filter((line) => line !== '');
    // Docker's own order changes from call to call: it goes through a map.
    expect([...ours].sort()).toEqual([...theirs].sort());
    expect(exitCode).toBe(0);
    const paths = ours.map((line) => line.slice(2));
    for (const [at, each] of paths.entries()) {
      const parent = paths.indexOf(path.dirname(each));
      expect(parent).toBeLessThan(at);
    }
    const { changes } = await nsviewJson(diffSchema, ['diff', name]);
    expect(changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual(ours);
  });

  const told = (where: string) => nsviewJson(layersPathSchema, ['layers', name, where]);

  it('is attributed path by path', async () => {
    expect(await told('/data/one')).toMatchObject({
      kind: 'file',
      providedBy: 0,
      state: 'changed',
      shadows: [{ index: 4 }],
    });
    expect(await told('/data/new')).toMatchObject({ providedBy: 0, state: 'added', shadows: [] });
    expect(await told('/data/f1')).toMatchObject({
      kind: 'deleted',
      providedBy: null,
      state: 'deleted',
      shadows: [
        { index: 0, kind: 'whiteout' },
        { index: 2, kind: 'file' },
      ],
    });
    expect(await told('/tree/a/b/four')).toMatchObject({
      kind: 'deleted',
      shadows: [{ index: 0, kind: 'whiteout', path: '/tree' }, { index: 4 }],
    });
    expect(await told('/etc/motd')).toMatchObject({
      providedBy: 3,
      state: null,
      shadows: [{ index: 4, kind: 'file' }],
    });
    expect(await told('/opaque/b')).toMatchObject({
      kind: 'deleted',
      shadows: [{ index: 0, kind: 'opaque', path: '/opaque' }, { index: 2 }],
    });
    expect(await told('/bin/zcat')).toMatchObject({
      providedBy: 0,
      state: 'added',
      shadows: [{ kind: 'whiteout' }, {}],
    });
  });

  it('has /etc/hosts mounted over what the init layer holds, and what was written there in no layer', async () => {
    const hosts = await told('/etc/hosts');
    expect(hosts).toMatchObject({
      providedBy: 1,
      state: null,
      provided: { bytes: 0 },
      mountedOver: { kind: 'bind', target: '/etc/hosts' },
    });
    expect(readFileSync(hosts.mountedOver?.source ?? '', 'utf8')).toContain('10.0.0.1 riddle');
    expect((await told('/volume')).mountedOver).toMatchObject({ kind: 'volume', target: '/volume' });
  });

  it('says of what is below a mount that it is in no layer', async () => {
    const { stderr, exitCode } = await nsview(['layers', name, '/proc/1/status']);
    expect([stderr, exitCode]).toEqual([
      `nsview: /proc/1/status in '${name}': it is below /proc, a kernel mount: in no layer, and in no commit`,
      1,
    ]);
  });

  it('says in one line what was never there', async () => {
    const { stdout, stderr, exitCode } = await nsview(['layers', name, '/never']);
    expect([stdout, stderr, exitCode]).toEqual([
      '',
      `nsview: /never in '${name}': no branch has it, and none ever had it`,
      1,
    ]);
    expect((await nsview(['layers', name, '/data/f1'])).stdout).toMatch(
      /^\/data\/f1: deleted here \(whiteout\) · by 0 · was in 2\n/,
    );
  });
});

describe.skipIf(podmanIsMissing)('a Podman container that was changed', () => {
  let podman: Podman;
  const name = 'union-podman';
  beforeAll(async () => {
    podman = await preparePodman(workDir);
    await podman.start(name, busyboxImage, 'sleep', '1000010');
    await podman.podman('exec', name, 'sh', '-c', 'echo x > /new && mkdir /d && echo y > /d/y && rm /bin/zcat');
  });
  afterAll(() => podman.stop());

  it('differs by what podman diff tells', async () => {
    const theirs = (await podman.podman('diff', name)).split('\n').filter((line) => line !== '');
    const { stdout } = await nsview(['diff', name]);
    const ours = stdout.split('\n').filter((line) => line !== '');
    // Podman makes these in the writable branch to mount over them, and leaves them out of what it tells.
    const made = /^[AC] \/(?:etc\/(?:hostname|hosts|mtab|resolv\.conf)|run(?:\/\.containerenv)?)$/;
    expect(ours.filter((line) => !made.test(line)).sort()).toEqual([...theirs].sort());
    expect(ours).toEqual(expect.arrayContaining(['A /etc/hosts', 'D /bin/zcat']));
  });
});

describe.skipIf(process.getuid?.() !== 0)('a container of our own with a user namespace', () => {
  let store: OwnStore;
  beforeAll(async () => {
    store = await openOwnStore();
  });
  afterAll(() => store.close());

  it('sees its layers by other ids, which is no change', async () => {
    writeFileSync(path.join(store.rootfs, 'note'), 'old');
    const options = ['-d', '--name', 'union-ids', '--userns', 'auto'];
    expect(await store.run(options, 'sleep', '1000011')).toMatchObject({ exitCode: 0 });
    // Opened to be written, and not written: copied as it was.
    await store.nsview('exec', 'union-ids', 'sh', '-c', 'exec 3<>/note; echo new > /new');
    expect((await store.nsview('diff', 'union-ids')).stdout).toBe('A /new');
    const { stdout } = await store.nsview('layers', 'union-ids', '/note', '--json');
    const { state, providedBy, provided, shadows } = layersPathSchema.parse(JSON.parse(stdout));
    expect({ state, providedBy }).toEqual({ state: null, providedBy: 0 });
    expect(shadows[0]).toMatchObject({ uid: provided?.uid, bytes: provided?.bytes, modifiedAt: provided?.modifiedAt });
  });
});
