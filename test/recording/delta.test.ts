import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDelta, deltaOf, type Json } from '../../src/recording/delta.ts';

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
const key = fc.oneof(fc.constantFrom('a', 'b', '7', '12', '__proto__', 'constructor'), fc.string());
const object = fc.dictionary(key, json);

/** What a reader of the file gets: the difference went through JSON. */
function through(before: Json, after: Json): Json {
  return applyDelta(before, JSON.parse(JSON.stringify(deltaOf(before, after))));
}

describe('the difference of two samples', () => {
  it('makes the second of the first, keys in their order', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        expect(JSON.stringify(through(before, after))).toBe(JSON.stringify(after));
      }),
    );
  });

  it('does so for objects with any keys', () => {
    fc.assert(
      fc.property(object, object, (before, after) => {
        expect(JSON.stringify(through(before, after))).toBe(JSON.stringify(after));
      }),
    );
  });

  it('is nothing where nothing changed, whether it is the same object or not', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(deltaOf(value, value)).toBeNull();
        expect(deltaOf(value, structuredClone(value))).toBeNull();
      }),
    );
  });

  it.each([
    [{ a: 1, b: 2 }, { a: 1, b: 3 }, [1, { b: [0, 3] }, []]],
    [{ a: 1, b: 2 }, { b: 2 }, [1, {}, ['a']]],
    [{ b: 2 }, { a: 1, b: 2 }, [1, { a: [0, 1] }, [], ['a', 'b']]],
    [
      [1, 2, 3],
      [1, 5, 3],
      [2, { 1: [0, 5] }],
    ],
    [
      [1, 2],
      [1, 2, 3],
      [0, [1, 2, 3]],
    ],
    [{ a: undefined }, {}, null],
  ])('%j to %j is %j', (before, after, delta) => {
    expect(deltaOf(before, after)).toEqual(delta);
  });

  it('keeps what did not change as the same object', () => {
    const before = { kept: { a: [1] }, changed: 1 };
    const after = applyDelta(before, deltaOf(before, { kept: { a: [1] }, changed: 2 })) as typeof before;
    expect(after.kept).toBe(before.kept);
  });
});
