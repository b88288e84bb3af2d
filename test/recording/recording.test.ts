import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSnapshot } from '../../src/model/build-snapshot.ts';
import type { Sample } from '../../src/model/sample.ts';
import { bareFacts } from '../../src/probes/engines/facts.ts';
import { encodeBlock, encodeHeader, packText } from '../../src/recording/block.ts';
import { openRecording, RecordingFault } from '../../src/recording/read-recording.ts';
import { createRecording } from '../../src/recording/write-recording.ts';
import { loadTree } from '../support/memory-host.ts';
import { samplesOf, snapshotsOf } from '../support/recorded.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const ROOMY = { maxBytes: 1024 ** 3, scrubbed: false, putInPlace: null };

let dir: string;
let files = 0;

function newFile(): string {
  files += 1;
  return path.join(dir, `${files}.nsrec`);
}

beforeAll(() => {
  dir = makeWorkDir();
});
afterAll(() => removeWorkDir(dir));

function write(samples: readonly Sample[], options = ROOMY): string {
  const file = newFile();
  const writer = createRecording(file, options);
  for (const sample of samples) writer.append(sample);
  writer.close();
  return file;
}

function read(file: string): { readonly samples: readonly Sample[]; readonly lost: object } {
  const recording = openRecording(file);
  const samples = recording.moments.map((_, index) => recording.at(index));
  recording.close();
  return { samples, lost: recording.lost };
}

/** A sample that says little, and which one it is. */
function numbered(sample: Sample, number: number): Sample {
  const monotonicUs = number * 1_000_000;
  return { ...sample, at: { wallMs: sample.at.wallMs + number * 1000, monotonicUs }, processes: [], hostMounts: [] };
}

describe('a recording of a captured host', () => {
  it.each(['cgroup-v1-hybrid', 'kubernetes-systemd-v2', 'rootless'])('gives back every sample of %s', (tree) => {
    const samples = samplesOf(loadTree(tree), 130);
    const file = write(samples);
    expect(read(file)).toEqual({ samples, lost: { bytes: 0, samples: 0 } });
    const snapshots = samples.map((sample, index) => buildSnapshot(sample, samples[index - 1] ?? null));
    expect(snapshotsOf(file)).toEqual(snapshots);
  });

  it('finds any sample in any order', () => {
    const samples = samplesOf(loadTree('cgroup-v2'), 130);
    const recording = openRecording(write(samples));
    fc.assert(
      fc.property(fc.array(fc.nat(129), { maxLength: 8 }), (order) => {
        for (const index of order) expect(recording.at(index).at).toEqual(samples[index]?.at);
      }),
    );
    expect(recording.at(77)).toEqual(samples[77]);
    recording.close();
  });

  it('is for its owner alone, and never over another file', () => {
    const file = write([]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file);
    expect(() => createRecording(file, ROOMY)).toThrow(/EEXIST/);
    expect(readFileSync(file)).toEqual(before);
  });

  it('takes little for a second in which little happens', () => {
    const samples = samplesOf(loadTree('kubernetes-systemd-v2'), 60);
    const whole = statSync(write(samples.slice(0, 1))).size;
    const rest = statSync(write(samples)).size - whole;
    expect(rest / 59 / Object.keys(samples[0]?.containers ?? {}).length).toBeLessThan(100);
  });
});

it('gives what an older nsview did not record the meaning of its absence', () => {
  const facts = { ...bareFacts('docker', 'f'.repeat(64), '/run/docker.sock'), name: 'web' };
  const samples = samplesOf(loadTree('cgroup-v2'), 3).map((sample) => ({
    ...sample,
    containers: Object.fromEntries(
      Object.entries(sample.containers).map(([key, container]) => [key, { ...container, facts }]),
    ),
    stopped: [facts],
    hostGroups: null,
  }));
  const older = samples.map((sample) => {
    const text = JSON.stringify(sample, (key, value) =>
      ['memoryShares', 'hostGroups', 'exit', 'cpusGivenAs'].includes(key) ? undefined : value,
    );
    return JSON.parse(text) as Sample;
  });
  expect(older[0]).not.toHaveProperty('hostGroups');
  expect(read(write(older)).samples).toEqual(samples);
  expect(snapshotsOf(write(older))).toEqual(snapshotsOf(write(samples)));
});

