import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parseLogLine } from '../../../src/runtime/state/log-line.ts';
import { tailStart } from '../../../src/runtime/state/log-tail.ts';
import { workDirPrefix } from '../../support/work-dir.ts';

const directory = mkdtempSync(path.join(os.tmpdir(), workDirPrefix));
afterAll(() => rmSync(directory, { recursive: true }));

/** What is in the log from there on. */
function tail(log: string, count: number, since: string | null = null, block: number | undefined = undefined): string {
  const file = path.join(directory, 'log');
  writeFileSync(file, log);
  const fd = openSync(file, 'r');
  try {
    return readFileSync(file).toString('utf8', tailStart(fd, count, since, block).at);
  } finally {
    closeSync(fd);
  }
}

const at = (second: number) => `2026-01-31T12:00:0${second}.000000000Z`;
const entry = (second: number, tag: 'F' | 'P', text: string) => `${at(second)} stdout ${tag} ${text}\n`;
const [A, B1, B2, C] = [entry(1, 'F', 'a'), entry(2, 'P', 'b'), entry(3, 'F', 'b'), entry(4, 'F', 'c')];

describe('the tail of a log', () => {
  it.each([
    ['no line', A + B1 + B2 + C, 0, ''],
    ['one', A + B1 + B2 + C, 1, C],
    ['parts as one', A + B1 + B2 + C, 2, B1 + B2 + C],
    ['all', A + B1 + B2 + C, 3, A + B1 + B2 + C],
    ['more than there are', A + B1 + B2 + C, 9, A + B1 + B2 + C],
    ['a part that nothing follows', A + B1, 1, B1],
    ['what is not written to its end', `${A}${C}2026-`, 1, `${C}2026-`],
    ['what is no entry', `${A}?\n${C}?\n`, 1, `?\n${C}?\n`],
    ['an empty log', '', 3, ''],
    ['nothing with an end', '2026-', 3, '2026-'],
  ])('%s', (_, log, count, expected) => {
    for (const block of [1, 7, 70, undefined]) expect(tail(log, count, null, block)).toBe(expected);
  });

  it('counts only lines since then, whatever is between them', () => {
    expect(tail(C + A + C, 2, at(4))).toBe(C + A + C);
    expect(tail(A + C + A + C, 1, at(4))).toBe(A + C);
  });

  it('is the same by blocks of any size, and has as many lines as asked for', () => {
    const entries = fc.array(fc.tuple(fc.constantFrom('F', 'P'), fc.stringMatching(/^[ -~]{0,90}$/)), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(entries, fc.nat(8), fc.integer({ min: 1, max: 200 }), (given, count, block) => {
        const log = given.map(([tag, text]) => entry(1, tag as 'F' | 'P', text)).join('');
        const left = tail(log, count, null, block);
        expect(left).toBe(tail(log, count));
        expect(log.endsWith(left)).toBe(true);
        const lines = left
          .split('\n')
          .slice(0, -1)
          .map((line) => parseLogLine(Buffer.from(line)));
        const ends = lines.filter((line, i) => line?.partial === false || i === lines.length - 1).length;
        const all = given.filter(([tag], i) => tag === 'F' || i === given.length - 1).length;
        expect(ends).toBe(Math.min(count, all));
      }),
      { numRuns: 60 },
    );
  });
});
