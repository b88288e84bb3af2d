import { expect, test } from 'vitest';
import { openLedger } from '../../../src/model/cgroup/ledger.ts';

test('the files behind figures are the same object until one of them is another, or lacks', () => {
  const paths = {};
  const filesOf = (...files: readonly (readonly [string, string])[]) => {
    const ledger = openLedger(paths);
    for (const [name, file] of files) ledger.file(name, file);
    return ledger.files;
  };
  const first = filesOf(['pids.current', '/a'], ['frozen', '/b']);
  expect(first).toEqual({ 'pids.current': '/a', frozen: '/b' });
  expect(filesOf(['pids.current', '/a'], ['frozen', '/b'])).toBe(first);
  expect(filesOf(['pids.current', '/a'], ['frozen', '/c'])).toEqual({ 'pids.current': '/a', frozen: '/c' });
  expect(filesOf(['pids.current', '/a'])).toEqual({ 'pids.current': '/a' });
  expect(first).toEqual({ 'pids.current': '/a', frozen: '/b' });
  expect(openLedger({}).files).toEqual({});
});