describe('a recording that was torn', () => {
  it('has all samples before the tear, wherever it is', () => {
    const [sample] = samplesOf(loadTree('cgroup-v2'), 1) as [Sample];
    const samples = [0, 1, 2, 3].map((number) => numbered(sample, number));
    const bytes = readFileSync(write(samples));
    const ends = samples.map((_, index) => readFileSync(write(samples.slice(0, index + 1))).length);
    for (let length = 16; length < bytes.length; length += 1) {
      const file = path.join(dir, 'torn');
      writeFileSync(file, bytes.subarray(0, length));
      const whole = ends.filter((end) => end <= length).length;
      if (whole === 0) {
        expect(() => openRecording(file)).toThrow('no sample in it can be read');
      } else {
        const lost = { bytes: length - (ends[whole - 1] ?? 0), samples: 0 };
        expect(read(file)).toEqual({ samples: samples.slice(0, whole), lost });
      }
    }
  });

  it('goes on with the next whole sample after a damaged byte, wherever it is', () => {
    const [sample] = samplesOf(loadTree('cgroup-v2'), 1) as [Sample];
    const samples = Array.from({ length: 62 }, (_, number) => numbered(sample, number));
    const told = samples.map((each) => JSON.stringify(each));
    const bytes = readFileSync(write(samples));
    fc.assert(
      fc.property(fc.integer({ min: 16, max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        const file = path.join(dir, 'damaged');
        writeFileSync(file, damaged);
        const found = read(file);
        // Nothing that is read is other than it was written.
        for (const each of found.samples) expect(told[each.at.monotonicUs / 1_000_000]).toBe(JSON.stringify(each));
        expect(found.samples.length).toBeGreaterThan(0);
        expect(found.lost).not.toEqual({ bytes: 0, samples: 0 });
      }),
    );
  });

  it('reads on after what somebody else wrote into it', () => {
    const samples = samplesOf(loadTree('cgroup-v2'), 2);
    const file = write(samples);
    appendFileSync(file, 'NSVB and more');
    expect(read(file)).toEqual({ samples, lost: { bytes: 13, samples: 0 } });
  });
});

describe('a file that is no recording', () => {
  it.each([
    ['', 'it is empty'],
    ['a text', 'it is not a recording of nsview'],
    ['\x7fELF and so many bytes', 'it is not a recording of nsview'],
    ['\x89NSVIEW\n\x02\0\0\0\0\0\0\0', 'a newer nsview made it: its format is 2, and this one reads 1'],
    ['\x89NSVIEW\n\x01\0\0\0\0\0\0\0', 'no sample in it can be read'],
  ])('%j: %s', (text, why) => {
    const file = newFile();
    writeFileSync(file, Buffer.from(text, 'latin1'));
    expect(() => openRecording(file)).toThrow(why);
  });

  it('may be whole and still none of ours: it says which sample', () => {
    const file = write([]);
    const at = { wallMs: 1, monotonicUs: 1 };
    const bodies = [Buffer.from('no deflate'), packText('no JSON', null), packText('[1,{"a":[0,1]},[]]', null)];
    for (const body of bodies) {
      writeFileSync(
        file,
        Buffer.concat([encodeHeader(false), encodeBlock('whole', at, body), encodeBlock('change', at, body)]),
      );
      const recording = openRecording(file);
      expect(() => recording.at(1)).toThrow(/^sample [12] of it is none of nsview: /);
      recording.close();
    }
  });

  it('may be JSON and still no sample: it says what it lacks', () => {
    const [sample] = samplesOf(loadTree('cgroup-v2'), 1) as [Sample];
    const { containers: _, ...less } = sample;
    expect(() => read(write([less as Sample]))).toThrow(
      new RecordingFault('sample 1 of it is none of nsview: it has no containers'),
    );
  });

  it('is not read for bytes that look like one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const file = path.join(dir, 'random');
        writeFileSync(file, Buffer.concat([Buffer.from('\x89NSVIEW\n\x01\0\0\0\0\0\0\0', 'latin1'), bytes]));
        expect(() => openRecording(file)).toThrow(RecordingFault);
      }),
    );
  });
});

describe('a bound', () => {
  it('is never passed; the newest samples are there, and each as it was', () => {
    const samples = samplesOf(loadTree('cgroup-v1-hybrid'), 400).map((sample, index) => ({
      ...sample,
      engines: [{ engine: 'docker', where: noise(index), status: 'ok', message: '', remedy: null }] as const,
    }));
    const file = newFile();
    const writer = createRecording(file, { maxBytes: 120_000, scrubbed: true, putInPlace: null });
    for (const sample of samples) {
      writer.append(sample);
      expect(statSync(file).size).toBeLessThanOrEqual(120_000);
      expect(statSync(file).size).toBe(writer.written.bytes);
    }
    writer.close();
    const { samples: kept, dropped } = writer.written;
    expect(dropped).toBeGreaterThan(100);
    expect(kept + dropped).toBe(400);
    expect(read(file)).toEqual({ samples: samples.slice(dropped), lost: { bytes: 0, samples: 0 } });
    expect(openRecording(file).scrubbed).toBe(true);
  });
});

/** A text that no compression makes small. */
function noise(seed: number): string {
  let state = seed + 1;
  return Array.from({ length: 700 }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return String.fromCharCode(33 + ((state >> 16) % 90));
  }).join('');
}
