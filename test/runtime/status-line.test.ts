import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseStatusLine } from '../../src/runtime/status-line.ts';

test.each([
  ['pause 3', { kind: 'pause', id: 3 }],
  ['step 12 0 pid 4242 mnt:[4026532]', { kind: 'step', id: 12, error: null, detail: 'pid 4242 mnt:[4026532]' }],
  ['step 12 1 ', { kind: 'step', id: 12, error: 'EPERM', detail: '' }],
  ['pid 4242 99887766', { kind: 'pid', process: { pid: 4242, startTicks: 99_887_766 } }],
  ['running', { kind: 'running' }],
  [
    'failed -1 71 the plan cannot be read',
    { kind: 'failed', id: -1, error: 'EPROTO', detail: 'the plan cannot be read' },
  ],
  ['failed 61 2 /bin/\\xc3\\xa4 \\x5c', { kind: 'failed', id: 61, error: 'ENOENT', detail: '/bin/ä \\' }],
  ['exit 137 9', { kind: 'exit', code: 137, signal: 9 }],
  ['exit 0 0', { kind: 'exit', code: 0, signal: null }],
])('%s', (line, expected) => {
  expect(parseStatusLine(line)).toEqual(expected);
});

test('takes nothing else', () => {
  expect(parseStatusLine('')).toBeNull();
  expect(parseStatusLine('stop 1')).toBeNull();
  fc.assert(fc.property(fc.string(), (line) => void parseStatusLine(line)));
});
