import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CAPABILITIES } from '../../../src/model/capabilities.ts';
import { compileDefaultFilter, defaultFilter, filterKey } from '../../../src/runtime/security/default-filter.ts';

const bounding = fc.subarray([...CAPABILITIES]);
const arch = fc.constantFrom('x64' as const, 'arm64' as const);

test('is the same wherever its key is', () => {
  const filters = new Map<string, Uint8Array>();
  fc.assert(
    fc.property(bounding, arch, (names, machine) => {
      const key = filterKey(names, machine);
      const filter = compileDefaultFilter(names, machine);
      expect(filters.get(key) ?? filter).toEqual(filter);
      filters.set(key, filter);
      expect(Buffer.compare(defaultFilter(names, machine), filter)).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('takes any capability that opens something into its key', () => {
  for (const name of CAPABILITIES) {
    const opens = Buffer.compare(compileDefaultFilter([name], 'x64'), compileDefaultFilter([], 'x64')) !== 0;
    if (opens) expect(filterKey([name], 'x64')).not.toBe(filterKey([], 'x64'));
  }
});
