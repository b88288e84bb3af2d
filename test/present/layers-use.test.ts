import { describe, expect, it } from 'vitest';
import { comparedSays, unwritable } from '../../src/present/layers-use.ts';
import { branchesAt } from '../support/union-of-directories.ts';

describe('a union without a writable branch', () => {
  it.each([
    ['overlay', ['image', 'image'], 'no writable branch'],
    ['overlay', ['image', 'data'], 'no writable branch'],
    ['overlay', ['rw', 'image'], ''],
    ['overlay', [], ''],
    ['none', [], ''],
  ] as const)('%s of %j: %j', (driver, roles, says) => {
    const paths = roles.map((role, at) => `/${role}-${at}`);
    expect(unwritable({ driver, branches: branchesAt(paths, roles) })).toBe(says);
  });
});

describe('what is there again', () => {
  const group = {
    bytes: 2048,
    files: [0, 2, 2].map((index, at) => ({ index, path: `/${at}` })),
  };

  it('says how it was judged, and what was read', () => {
    expect(comparedSays({ groups: [group], readBytes: 6144, mostBytes: 1 << 28, uncompared: 0 })).toBe(
      '4 KiB are again in a branch above (copied): files of one size were compared byte by byte, 6 KiB of them read.',
    );
    expect(comparedSays({ groups: [], readBytes: 0, mostBytes: 1 << 28, uncompared: 3 })).toBe(
      'No file is again in a branch above (copied): files of one size were compared byte by byte, 0 B of them read. Of 3 more this is unknown: unreadable, or beyond the bound of 256 MiB.',
    );
  });
});
