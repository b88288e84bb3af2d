import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { openRecording } from '../../src/recording/read-recording.ts';
import { cleanEnvironment, run } from '../support/command.ts';
import { launcher, nsview, nsviewJson } from '../support/nsview.ts';
import { snapshotsOf } from '../support/recorded.ts';
import { openTerminal } from '../support/terminal.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const root = makeWorkDir();
const file = path.join(root, 'burn.recording');
const PHASES = ['max', '0.2', '0.5'] as const;
const SAMPLES_PER_PHASE = 12;

const container = z.object({
  id: z.string(),
  cgroup: z.object({ files: z.record(z.string(), z.string()), cpu: z.object({ usageUs: z.number() }) }),
});

let usageFile: string;
let version: 1 | 2;
const kernelUsageUs = (): number => {
  const text = readFileSync(usageFile, 'utf8');
  return version === 1 ? Number(text) / 1000 : Number(/^usage_usec (\d+)$/m.exec(text)?.[1]);
};
const own = (...args: string[]) => nsview(['--root', root, ...args]);
const samplesInFile = (): number => {
  try {
    const recording = openRecording(file);
    recording.close();
    return recording.moments.length;
  } catch {
    return 0;
  }
};

describe('a recording of the demo burn', () => {
  let atKill: { readonly ms: number; readonly usageUs: number };
  let beforeUs: number;

  beforeAll(async () => {
    expect((await own('demo', 'burn')).stderr).toBe('');
    const burn = await nsviewJson(container, ['--root', root, 'inspect', 'demo-burn']);
    usageFile = burn.cgroup.files['cpu.usageUs'] ?? '';
    version = usageFile.endsWith('cpu.stat') ? 2 : 1;
    beforeUs = kernelUsageUs();
    await own('limit', 'demo-burn', '--cpus', PHASES[0]);
    const recorder = execa(launcher, ['--root', root, 'record', file, '--interval', '200ms'], {
      env: cleanEnvironment,
      extendEnv: false,
      reject: false,
    });
    for (const [phase, cpus] of PHASES.entries()) {
      if (phase > 0) await own('limit', 'demo-burn', '--cpus', cpus);
      const enough = samplesInFile() + SAMPLES_PER_PHASE;
      await waitUntil(`${enough} samples`, () => samplesInFile() >= enough);
    }
    atKill = { ms: Date.now(), usageUs: kernelUsageUs() };
    recorder.kill('SIGKILL');
    expect((await recorder).signal).toBe('SIGKILL');
  });
  afterAll(async () => {
    await own('demo', '--rm');
    await removeWorkDir(root);
  });

  const burnOf = ({ containers }: Snapshot) => containers.find(({ name }) => name === 'demo-burn');

  it('has all but the last second of what a killed recorder saw', () => {
    const snapshots = snapshotsOf(file);
    const last = snapshots.at(-1);
    expect(atKill.ms - (last?.atMs ?? 0)).toBeLessThan(1000);
    const used = snapshots.map((snapshot) => burnOf(snapshot)?.cgroup?.cpu.usageUs ?? -1);
    expect(used.toSorted((a, b) => a - b)).toEqual(used);
    expect(used[0]).toBeGreaterThanOrEqual(beforeUs);
    // The kernel brings its sum up to date a moment after the counters of a CPU that runs.
    expect(used.at(-1)).toBeLessThanOrEqual(atKill.usageUs + 200_000);
  });

  it('shows the limits one after the other, and use that keeps to them', () => {
    const seen = snapshotsOf(file).map((snapshot) => burnOf(snapshot)?.cgroup?.cpu);
    const limits = seen.map((cpu) => cpu?.limitCores);
    expect(limits.filter((limit, index) => limit !== limits[index - 1])).toEqual(['max', 0.2, 0.5]);
    const throttled = seen.filter((cpu) => cpu?.limitCores === 0.2).slice(2);
    const mean = throttled.reduce((sum, cpu) => sum + (cpu?.usageCores ?? 0), 0) / throttled.length;
    expect(mean).toBeGreaterThan(0.02);
    expect(mean).toBeLessThan(0.3);
  });

  it('prints as stats and ps do', async () => {
    const { stdout, stderr } = await nsview(['replay', file, '--json']);
    expect(stderr).toBe('');
    const line = z.object({
      containers: z.array(z.object({ name: z.string().nullable(), cpuCores: z.number().nullable() })),
    });
    const lines = stdout.split('\n').map((text) => line.parse(JSON.parse(text)));
    expect(lines.length).toBe(samplesInFile() - 1);
    for (const { containers } of lines) expect(containers.some(({ name }) => name === 'demo-burn')).toBe(true);
    const table = await nsview(['replay', file, '--at', '2s']);
    expect(table.stdout).toMatch(/demo-burn +nsview +running/);
  });

  it('opens in the dashboard, with the chart of what was and nothing that can be done', async () => {
    const terminal = openTerminal({ columns: 120, rows: 40, command: [launcher, 'replay', file] });
    try {
      await terminal.waitFor(/REPLAY \d\d:\d\d:\d\d 0:0\d of 0:\d\d/);
      terminal.type('$');
      await terminal.waitFor(/REPLAY .* end/);
      terminal.type('/demo-burn');
      await terminal.waitFor((screen) => screen.filter((line) => /running/.test(line)).length <= 1);
      terminal.press('enter', 'enter');
      await terminal.waitFor(/demo-burn ▸ nsview/);
      terminal.type('3');
      await terminal.waitFor(/[\u2801-\u28ff]{3}/);
      await terminal.waitFor(/limit +0\.50 cores/);
      terminal.type('a');
      await terminal.waitFor('this is a recording');
      terminal.type(',');
      await terminal.waitFor(/REPLAY .* paused/);
      terminal.type('^');
      await terminal.waitFor(/limit {8}max/);
      terminal.type('q');
      expect((await terminal.exited).exitCode).toBe(0);
      expect(terminal.isAlternate()).toBe(false);
    } finally {
      await terminal.close();
    }
  });

  it('that was torn opens with what is lost of it, until a key is pressed, and has the groups of the host', async () => {
    const torn = path.join(root, 'torn.recording');
    writeFileSync(torn, readFileSync(file).subarray(0, -100));
    const terminal = openTerminal({ columns: 80, rows: 24, command: [launcher, 'replay', torn] });
    try {
      await terminal.waitFor(/are torn or damaged: \d+ samples can be read/);
      terminal.type('$H');
      await terminal.waitFor(/REPLAY .* end/);
      expect(terminal.screen().join('\n')).not.toContain('torn');
      terminal.type('/demo-burn\r');
      await terminal.waitFor(/demo-burn.* 0\.\d\d\/0\.50/);
      terminal.type('.');
      await terminal.waitFor('this is its last sample');
      terminal.type('gj\r');
      await terminal.waitFor('only how many processes');
      terminal.type('Gq');
      expect((await terminal.exited).exitCode).toBe(0);
    } finally {
      await terminal.close();
    }
  });

  it('of a full disk has what fitted, and says so', async () => {
    const small = path.join(root, 'small');
    mkdirSync(small);
    const one = path.join(root, 'one.recording');
    await nsview(['--root', root, 'record', one, '--count', '1']);
    // What else runs here decides how large a sample is.
    await run('mount', '-t', 'tmpfs', '-o', `size=${statSync(one).size + 65_536}`, 'none', small);
    const full = path.join(small, 'full.recording');
    const recorded = await nsview(['--root', root, 'record', full, '--interval', '50ms', '--count', '2000']);
    expect(recorded.exitCode).toBe(1);
    expect(recorded.stderr).toMatch(
      /full\.recording: no space left on device \(ENOSPC\)\nWhat is in it is whole: \d+ samples\.$/,
    );
    const samples = Number(/whole: (\d+)/.exec(recorded.stderr)?.[1]);
    expect(samples).toBeGreaterThan(2);
    expect(snapshotsOf(full)).toHaveLength(samples);
  });

  it('without its names shows the same figures under other names', async () => {
    const scrubbed = path.join(root, 'scrubbed.recording');
    await nsview(['--root', root, 'record', scrubbed, '--scrub', '--interval', '200ms', '--count', '3']);
    const { stdout } = await nsview(['replay', scrubbed, '--at', '-0s', '--json']);
    expect(stdout).not.toMatch(/demo-burn|nsview-demo|nsview-test-/);
    expect(stdout).toContain('"limitCores": 0.5');
  });

  it('is told from what is none, and nothing is written over', async () => {
    const before = readFileSync(file);
    const again = await nsview(['record', file]);
    expect([again.exitCode, again.stdout]).toEqual([1, '']);
    expect(again.stderr).toBe(
      `nsview: record ${file}: it exists, and nothing is overwritten\nTake another name, or remove it.`,
    );
    expect(readFileSync(file)).toEqual(before);
    const other = await nsview(['replay', usageFile]);
    expect([other.exitCode, other.stderr]).toEqual([1, `nsview: replay ${usageFile}: it is empty`]);
  });
});
