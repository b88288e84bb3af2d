import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryParts } from '../../src/model/memory-parts.ts';
import { cgroupFixture } from '../support/container-fixture.ts';

const { memory } = cgroupFixture('/x');
const bytes = fc.nat(2 ** 40);
const unknown = fc.option(bytes);
const given = { ...memory, usageBytes: 100, anonBytes: 60, fileBytes: 20, kernelBytes: 5, limitBytes: 300 };
const shown = (of: typeof given | typeof memory) =>
  memoryParts(of).map((part) => [part.name, part.bytes, part.includes.join()]);

test('all that is known stands as it is, all parts are what is used and what is free, and none is negative', () => {
  fc.assert(
    fc.property(
      bytes,
      fc.record({ anon: unknown, file: unknown, kernel: unknown }),
      fc.oneof(bytes, fc.constant('max' as const)),
      (use, kinds, limit) => {
        const parts = memoryParts({
          ...memory,
          usageBytes: use,
          anonBytes: kinds.anon,
          fileBytes: kinds.file,
          kernelBytes: kinds.kernel,
          limitBytes: limit,
        });
        for (const name of ['anon', 'file', 'kernel'] as const) {
          expect(parts.find((part) => part.name === name)?.bytes ?? null).toBe(kinds[name]);
          expect(parts.find((part) => part.name === 'other')?.includes.includes(name)).toBe(kinds[name] === null);
        }
        expect(parts.every((part) => part.bytes >= 0)).toBe(true);
        const free = parts.find(({ name }) => name === 'free');
        const used = parts.reduce((total, part) => total + part.bytes, -(free?.bytes ?? 0));
        expect(used).toBeGreaterThanOrEqual(use);
        expect(free === undefined).toBe(limit === 'max');
        expect(free === undefined || free.bytes === 0 || used + free.bytes === limit).toBe(true);
      },
    ),
  );
});

test('what is charged and in no kind is other; where the use is unknown there are no parts', () => {
  expect(shown(given)).toEqual([
    ['anon', 60, ''],
    ['file', 20, ''],
    ['kernel', 5, ''],
    ['other', 15, ''],
    ['free', 200, ''],
  ]);
  expect(memoryParts({ ...given, usageBytes: null })).toEqual([]);
  expect(memoryParts({ ...given, limitBytes: null })).toEqual([]);
});

test('what is in several kinds at once is more than the use, and leaves nothing for others', () => {
  expect(shown({ ...given, fileBytes: 50 })).toEqual([
    ['anon', 60, ''],
    ['file', 50, ''],
    ['kernel', 5, ''],
    ['other', 0, ''],
    ['free', 185, ''],
  ]);
});

test('a kind that is unknown is no part of its own: the others include it', () => {
  expect(shown({ ...given, fileBytes: null, kernelBytes: null })).toEqual([
    ['anon', 60, ''],
    ['other', 40, 'file,kernel'],
    ['free', 200, ''],
  ]);
});
