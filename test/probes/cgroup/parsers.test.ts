import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ok, type Reading } from '../../../src/model/reading.ts';
import {
  joinBlkio,
  joinThrottles,
  parseBlkioCounters,
  parseThrottleDevices,
} from '../../../src/probes/cgroup/blkio.ts';
import {
  joinCfs,
  parseCpuacctUsage,
  parseCpuMax,
  parseCpuStatUsage,
  parseThrottling,
} from '../../../src/probes/cgroup/cpu.ts';
import { parseCpuList } from '../../../src/probes/cgroup/cpuset.ts';
import { parseDescendants } from '../../../src/probes/cgroup/descendants.ts';
import { parseFreezerState, parseFrozen } from '../../../src/probes/cgroup/freezer.ts';
import { parseIoMax, parseIoStat } from '../../../src/probes/cgroup/io.ts';
import { kernelMemory, totalSwap } from '../../../src/probes/cgroup/memory.ts';
import { parsePressure } from '../../../src/probes/cgroup/pressure.ts';

const file = '/f';

describe('cpu', () => {
  it('cpuacct.usage is in nanoseconds, cpu.stat in microseconds', () => {
    expect(parseCpuacctUsage('342365653\n', file)).toEqual(ok(342365.653));
    expect(parseCpuStatUsage('usage_usec 420191\nuser_usec 412946\nsystem_usec 7244\n', file)).toEqual(ok(420191));
  });

  it.each([
    [
      'v1',
      'nr_periods 16\nnr_throttled 15\nthrottled_time 1046691415\nnr_bursts 0\nburst_time 0\n',
      { periods: 16, throttledPeriods: 15, throttledUs: 1046691.415 },
    ],
    [
      'v2',
      'usage_usec 700000\nuser_usec 689855\nsystem_usec 10144\nnr_periods 23\nnr_throttled 22\nthrottled_usec 1390000\n',
      { periods: 23, throttledPeriods: 22, throttledUs: 1390000 },
    ],
  ])('throttling of %s in microseconds', (_, text, value) => {
    expect(parseThrottling(text, file)).toEqual(ok(value));
  });

  it('throttling is unsupported where the controller is not enabled, and not 0', () => {
    expect(parseThrottling('usage_usec 1\nuser_usec 1\nsystem_usec 0\n', file).status).toBe('unsupported');
  });

  it.each([
    ['max 100000\n', { quotaUs: 'max', periodUs: 100000 }],
    ['50000 100000\n', { quotaUs: 50000, periodUs: 100000 }],
  ])('cpu.max %j', (text, value) => {
    expect(parseCpuMax(text, file)).toEqual(ok(value));
  });

  it.each(['', 'max\n', '50000 0\n', '50000 x\n', 'x 100000\n'])('cpu.max %j is garbled', (text) => {
    expect(parseCpuMax(text, file).status).toBe('garbled');
  });

  it('joins quota and period, and fails as the one that failed', () => {
    expect(joinCfs(ok(20000), ok(100000), file)).toEqual(ok({ quotaUs: 20000, periodUs: 100000 }));
    expect(joinCfs(ok('max'), ok(100000), file)).toEqual(ok({ quotaUs: 'max', periodUs: 100000 }));
    const denied: Reading<number> = { status: 'denied', path: file, code: 'EACCES' };
    expect(joinCfs(ok(1), denied, file)).toEqual(denied);
  });

  it.each(['0-1\n', '0-3,7\n', '1\n', '\n'])('cpuset %j stays as it is', (text) => {
    expect(parseCpuList(text, file)).toEqual(ok(text.trimEnd()));
  });

  it.each(['0-\n', 'a\n', '1,,2\n'])('cpuset %j is garbled', (text) => {
    expect(parseCpuList(text, file).status).toBe('garbled');
  });
});

describe('memory', () => {
  it('kernel memory: the line, or what it sums before 5.18, or unsupported on v1', () => {
    expect(kernelMemory({ kernel: 5, slab: 1 }, file)).toEqual(ok(5));
    expect(kernelMemory({ kernel_stack: 1, pagetables: 2, percpu: 3, slab: 4, anon: 9 }, file)).toEqual(ok(10));
    expect(kernelMemory({ total_rss: 5 }, file).status).toBe('unsupported');
  });

  it('swap of v1 is unsupported without swap accounting', () => {
    expect(totalSwap({ total_swap: 4096 }, file)).toEqual(ok(4096));
    expect(totalSwap({}, file).status).toBe('unsupported');
  });
});

