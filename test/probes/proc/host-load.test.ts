import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ok } from '../../../src/model/reading.ts';
import {
  parseCpuTimes,
  parseDistribution,
  parseHypervisor,
  parseLoadAverages,
  parseMemoryUse,
} from '../../../src/probes/proc/host-load.ts';

describe('/proc/loadavg', () => {
  it.each([
    ['0.20 0.18 0.12 1/80 11206\n', [0.2, 0.18, 0.12]],
    ['112.05 9.00 0.00 3/4000 4194303\n', [112.05, 9, 0]],
  ])('%j', (text, averages) => {
    expect(parseLoadAverages(text)).toEqual(ok(averages));
  });

  it.each(['', '1 2 3 4', 'a b c 1/2 3\n'])('%j is no such file', (text) => {
    expect(parseLoadAverages(text).status).toBe('garbled');
  });
});

describe('the first line of /proc/stat', () => {
  it.each([
    ['cpu  10 20 30 1000 50 6 7 8 5 1\ncpu0 1 2 3 4 5 6 7 8 9 10\n', { busyTicks: 73, stolenTicks: 8 }],
    ['cpu  10 20 30 1000 50 6 7\n', { busyTicks: 73, stolenTicks: 0 }],
  ])('%j', (text, times) => {
    expect(parseCpuTimes(text)).toEqual(ok(times));
  });

  it.each(['', 'cpu0 1 2 3 4 5 6 7 8 9 10\n', 'cpu  1 2 3\n', 'intr 1 2 3 4 5 6 7\n'])('%j is none', (text) => {
    expect(parseCpuTimes(text).status).toBe('garbled');
  });
});

describe('/proc/meminfo', () => {
  it('in bytes', () => {
    const text =
      'MemTotal:       24684452 kB\nMemFree:        100 kB\nMemAvailable:   24275968 kB\nSwapTotal:  8 kB\nSwapFree:   4 kB\n';
    expect(parseMemoryUse(text)).toEqual(
      ok({
        totalBytes: 24684452 * 1024,
        availableBytes: 24275968 * 1024,
        swapTotalBytes: 8192,
        swapFreeBytes: 4096,
      }),
    );
  });

  it('is unknown where a line is missing', () => {
    expect(parseMemoryUse('MemTotal: 1 kB\n').status).toBe('garbled');
  });
});

describe('os-release', () => {
  it.each([
    ['ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n', 'Debian GNU/Linux 12 (bookworm)'],
    ["PRETTY_NAME='Void'\n", 'Void'],
    ['PRETTY_NAME=Alpine\n', 'Alpine'],
    ['PRETTY_NAME="a \\"b\\" \\$c"\n', 'a "b" $c'],
    ['PRETTY_NAME=""\n', null],
    ['NAME=x\n', null],
    ['', null],
  ])('%j', (text, name) => {
    expect(parseDistribution(text)).toBe(name);
  });
});

describe('the flag of a hypervisor', () => {
  it.each([
    ['processor\t: 0\nflags\t\t: fpu vme hypervisor lahf_lm\n', true],
    ['processor\t: 0\nflags\t\t: fpu vme lahf_lm\n', false],
    ['processor\t: 0\nFeatures\t: fp asimd\n', null],
  ])('%j', (text, isVirtual) => {
    expect(parseHypervisor(text)).toBe(isVirtual);
  });
});

it('no text makes a parser throw, and what it understands is a number from 0', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseDistribution(text);
      parseHypervisor(text);
      for (const reading of [parseLoadAverages(text), parseCpuTimes(`cpu  ${text}`), parseMemoryUse(text)]) {
        for (const value of reading.status === 'ok' ? Object.values(reading.value) : []) {
          expect(value).toBeGreaterThanOrEqual(0);
        }
      }
    }),
  );
});
