import { expect, it } from 'vitest';
import { replacedKind } from '../../../src/model/layers/replaced.ts';
import type { VersionKind } from '../../../src/model/layers/union.ts';

const found = (index: number, kind: VersionKind, merged = false) => ({ index, kind, merged });

it.each<[string, VersionKind, Parameters<typeof replacedKind>[2], VersionKind | null]>([
  ['a file copied up', 'file', [found(3, 'file')], null],
  ['a directory with something written in it', 'dir', [found(3, 'dir', true)], null],
  ['a directory that hides the one below', 'dir', [found(0, 'opaque'), found(3, 'dir')], 'dir'],
  ['an opaque directory that hides nothing', 'dir', [found(0, 'opaque')], null],
  ['a file where a directory was', 'file', [found(3, 'dir'), found(4, 'file')], 'dir'],
  ['a directory where a link was', 'dir', [found(3, 'symlink')], 'symlink'],
  ['a file where a whiteout was', 'file', [found(3, 'whiteout'), found(4, 'file')], null],
])('%s', (_, kind, shadows, replaced) => {
  expect(replacedKind(0, kind, shadows)).toBe(replaced);
});
