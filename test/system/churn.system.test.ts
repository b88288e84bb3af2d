import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { psSchema, statsSchema } from '../../src/model/document/outputs.ts';
import { cleanEnvironment } from '../support/command.ts';
import { busyboxImage, dockerClient } from '../support/engines/docker.ts';
import { unshareIsMissing } from '../support/engines/foreground.ts';
import { nsview, nsviewJson } from '../support/nsview.ts';

const lane = inject('docker');

/** Every number anywhere in a document, with the path to it. */
function figures(value: unknown, at = ''): [string, number][] {
  if (typeof value === 'number') return [[at, value]];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, child]) => figures(child, `${at}.${key}`));
}

/** Runs a shell loop in a group of its own until `end`. */
function churn(command: string): () => Promise<void> {
  const child = spawn('sh', ['-c', `while :; do ${command}; done`], {
    env: cleanEnvironment,
    detached: true,
    stdio: 'ignore',
  });
  return async () => {
    const exited = once(child, 'exit');
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await exited;
  };
}

describe.skipIf(unshareIsMissing)('containers that start and die while we look', () => {
  let end = async () => {};
  beforeAll(() => {
    end = churn('unshare --fork --kill-child -pmuinC --mount-proc true');
  });
  afterAll(() => end());

  it('stats: no crash, no negative figure, no rate beyond what the host can do', async () => {
    const looks = 12;
    const args = ['stats', '--interval', '0.1s', '--count', String(looks), '--json', '--engine', 'none'];
    const { stdout, stderr, exitCode } = await nsview(args);
    expect([exitCode, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n').map((line) => statsSchema.parse(JSON.parse(line)));
    expect(lines.length).toBe(looks);
    for (const line of lines) {
      expect(figures(line).filter(([, figure]) => figure < 0 || !Number.isFinite(figure))).toEqual([]);
      for (const { cpuCores } of line.containers) expect(cpuCores ?? 0).toBeLessThan(64);
    }
  });

  it('ps: a row is whole or not there', async () => {
    for (let look = 0; look < 5; look++) {
      const { stdout, stderr, exitCode } = await nsview(['ps', '--json', '--engine', 'none']);
      expect([exitCode, stderr]).toEqual([0, '']);
      const { containers } = psSchema.parse(JSON.parse(stdout));
      expect(new Set(containers.map(({ id }) => id)).size).toBe(containers.length);
      for (const { processes } of containers) expect(processes.length).toBeGreaterThan(0);
    }
  });
});

describe.skipIf(lane === null)('docker containers that come and go', () => {
  it('are followed by stats with their names, and leave no row behind', async () => {
    if (lane === null) return;
    const docker = dockerClient(lane.socket, lane.configDir);
    const cycle = async () => {
      for (let index = 0; index < 6; index++)
        await docker('run', '--rm', '--name', `nsview-churn-${index}`, busyboxImage, 'true');
    };
    const args = ['stats', '--interval', '0.2s', '--count', '10', '--json', '--engine', `docker=${lane.socket}`];
    const [{ stdout, stderr, exitCode }] = await Promise.all([nsview(args), cycle()]);
    expect([exitCode, stderr]).toEqual([0, '']);
    for (const line of stdout.split('\n')) expect(() => statsSchema.parse(JSON.parse(line))).not.toThrow();
    const { containers } = await nsviewJson(psSchema, ['ps', '--engine', `docker=${lane.socket}`]);
    expect(containers.filter(({ name }) => name?.startsWith('nsview-churn-'))).toEqual([]);
  });
});
