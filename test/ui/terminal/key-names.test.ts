import type { Key } from 'ink';
import { expect, test } from 'vitest';
import { keyNames } from '../../../src/ui/terminal/key-names.ts';

const plain = {} as Key;

test('what is pasted or typed fast is as many keys as it has characters, those with Ctrl among them', () => {
  expect(keyNames('\u00150.2\r', plain)).toEqual(['ctrl-u', '0', '.', '2', 'enter']);
  expect(keyNames('a\tb\u007f\u0008c\n', plain)).toEqual(['a', 'tab', 'b', 'backspace', 'backspace', 'c', 'enter']);
  expect(keyNames('東 \u001a\u0001', plain)).toEqual(['東', 'space', 'ctrl-z', 'ctrl-a']);
});

test('one with Ctrl alone is what Ink calls it', () => {
  expect(keyNames('u', { ...plain, ctrl: true })).toEqual(['ctrl-u']);
});
