import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatTree, parseTree, type TreeEntry } from './tree-text.ts';

test('a tree is files, links, errors and empty directories', () => {
  const tree = parseTree(`a comment
=== proc/42/stat
42 (x) S 1

=== proc/42/cmdline
sh\\0-c\\0printf 'a\\\\0b'\\nexit\\0
=== proc/42/mountinfo
22 1 0:21 / /with\\040space rw - ext4 /dev/a\\0134 rw
=== proc/42/ns/mnt -> mnt:[4026531832]
=== proc/42/io !EACCES
=== proc/42/fd/
=== proc/43/cmdline
`);
  expect([...tree]).toEqual([
    ['/proc/42/stat', { kind: 'file', text: '42 (x) S 1\n\n' }],
    ['/proc/42/cmdline', { kind: 'file', text: "sh\0-c\0printf 'a\\0b'\nexit\0" }],
    ['/proc/42/mountinfo', { kind: 'file', text: '22 1 0:21 / /with\\040space rw - ext4 /dev/a\\0134 rw\n' }],
    ['/proc/42/ns/mnt', { kind: 'link', target: 'mnt:[4026531832]' }],
    ['/proc/42/io', { kind: 'error', code: 'EACCES' }],
    ['/proc/42/fd', { kind: 'dir' }],
    ['/proc/43/cmdline', { kind: 'file', text: '' }],
  ]);
});

test('a path that is there twice is a mistake', () => {
  expect(() => parseTree('=== a\n=== a\n')).toThrow('/a is twice');
});

test('a line that would be taken for a header is not written', () => {
  expect(() => formatTree(new Map([['/a', { kind: 'file', text: 'x\n=== b\n' }]]))).toThrow('/a holds a line');
});

const lines = fc.array(fc.stringMatching(/^[^\n=][^\n]*$/)).map((all) => all.map((line) => `${line}\n`).join(''));
const entry: fc.Arbitrary<TreeEntry> = fc.oneof(
  fc.record({ kind: fc.constant('file' as const), text: lines }),
  fc.record({ kind: fc.constant('link' as const), target: fc.stringMatching(/^[a-z/.[\]:0-9]+$/) }),
  fc.record({ kind: fc.constant('error' as const), code: fc.constantFrom('EACCES', 'EPERM', 'ESRCH') }),
  fc.constant({ kind: 'dir' as const }),
);

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.array(entry), fc.array(fc.string({ unit: 'binary' })), (entries, commands) => {
      const tree = new Map<string, TreeEntry>([
        ...entries.map((each, i): [string, TreeEntry] => [`/proc/${i}/entry`, each]),
        ...commands.map((text, i): [string, TreeEntry] => [`/proc/${i}/cmdline`, { kind: 'file', text }]),
      ]);
      expect(parseTree(formatTree(tree))).toEqual(tree);
    }),
  );
});
