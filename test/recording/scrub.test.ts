import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSnapshot } from '../../src/model/build-snapshot.ts';
import { isBareProcess } from '../../src/model/discovery/bare-process.ts';
import type { EngineFacts } from '../../src/model/engine-facts.ts';
import type { Sample } from '../../src/model/sample.ts';
import { openRecording } from '../../src/recording/read-recording.ts';
import { openScrubber } from '../../src/recording/scrub.ts';
import { isCommonWord } from '../../src/recording/scrub-words.ts';
import { createRecording } from '../../src/recording/write-recording.ts';
import { loadTree } from '../support/memory-host.ts';
import { samplesOf } from '../support/recorded.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

let dir: string;
beforeAll(() => {
  dir = makeWorkDir();
});
afterAll(() => removeWorkDir(dir));

const SECRETS = {
  name: 'payroll-frontend',
  image: 'registry.zebracorp.example:5000/hr/payroll:2.7.1',
  label: 'com.zebracorp.owner',
  owner: 'wolfgang',
  password: '--password=hunter22hunter',
  path: '/home/wolfgang/Geschäft/größe',
  host: 'bastion-zebra',
  address: '10.23.42.99',
  ipv6: 'fd12:3456:789a::77',
  port: 48_123,
  project: 'projekt東京',
};

const FACTS: EngineFacts = {
  id: 'c0ffee'.repeat(10).padEnd(64, '7'),
  engine: 'docker',
  name: SECRETS.name,
  image: SECRETS.image,
  source: `${SECRETS.path}/docker.sock`,
  status: 'running',
  startedAt: '2026-01-01T00:00:00.000Z',
  exit: null,
  labels: { [SECRETS.label]: SECRETS.owner, plain: SECRETS.name },
  restartPolicy: 'always',
  cpusGivenAs: null,
  ports: [{ host: `${SECRETS.address}:${SECRETS.port}`, container: 44_555, protocol: 'tcp' }],
  group: SECRETS.project,
  privileged: false,
  volumes: { [`${SECRETS.path}/data`]: SECRETS.owner },
};

/** A captured host into which names were put wherever names can be. */
function planted(): Sample {
  const [sample] = samplesOf(loadTree('kubernetes-cgroupfs'), 1) as [Sample];
  const containers = Object.entries(sample.containers).map(([key, container], index) => {
    const { mountinfo, network } = container;
    const mounts = mountinfo?.status === 'ok' ? mountinfo.value : [];
    return [
      key,
      {
        ...container,
        facts: index === 0 ? FACTS : container.facts,
        mountinfo: { status: 'ok', value: mounts.map((line) => ({ ...line, source: SECRETS.path })) },
        network: network && {
          ...network,
          addresses: {
            status: 'ok',
            value: [SECRETS.address, SECRETS.ipv6].map((address) => ({ name: 'lo', address })),
          },
        },
      },
    ];
  });
  const members = Object.entries(sample.members).map(([pid, facts]) => [
    pid,
    { ...facts, argv: { status: 'ok', value: ['/usr/bin/app', SECRETS.password, SECRETS.path] } },
  ]);
  return {
    ...sample,
    host: { ...sample.host, name: SECRETS.host },
    observer: {
      ...sample.observer,
      notices: [{ path: SECRETS.path, code: 'EACCES', message: SECRETS.owner, remedy: SECRETS.host }],
    },
    containers: Object.fromEntries(containers),
    members: Object.fromEntries(members),
    engines: [{ engine: 'docker', where: SECRETS.path, status: 'dead', message: SECRETS.host, remedy: null }],
  };
}

/** Everything that a person can read in a file, after what is packed in it was unpacked. */
function decoded(samples: readonly Sample[]): string {
  const file = path.join(dir, `${Math.random()}`);
  const writer = createRecording(file, { maxBytes: 1024 ** 3, scrubbed: true, putInPlace: null });
  for (const sample of samples) writer.append(sample);
  writer.close();
  const recording = openRecording(file);
  const texts = recording.moments.map((_, index) => JSON.stringify(recording.at(index)));
  recording.close();
  return `${readFileSync(file, 'latin1')}\n${texts.join('\n')}`;
}

function wordsOf(value: unknown): readonly string[] {
  return (JSON.stringify(value) ?? '').split(/[^\p{L}\p{N}\p{M}_]+/u);
}

