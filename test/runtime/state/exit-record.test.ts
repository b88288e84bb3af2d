import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endNotes } from '../../../src/runtime/lifecycle/end-notes.ts';
import { parseExitRecord } from '../../../src/runtime/state/exit-record.ts';
import { parseLogLine } from '../../../src/runtime/state/log-line.ts';

const HEAD = 'code 137\nsignal 9\nstarted 1700000000123456789\nended 1700000001000000000\n';

function record(files: readonly (readonly [string, string])[]): Buffer {
  return Buffer.from(HEAD + files.map(([path, text]) => `file ${Buffer.byteLength(text)} ${path}\n${text}\n`).join(''));
}

describe('the record of an end', () => {
  it('tells how, when, and the last figures of the groups', () => {
    expect(parseExitRecord(record([['/g/pids.events', 'max 3\n']]))).toEqual({
      code: 137,
      signal: 9,
      startedAt: '2023-11-14T22:13:20.123456789Z',
      endedAt: '2023-11-14T22:13:21.000000000Z',
      finals: new Map([['/g/pids.events', 'max 3\n']]),
    });
  });

  it('gives back every file, whatever is in it', () => {
    const files = fc.uniqueArray(fc.tuple(fc.stringMatching(/^\/[a-z./]{1,20}$/), fc.string({ unit: 'binary' })), {
      selector: ([path]) => path,
    });
    fc.assert(
      fc.property(files, (list) => {
        expect(parseExitRecord(record(list))?.finals).toEqual(new Map(list));
      }),
    );
  });

  it.each(['', 'code 1', 'code x\nstarted 1700000000123456789\nended 1700000001000000000\n', 'code 1\nsignal 0\n'])(
    '%j is none',
    (text) => expect(parseExitRecord(Buffer.from(text))).toBeNull(),
  );

  it.each([
    [
      ['/g/memory.oom_control', 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n'],
      'memory ran out: the kernel killed 2 processes',
    ],
    [['/g/memory.events', 'low 0\noom_kill 1\n'], 'memory ran out: the kernel killed a process'],
    [['/g/cpu.stat', 'nr_periods 10\nnr_throttled 9\nthrottled_time 1500000000\n'], 'in 9 of 10 periods, 1.5 s'],
    [['/g/cpu.stat', 'nr_periods 10\nnr_throttled 9\nthrottled_usec 1500000\n'], 'in 9 of 10 periods, 1.5 s'],
    [['/g/pids.events', 'max 3\n'], '3 forks were refused'],
    [['/g/pids.events', 'max 1\n'], '1 fork was refused'],
  ] as const)('%j is worth a note', (file, note) => {
    const parsed = parseExitRecord(record([file]));
    expect(parsed === null ? [] : endNotes(parsed)).toEqual([expect.stringContaining(note)]);
  });
});

describe('a line of the log', () => {
  it('is a time, a stream, a tag and bytes', () => {
    expect(parseLogLine(Buffer.from('2026-01-31T12:00:00.123456789Z stderr P half a line '))).toEqual({
      at: '2026-01-31T12:00:00.123456789Z',
      stream: 'stderr',
      partial: true,
      text: Buffer.from('half a line '),
    });
  });

  it('keeps every byte', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const line = Buffer.concat([Buffer.from('2026-01-31T12:00:00.123456789Z stdout F '), bytes]);
        expect(parseLogLine(line)?.text).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it.each(['', 'x', '2026-01-31T12:00:00Z stdin F x', '2026-01-31T12:00:00Z stdout X x'])('%j is none', (text) => {
    expect(parseLogLine(Buffer.from(text))).toBeNull();
  });
});
