import { constants } from 'node:os';
import { describe, expect, test } from 'vitest';
import { attempt, errnoName, failureOf, missingAt } from '../../src/probes/errno.ts';

describe('an errno becomes a Reading', () => {
  test.each([
    ['ENOENT', '/proc/42/stat', 'gone', { status: 'gone' }],
    ['ENOENT', '/proc/42/attr/current', 'unsupported', 'unsupported'],
    ['ENOTDIR', '/sys/fs/cgroup/x/y', 'unsupported', 'unsupported'],
    ['ESRCH', '/proc/42/environ', 'unsupported', { status: 'gone' }],
    ['ENODEV', '/sys/fs/cgroup/a/pids.max', 'unsupported', { status: 'gone' }],
    ['EACCES', '/proc/1/ns/mnt', 'gone', { status: 'denied', path: '/proc/1/ns/mnt', code: 'EACCES' }],
    ['EPERM', '/proc/1/stat', 'gone', { status: 'denied', path: '/proc/1/stat', code: 'EPERM' }],
    ['EINVAL', '/proc/42/mountinfo', 'unsupported', { status: 'gone' }],
    ['EINVAL', '/proc/42/task/43/mountinfo', 'unsupported', { status: 'gone' }],
    ['EINVAL', '/sys/fs/cgroup/a/cpu.max', 'gone', 'unsupported'],
    ['EOPNOTSUPP', '/sys/fs/cgroup/a/cpu.pressure', 'gone', 'unsupported'],
    ['ELOOP', '/proc/42/root/a', 'gone', 'unsupported'],
  ] as const)('%s on %s, an absent file being %s', (code, path, missing, expected) => {
    const reading = expected === 'unsupported' ? { status: 'unsupported', path, code } : expected;
    expect(failureOf(code, path, missing)).toEqual(reading);
  });
});

test('an absent file under /proc means an ended process', () => {
  expect(missingAt('/proc/42/stat')).toBe('gone');
  expect(missingAt('/processes/42')).toBe('unsupported');
  expect(missingAt('/sys/fs/cgroup/a/io.stat')).toBe('unsupported');
});

test('every number of Linux has its usual name', () => {
  expect(errnoName(constants.errno.EAGAIN)).toBe('EAGAIN');
  expect(errnoName(constants.errno.EOPNOTSUPP)).toBe('EOPNOTSUPP');
  expect(errnoName(77)).toBe('EBADFD');
  expect(errnoName(4000)).toBe('E4000');
});

test('a failing call leaves stack traces as they were, and our own bugs are thrown on', () => {
  const before = Error.stackTraceLimit;
  const bug = new TypeError('a bug');
  expect(() =>
    attempt('/x', 'gone', () => {
      throw bug;
    }),
  ).toThrow(bug);
  expect(Error.stackTraceLimit).toBe(before);
});