describe('a scrubbed recording', () => {
  it('holds no name, command, label, path, address or port that was there', () => {
    const sample = planted();
    const scrub = openScrubber();
    const text = decoded([scrub(sample), scrub({ ...sample, at: { ...sample.at, monotonicUs: 1 } })]);
    for (const [what, secret] of Object.entries(SECRETS)) expect(text, what).not.toContain(String(secret));
    const told = new Set(wordsOf(text));
    const secret = Object.values(sample.containers).flatMap(({ candidate, facts }) =>
      wordsOf([candidate.name, candidate.pod, facts?.name, facts?.image, facts?.labels, facts?.group, facts?.volumes]),
    );
    const typed = Object.values(sample.members).flatMap(({ argv }) => wordsOf(argv.status === 'ok' ? argv.value : []));
    const programs = sample.processes.flatMap(({ stat }) => wordsOf(stat.comm));
    const own = [...secret, ...typed, ...programs, ...wordsOf(Object.values(SECRETS))].filter(
      (word) => word.length > 3 && /\p{L}/u.test(word) && !isCommonWord(word) && !isOurs.has(word),
    );
    expect(own.length).toBeGreaterThan(20);
    expect(own.filter((word) => told.has(word))).toEqual([]);
    expect(text).not.toContain('44555');
  });

  it('tells the same of every figure, and of what belongs together', () => {
    const samples = samplesOf(loadTree('kubernetes-cgroupfs'), 3);
    const scrub = openScrubber();
    const plain = buildSnapshot(samples[2] as Sample, samples[1] as Sample);
    const renamed = buildSnapshot(scrub(samples[2] as Sample), scrub(samples[1] as Sample));
    const figures = ({ containers, host }: typeof plain) => [
      host.processes,
      containers.map(({ engine, status, processes, cgroup, namespaces, startedAt }) => [
        engine,
        status,
        startedAt,
        processes.map(({ pid, rssBytes, uid, cpuCores }) => [pid, rssBytes, uid, cpuCores]),
        { ...cgroup?.cpu, limitedBy: cgroup?.cpu.limitedBy === null },
        { ...cgroup?.memory, limitedBy: cgroup?.memory.limitedBy === null },
        cgroup?.pids.current,
        namespaces.map(({ type, inode, isolated, sharedWith }) => [type, inode, isolated, sharedWith.length]),
      ]),
    ];
    expect(figures(renamed)).toEqual(figures(plain));
    const ids = new Set(renamed.containers.map(({ id }) => id));
    expect(ids.size).toBe(plain.containers.length);
  });

  it('gives the same thing the same other name, all through it', () => {
    const scrub = openScrubber();
    const first = scrub(planted());
    const second = scrub(planted());
    expect(second).toEqual(first);
    expect(scrub(planted()).host.name).not.toBe(openScrubber()(planted()).host.kernel);
  });

  it('still knows a process in no container, under another name', () => {
    const [pid] = samplesOf(loadTree('kubernetes-cgroupfs'), 1)[0]?.processes.map(({ stat }) => stat.pid) ?? [];
    const samples = samplesOf(loadTree('kubernetes-cgroupfs'), 2, 'all', [pid ?? 0]);
    const [before, after] = samples.map(openScrubber()) as [Sample, Sample];
    const plain = buildSnapshot(samples[1] as Sample, samples[0] as Sample).containers.find(isBareProcess);
    const bare = buildSnapshot(after, before).containers.find(isBareProcess);
    expect(bare).toMatchObject({ id: plain?.id, init: { pid }, status: plain?.status, evidence: ['pid'] });
    expect(bare?.cgroup?.cpu).toMatchObject({ usageUs: plain?.cgroup?.cpu.usageUs });
    expect(bare?.init?.comm).not.toBe(plain?.init?.comm);
  });

  it('keeps what did not change as the same object, so that it costs nothing', () => {
    const scrub = openScrubber();
    const sample = planted();
    expect(scrub({ ...sample, at: { wallMs: 1, monotonicUs: 2 } }).processes).toBe(scrub(sample).processes);
  });

  it('lets no word through under a key that nobody thought of', () => {
    const scrub = openScrubber() as (value: unknown) => unknown;
    const word = fc.stringMatching(/^[a-z]{5,9}[0-9]{2}$/);
    const value = fc.object({
      key: fc.constantFrom('anything', 'new', 'value', 'reading', 'text'),
      values: [word],
      maxDepth: 3,
    });
    fc.assert(
      fc.property(value, (before) => {
        const after = JSON.stringify(scrub(before));
        for (const each of JSON.stringify(before).match(/[a-z]{5,9}[0-9]{2}/g) ?? []) expect(after).not.toContain(each);
      }),
    );
  });
});

/** Words that a recording has of its own, which a name may be too. */
const isOurs = new Set(wordsOf(Object.keys(flatKeys(samplesOf(loadTree('kubernetes-cgroupfs'), 1)[0]))));

function flatKeys(value: unknown, into: { [key: string]: true } = {}): { readonly [key: string]: true } {
  if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      if (/^\w+$/.test(key)) into[key] = true;
      flatKeys(each, into);
    }
  }
  return into;
}
