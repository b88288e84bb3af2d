import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryParts } from '../../src/model/memory-parts.ts';
import { cgroupFixture } from '../support/container-fixture.ts';

const { memory } = cgroupFixture('/x');
const bytes = fc.nat(2 ** 40);
const unknown = fc.option(bytes);

test('the parts are the limit, or the use where there is none, and none is negative', () => {
  fc.assert(
    fc.property(
      bytes,
      unknown,
      unknown,
      unknown,
      fc.oneof(bytes, fc.constant('max' as const)),
      (use, anon, file, kernel, limit) => {
        const given = {
          ...memory,
          usageBytes: use,
          anonBytes: anon,
          fileBytes: file,
          kernelBytes: kernel,
          limitBytes: limit,
        };
        const parts = memoryParts(given);
        const sum = parts.reduce((total, part) => total + part.bytes, 0);
        const used = Math.max(use, (anon ?? 0) + (file ?? 0) + (kernel ?? 0));
        expect(sum).toBe(limit === 'max' ? used : Math.max(used, limit));
        expect(parts.every((part) => part.bytes >= 0)).toBe(true);
        expect(parts.some(({ name }) => name === 'free')).toBe(limit !== 'max');
      },
    ),
  );
});

test('what is charged and in no kind is other; where the use is unknown there are no parts', () => {
  const given = { ...memory, usageBytes: 100, anonBytes: 60, fileBytes: 20, kernelBytes: null, limitBytes: 300 };
  expect(memoryParts(given).map((part) => [part.name, part.bytes])).toEqual([
    ['anon', 60],
    ['file', 20],
    ['kernel', 0],
    ['other', 20],
    ['free', 200],
  ]);
  expect(memoryParts({ ...given, usageBytes: null })).toEqual([]);
  expect(memoryParts({ ...given, limitBytes: null })).toEqual([]);
});
