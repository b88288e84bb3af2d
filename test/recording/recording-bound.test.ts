import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Sample } from '../../src/model/sample.ts';
import { findPutInPlace } from '../../src/native/put-in-place.ts';
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
  const writer = createRecording(file, { maxBytes, scrubbed: false, putInPlace: null });
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

/** Samples that do not get smaller: each has something new in it. */
function growing(count: number): readonly Sample[] {
  return samplesOf(loadTree('cgroup-v2'), count).map((sample) => {
    const where = randomBytes(4000).toString('base64');
    return { ...sample, engines: [{ engine: 'docker', where, status: 'ok', message: '', remedy: null }] };
  });
}

const BOUND = 60_000;

it.each([
  ['without a name', findPutInPlace()],
  ['under another name', null],
])('keeps its half in a file %s, and leaves no other', (_, putInPlace) => {
  const dir = makeWorkDir();
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = path.join(dir, 'halved.nsrec');
  let placed = 0;
  const counted: typeof putInPlace = (...names) => {
    placed += 1;
    putInPlace?.(...names);
  };
  const options = { maxBytes: BOUND, scrubbed: false, putInPlace: putInPlace === null ? null : counted };
  const writer = createRecording(file, options);
  const samples = growing(40);
  for (const sample of samples) {
    writer.append(sample);
    expect(readdirSync(dir)).toEqual(['halved.nsrec']);
  }
  writer.close();
  expect(writer.written.dropped).toBeGreaterThan(10);
  expect(placed > 1).toBe(putInPlace !== null);
  const recording = openRecording(file);
  onTestFinished(recording.close);
  expect(recording.at(recording.moments.length - 1)).toEqual(samples.at(-1));
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it.each([
  ['without a name', findPutInPlace()],
  ['under another name', null],
])('keeps its half in a file %s also where one that was killed left its draft', (_, putInPlace) => {
  const dir = makeWorkDir();
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = path.join(dir, 'halved.nsrec');
  writeFileSync(`${file}.${process.pid}.new`, 'left');
  const writer = createRecording(file, { maxBytes: BOUND, scrubbed: false, putInPlace });
  for (const sample of growing(40)) writer.append(sample);
  writer.close();
  expect(writer.written.dropped).toBeGreaterThan(10);
  expect(readdirSync(dir)).toEqual(['halved.nsrec']);
});

it('that is killed with SIGKILL while it keeps its half leaves all that was there, and nothing beside it', () => {
  const dir = makeWorkDir();
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = path.join(dir, 'killed.nsrec');
  writeFileSync(path.join(dir, 'samples.json'), JSON.stringify(growing(40)));
  const source = new URL('../../src/recording/write-recording.ts', import.meta.url).href;
  const program = `
    import { readFileSync } from 'node:fs';
    import { createRecording } from ${JSON.stringify(source)};
    const putInPlace = () => process.kill(process.pid, 'SIGKILL');
    const writer = createRecording(${JSON.stringify(file)}, { maxBytes: ${BOUND}, scrubbed: false, putInPlace });
    for (const sample of JSON.parse(readFileSync(${JSON.stringify(`${dir}/samples.json`)}))) {
      writer.append(sample);
      console.log(writer.written.samples);
    }`;
  const { signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(signal).toBe('SIGKILL');
  expect(readdirSync(dir).toSorted()).toEqual(['killed.nsrec', 'samples.json']);
  const recording = openRecording(file);
  onTestFinished(recording.close);
  expect(recording.moments).toHaveLength(Number(stdout.trim().split('\n').at(-1)));
  expect(recording.lost).toEqual({ bytes: 0, samples: 0 });
});

it('refuses a sample that no bound would hold, and keeps what was there', () => {
  const dir = makeWorkDir();
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = path.join(dir, 'refused.nsrec');
  const writer = createRecording(file, { maxBytes: 20_000, scrubbed: false, putInPlace: findPutInPlace() });
  const [first, second] = growing(2);
  if (first === undefined || second === undefined) throw new Error('no samples');
  writer.append(first);
  const where = randomBytes(30_000).toString('base64');
  const large = { ...second, engines: [{ engine: 'docker', where, status: 'ok', message: '', remedy: null }] as const };
  expect(() => writer.append(large)).toThrow(/larger than the bound/);
  writer.append(second);
  writer.close();
  const recording = openRecording(file);
  onTestFinished(recording.close);
  expect([recording.at(0), recording.at(1)]).toEqual([first, second]);
});
