import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCount, parseFlatKeyed, parseLimit } from '../../../src/probes/cgroup/file-formats.ts';

describe('formats of cgroup files', () => {
  it.each([
    ['max\n', 'max'],
    ['-1\n', 'max'],
    ['9223372036854771712\n', 'max'],
    // 64 KiB pages.
    ['9223372036854710272\n', 'max'],
    ['18446744073709551615\n', 'max'],
    ['4611686018427387904\n', 'max'],
    ['1099511627776\n', 1099511627776],
    ['0\n', 0],
  ])('limit %j', (text, value) => {
    expect(parseLimit(text, '/f')).toEqual({ status: 'ok', value });
  });

  it.each(['', '\n', '-2\n', '1e3\n', '0x10\n', 'max 1\n', '12 34\n'])('limit %j is garbled', (text) => {
    expect(parseLimit(text, '/f').status).toBe('garbled');
    expect(parseCount(text, '/f').status).toBe('garbled');
  });

  it.each([
    ['usage_usec 10\nuser_usec x\n', 'user_usec x'],
    ['usage_usec 10\n\nuser_usec 1\n', ''],
    ['usage_usec\n', 'usage_usec'],
    ['usage_usec \n', 'usage_usec '],
    [' 10\n', ' 10'],
    ['a\nb 1\n', 'a'],
  ])('keyed %j names its bad line', (text, line) => {
    expect(parseFlatKeyed(text, '/f')).toEqual({ status: 'garbled', path: '/f', line });
  });

  it('reads back what the kernel writes, with and without the last newline', () => {
    const entries = fc.dictionary(fc.stringMatching(/^[a-z_]{1,20}$/), fc.nat({ max: Number.MAX_SAFE_INTEGER }));
    fc.assert(
      fc.property(entries, fc.constantFrom('', '\n'), (values, end) => {
        const lines = Object.entries(values).map(([key, value]) => `${key} ${value}`);
        const parsed = parseFlatKeyed(lines.join('\n') + (lines.length > 0 ? end : ''), '/f');
        expect(parsed.status === 'ok' && { ...parsed.value }).toEqual({ ...values });
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const parse of [parseCount, parseLimit, parseFlatKeyed]) {
          expect(['ok', 'garbled']).toContain(parse(text, '/f').status);
        }
      }),
    );
  });
});
