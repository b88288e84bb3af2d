import { randomBytes } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openRecording } from '../../src/recording/read-recording.ts';
import { createRecording } from '../../src/recording/write-recording.ts';
import { loadTree } from '../support/memory-host.ts';
import { samplesOf } from '../support/recorded.ts';
import { makeWorkDir } from '../support/work-dir.ts';

it('makes room for a sample that is larger than half of its bound', () => {
  const dir = makeWorkDir();
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = path.join(dir, 'grows.nsrec');
  const [maxBytes, large, small] = [60_000, 45_000, 4000];
  const writer = createRecording(file, { maxBytes, scrubbed: false });
  const samples = samplesOf(loadTree('cgroup-v2'), 8).map((sample, index) => {
    const where = randomBytes(index < 4 ? small : large).toString('base64');
    return { ...sample, engines: [{ engine: 'docker', where, status: 'ok', message: '', remedy: null }] as const };
  });
  for (const sample of samples) {
    writer.append(sample);
    expect(statSync(file).size).toBeLessThanOrEqual(maxBytes);
  }
  writer.close();
  const recording = openRecording(file);
  onTestFinished(recording.close);
  const { length } = recording.moments;
  expect(recording.at(length - 1)).toEqual(samples.at(-1));
  expect(writer.written).toMatchObject({ samples: length, dropped: samples.length - length });
});