describe('io', () => {
  it('io.stat', () => {
    const text =
      '8:0 rbytes=1310720 wbytes=4096 rios=20 wios=1 dbytes=0 dios=0\n' +
      '259:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6 cost.usage=7\n';
    expect(parseIoStat(text, file)).toEqual(
      ok([
        { device: '8:0', readBytes: 1310720, writeBytes: 4096, readOps: 20, writeOps: 1 },
        { device: '259:0', readBytes: 1, writeBytes: 2, readOps: 3, writeOps: 4 },
      ]),
    );
  });

  it('io.stat: devices without counters before one with them', () => {
    expect(parseIoStat('7:0 7:1 8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0\n', file)).toMatchObject({
      status: 'ok',
      value: [{ device: '8:0', readBytes: 1 }],
    });
  });

  it.each(['8:0 rbytes=x\n', 'sda rbytes=1\n', '8:0 rbytes\n'])('io.stat %j is garbled', (text) => {
    expect(parseIoStat(text, file).status).toBe('garbled');
  });

  it('io.max', () => {
    expect(parseIoMax('8:16 rbps=2097152 wbps=max riops=max wiops=120\n', file)).toEqual(
      ok([
        {
          device: '8:16',
          readBytesPerSecond: 2097152,
          writeBytesPerSecond: 'max',
          readOpsPerSecond: 'max',
          writeOpsPerSecond: 120,
        },
      ]),
    );
  });

  it('blkio: bytes and operations by device; the total is not a device', () => {
    const bytes = '8:0 Read 4096\n8:0 Write 8192\n8:0 Sync 4096\n8:0 Async 8192\n8:0 Discard 0\n8:0 Total 12288\n';
    const operations = bytes.replaceAll('4096', '1').replaceAll('8192', '2').replaceAll('12288', '3');
    const joined = joinBlkio(
      parseBlkioCounters(`${bytes}Total 12288\n`, file),
      parseBlkioCounters(`${operations}Total 3\n`, file),
    );
    expect(joined).toEqual(ok([{ device: '8:0', readBytes: 4096, writeBytes: 8192, readOps: 1, writeOps: 2 }]));
    expect(parseBlkioCounters('Total 0\n', file)).toEqual(ok([]));
  });

  it('blkio: throttles of four files, a device with only one of them', () => {
    const parse = (text: string) => parseThrottleDevices(text, file);
    expect(joinThrottles([parse('8:0 1048576\n'), parse(''), parse('8:16 100\n'), parse('')])).toEqual(
      ok([
        {
          device: '8:0',
          readBytesPerSecond: 1048576,
          writeBytesPerSecond: 'max',
          readOpsPerSecond: 'max',
          writeOpsPerSecond: 'max',
        },
        {
          device: '8:16',
          readBytesPerSecond: 'max',
          writeBytesPerSecond: 'max',
          readOpsPerSecond: 100,
          writeOpsPerSecond: 'max',
        },
      ]),
    );
  });
});

describe('freezer, pressure, descendants', () => {
  it.each([
    ['THAWED\n', false],
    ['FREEZING\n', false],
    ['FROZEN\n', true],
  ])('freezer.state %j', (text, frozen) => {
    expect(parseFreezerState(text, file)).toEqual(ok(frozen));
  });

  it('cgroup.events', () => {
    expect(parseFrozen('populated 1\nfrozen 1\n', file)).toEqual(ok(true));
    expect(parseFrozen('populated 1\nfrozen 0\n', file)).toEqual(ok(false));
    // Before 5.2 there is no freezer on v2.
    expect(parseFrozen('populated 1\n', file).status).toBe('unsupported');
  });

  it('cgroup.stat', () => {
    expect(parseDescendants('nr_descendants 4\nnr_dying_descendants 1\n', file)).toEqual(ok(4));
  });

  it('pressure; cpu has no full line on older kernels', () => {
    const some = 'some avg10=62.56 avg60=69.31 avg300=66.10 total=547015173\n';
    const value = { avg10: 62.56, avg60: 69.31, avg300: 66.1, totalUs: 547015173 };
    expect(parsePressure(some, file)).toEqual(ok({ some: value, full: null }));
    expect(parsePressure(some + some.replace('some', 'full'), file)).toEqual(ok({ some: value, full: value }));
    expect(parsePressure('some avg10=x\n', file).status).toBe('garbled');
  });
});

describe('every parser', () => {
  const parsers = [
    parseCpuacctUsage,
    parseCpuStatUsage,
    parseThrottling,
    parseCpuMax,
    parseCpuList,
    parseIoStat,
    parseIoMax,
    parseBlkioCounters,
    parseThrottleDevices,
    parseFreezerState,
    parseFrozen,
    parseDescendants,
    parsePressure,
  ];
  const word = fc.oneof(
    fc.constantFrom('max', 'Total', 'Read', '8:0', 'some', 'rbytes=1', 'avg10=0.00', '\n', 'nr_periods', ' '),
    fc.nat().map(String),
    fc.string(),
  );

  it('answers any text with a value or its bad line, and never with a number that is none', () => {
    fc.assert(
      fc.property(fc.array(word), fc.constantFrom(' ', '\n', ''), (words, between) => {
        for (const parse of parsers) {
          const reading: Reading<unknown> = parse(words.join(between), file);
          expect(['ok', 'garbled', 'unsupported']).toContain(reading.status);
          expect(JSON.stringify(reading)).not.toMatch(/NaN|:null,"(?:read|write)/);
        }
      }),
    );
  });

  it('io counters and limits are read back', () => {
    const device = fc.tuple(fc.nat(511), fc.nat(255)).map(([major, minor]) => `${major}:${minor}`);
    const counter = fc.nat({ max: Number.MAX_SAFE_INTEGER });
    const devices = fc.uniqueArray(fc.tuple(device, counter, counter, counter, counter), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(devices, (rows) => {
        const text = rows.map(([name, a, b, c, d]) => `${name} rbytes=${a} wbytes=${b} rios=${c} wios=${d}\n`).join('');
        expect(parseIoStat(text, file)).toEqual(
          ok(
            rows.map(([name, readBytes, writeBytes, readOps, writeOps]) => {
              return { device: name, readBytes, writeBytes, readOps, writeOps };
            }),
          ),
        );
      }),
    );
  });
});
