import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commandRefusal } from '../../../src/runtime/lifecycle/command-refusal.ts';

const MISSING = 'the interpreter of its #! line, or its ELF loader, is missing';

it.each([
  [127, '/bin/nothing', 'there is no such program in the container'],
  [127, '', 'there is no such program in the container'],
  [127, `/run.sh: ${MISSING}`, MISSING],
  [126, '/etc/passwd', 'it cannot be executed'],
  [125, 'no space', null],
])('%i, %s', (code, detail, expected) => {
  expect(commandRefusal(code, detail)).toBe(expected);
});

it('knows the words of the helper', () => {
  const source = new URL('../../../native/init/exec.c', import.meta.url);
  expect(readFileSync(source, 'utf8')).toContain(`: ${MISSING}"`);
});
