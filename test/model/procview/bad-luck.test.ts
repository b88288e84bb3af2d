import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LXCFS_RELEASES, VIEW_FILES, type ViewInput } from '../../../src/model/procview/input.ts';
import { PACKAGED, parseLxcfsFlags } from '../../../src/model/procview/options.ts';
import { NO_HISTORY, viewOf } from '../../../src/model/procview/view.ts';
import { EMPTY_INPUT } from '../../support/lxcfs-captures.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom(
    '',
    '\n',
    'max\n',
    '0-',
    ',,\n',
    'cpu',
    'cpu0',
    'cpu  1\ncpu0 1 2 3\n',
    'MemTotal:\n',
    'processor : x\n',
  ),
);
const keys = [
  'memory:/a:memory.stat',
  'memory:/a:memory.usage_in_bytes',
  'cpuset:/a:cpuset.cpus',
  'cpuset:/:cpuset.cpus',
  'cpu:/a:cpu.cfs_quota_us',
  'cpu:/a:cpu.cfs_period_us',
  'cpuacct:/a:cpuacct.usage_all',
  'cpuacct:/a:cpuacct.usage_percpu',
  'unified:/a:memory.max',
  'unified:/a:memory.stat',
  'unified:/a:cpu.max',
  'unified:/a:cpuset.cpus.effective',
];
const input: fc.Arbitrary<ViewInput> = fc
  .record({
    version: fc.constantFrom(1 as const, 2 as const),
    cgroups: fc.dictionary(fc.constantFrom(...keys), text),
    host: fc.dictionary(fc.constantFrom(...VIEW_FILES, 'cpu/possible'), text),
    controllers: fc.subarray(['memory', 'cpuset', 'cpu', 'cpuacct', 'blkio']),
    stat: fc.option(text),
  })
  .map(({ version, cgroups, host, controllers, stat }) => ({
    ...EMPTY_INPUT,
    version,
    cgroups,
    host,
    viewer: { pid: 7, paths: Object.fromEntries(controllers.map((controller) => [controller, '/a'])) },
    init: { stat, cpuacctPath: '/a' },
  }));

describe('bad luck', () => {
  it('never fails, whatever the files say', () => {
    fc.assert(
      fc.property(input, fc.constantFrom(...LXCFS_RELEASES), fc.boolean(), (from, release, cfs) => {
        for (const file of VIEW_FILES) {
          const view = viewOf(file, from, { release, options: { ...PACKAGED, cfs } }, NO_HISTORY);
          expect(view === null || typeof view === 'string').toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('shows the host where no controller is known', () => {
    const host = {
      meminfo: 'MemTotal: 1 kB\n',
      stat: 'cpu  1\n',
      cpuinfo: 'x\n',
      loadavg: '1\n',
      'cpu/online': '0-511\n',
    };
    for (const [file, own] of Object.entries(host)) {
      const view = viewOf(
        file as keyof typeof host,
        { ...EMPTY_INPUT, host },
        { release: '5.0.3', options: PACKAGED },
        NO_HISTORY,
      );
      expect(view).toBe(own);
    }
  });

  it('answers nothing where the text does not fit into the host’s size and 512 bytes', () => {
    const set = Array.from({ length: 200 }, (_, cpu) => 2 * cpu).join(',');
    const from = {
      ...EMPTY_INPUT,
      viewer: { pid: 7, paths: { cpuset: '/a' } },
      cgroups: { 'cpuset:/a:cpuset.cpus': `${set}\n` },
      host: { 'cpu/online': '0-511\n' },
    };
    expect(viewOf('cpu/online', from, { release: '5.0.3', options: PACKAGED }, NO_HISTORY)).toBe('');
  });

  it('shows 512 CPUs', () => {
    const stat = `cpu  0\n${Array.from({ length: 512 }, (_, cpu) => `cpu${cpu} 1 2 3 4 5 6 7 8 9 10\n`).join('')}ctxt 1\n`;
    const from = {
      ...EMPTY_INPUT,
      viewer: { pid: 7, paths: { cpuset: '/a' } },
      cgroups: { 'cpuset:/a:cpuset.cpus': '0-511\n' },
      host: { stat, 'cpu/possible': '0-511\n', 'cpu/online': '0-511\n' },
    };
    const view = viewOf('stat', from, { release: '5.0.3', options: PACKAGED }, NO_HISTORY);
    expect(view?.split('\n')[0]).toBe('cpu  512 1024 1536 2048 2560 3072 3584 4096 4608 5120');
    expect(view?.split('\n')).toHaveLength(515);
  });
});

describe('flags of the daemon', () => {
  it.each([
    ['-l', { loadavg: true }],
    ['-l --enable-cfs', { loadavg: true, cfs: true }],
    ['-lu -f', { loadavg: true, swap: false }],
    ['--enable-c', { cfs: true }],
    ['--pidfile=/run/x --enable-pidfd -o nonempty /var/lib/lxcfs', {}],
    ['-p /run/x -u', { swap: false }],
    ['-z', { zswap: false }],
  ])('%s', (flags, changed) => {
    expect(parseLxcfsFlags(flags.split(' '))).toEqual({ ...PACKAGED, ...changed });
  });

  it('says which one there is not', () => {
    expect(parseLxcfsFlags(['--enable-everything'])).toEqual({ unknown: '--enable-everything' });
  });
});
