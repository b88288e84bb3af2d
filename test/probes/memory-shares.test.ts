import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/model/discovery/candidate.ts';
import type { ScannedProcess } from '../../src/model/process.ts';
import { ok } from '../../src/model/reading.ts';
import { openMemoryShares } from '../../src/probes/memory-shares.ts';
import { parseSmapsRollup } from '../../src/probes/proc/smaps-rollup.ts';
import { memoryHost } from '../support/memory-host.ts';

const ROLLUP = `55fb7c5d8000-7ffc08e5a000 ---p 00000000 00:00 0                          [rollup]
Rss:                1712 kB
Pss:                 170 kB
Pss_Dirty:           116 kB
Swap:                  0 kB
`;

describe('smaps_rollup', () => {
  it('in bytes', () => {
    expect(parseSmapsRollup(ROLLUP)).toEqual(ok({ rssBytes: 1712 * 1024, pssBytes: 170 * 1024 }));
  });

  it.each(['', 'Rss: 1 kB\n', 'Pss: 1 kB\n', 'Rss: x kB\nPss: 1 kB\n'])('%j is none', (text) => {
    expect(parseSmapsRollup(text).status).toBe('garbled');
  });

  it('whatever stands there, it is understood or it is not', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(['ok', 'garbled']).toContain(parseSmapsRollup(text).status);
      }),
    );
  });
});

const HOST = [1, 2, 3, 4, 5, 6, 7]
  .map((pid) => `=== proc/${pid}/smaps_rollup\n${ROLLUP.replace('170 kB', `${pid}0 kB`)}`)
  .join('');

function processes(sizes: readonly number[]): ReadonlyMap<number, ScannedProcess> {
  return new Map(
    sizes.map((rssPages, index) => {
      const pid = index + 1;
      return [pid, { stat: { pid, startTicks: pid, rssPages } } as ScannedProcess];
    }),
  );
}

const candidate = { pids: [1, 2, 3, 4, 5, 6, 7] } as unknown as Candidate;

describe('shares of the largest processes', () => {
  it('are read two at a time, five in turn, a kernel thread and the smallest never', () => {
    const reader = openMemoryShares(memoryHost(`A host.\n${HOST}`));
    const byPid = processes([10, 20, 30, 40, 50, 60, 0]);
    const pids = () => Object.keys(reader.read([candidate], byPid)).map(Number);
    expect(pids()).toEqual([5, 6]);
    expect(pids()).toEqual([3, 4, 5, 6]);
    expect(pids()).toEqual([2, 3, 4, 5, 6]);
    expect(reader.read([candidate], byPid)[6]).toEqual(ok({ rssBytes: 1712 * 1024, pssBytes: 60 * 1024 }));
    expect(reader.read([], byPid)).toEqual({});
  });

  it('of a process that may not be traced say why', () => {
    const reader = openMemoryShares(memoryHost('A host.\n=== proc/1/smaps_rollup !EACCES\n'));
    expect(reader.read([candidate], processes([1]))[1]).toMatchObject({ status: 'denied', code: 'EACCES' });
  });
});
