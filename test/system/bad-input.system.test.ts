import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { inspectSchema, topSchema } from '../../src/model/document/outputs.ts';
import { cleanEnvironment } from '../support/command.ts';
import { busyboxImage, type Docker, dockerClient } from '../support/engines/docker.ts';
import { launcher, nsview, nsviewJson } from '../support/nsview.ts';

const lane = inject('docker');

/** Escape sequences, a line break, bidirectional overrides, wide characters, and 4 KiB of length. */
const hostile = `\x1b[31mred\x1b]0;title\x07\nnext\ttab\u202Egnp.exe\u2066 漢字${'x'.repeat(4096)}`;

/** What a terminal would obey or be misled by: C0 without line feed, DEL, C1, bidirectional controls. */
const unsafe = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

describe('wrong requests', () => {
  it.each([
    [['ps', '--no-such-flag'], 2],
    [['no-such-verb'], 2],
    [['inspect'], 2],
    [['inspect', 'no-such-container'], 1],
    [['top', 'pid:999999999'], 1],
    [['cgroup', 'no-such-container', '--json'], 1],
    [['ps', '--engine', 'nonsense'], 2],
    [['ps', '--engine', 'docker=/nonexistent/docker.sock'], 0],
  ])('nsview %j ends with %d', async (args, status) => {
    const { stdout, stderr, exitCode } = await nsview(args);
    expect(exitCode).toBe(status);
    if (status === 0) return;
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^nsview: /);
    expect(stderr.split('\n').length).toBeLessThanOrEqual(2);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('a reader that goes away ends the writer quietly', async () => {
    const pipeline =
      '{ "$0" stats --interval 0.1s --engine none 2>&3; echo "status $?" >&3; } 3>&2 | head -n 1 >/dev/null';
    const { stderr } = await execa('sh', ['-c', pipeline, launcher], { env: cleanEnvironment, extendEnv: false });
    expect(stderr).toBe('status 0');
  });
});

describe.skipIf(lane === null)('strangers’ names', () => {
  let docker: Docker['docker'];
  let ids: string[] = [];

  beforeAll(async () => {
    if (lane === null) return;
    docker = dockerClient(lane.socket, lane.configDir);
    const start = (...args: string[]) => docker('run', '-d', ...args);
    ids = [
      await start(
        '--name',
        'nsview-hostile',
        '--label',
        `evil=${hostile}`,
        '--env',
        `EVIL=${hostile}`,
        busyboxImage,
        'sh',
        '-c',
        'sleep 1000000; true',
        hostile,
      ),
    ];
  });
  afterAll(async () => {
    await docker?.('rm', '-f', ...ids);
  });

  it.each([
    [['ps']],
    [['top', 'nsview-hostile']],
    [['inspect', 'nsview-hostile']],
    [['ns']],
    [['layers', 'nsview-hostile']],
  ])('%j prints nothing that a terminal obeys', async (args) => {
    const { stdout, stderr, exitCode } = await nsview([...args, '--engine', `docker=${lane?.socket}`]);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(unsafe.exec(stdout)).toBeNull();
  });

  it('JSON keeps them as they are', async () => {
    const engine = ['--engine', `docker=${lane?.socket}`];
    const { labels } = await nsviewJson(inspectSchema, ['inspect', 'nsview-hostile', ...engine]);
    expect(labels?.['evil']).toBe(hostile);
    const { processes } = await nsviewJson(topSchema, ['top', 'nsview-hostile', ...engine]);
    expect(processes.map(({ argv }) => argv?.at(-1))).toContain(hostile);
  });
});
