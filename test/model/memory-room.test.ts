import { expect, test } from 'vitest';
import { largestProcesses, roomBeforeOom } from '../../src/model/memory-room.ts';
import { cgroupFixture, processFixture } from '../support/container-fixture.ts';

const MIB = 1024 ** 2;
const { memory } = cgroupFixture('/a');

test.each([
  ['file pages are given back first', { usageBytes: 290 * MIB, fileBytes: 40 * MIB, limitBytes: 300 * MIB }, 50 * MIB],
  ['never less than none', { usageBytes: 310 * MIB, fileBytes: 0, limitBytes: 300 * MIB }, 0],
  ['never more than the limit', { usageBytes: MIB, fileBytes: 2 * MIB, limitBytes: 300 * MIB }, 300 * MIB],
  ['no limit', { limitBytes: 'max', limitedBy: null }, null],
  ['unknown', { usageBytes: null }, null],
  ['file pages unknown', { fileBytes: null }, null],
  ['a limit that others use up too', { limitedBy: '/' }, null],
] as const)('room before the kernel kills: %s', (_name, changes, room) => {
  expect(roomBeforeOom({ ...memory, ...changes }, ['/a'])).toBe(room);
});

test('the largest processes are its own, with memory that could be read', () => {
  const processes = [
    processFixture({ pid: 1, rssBytes: 5 }),
    processFixture({ pid: 4, rssBytes: 9 }),
    processFixture({ pid: 3, rssBytes: 9 }),
    processFixture({ pid: 5, rssBytes: null }),
    processFixture({ pid: 6, rssBytes: 0 }),
    processFixture({ pid: 7, rssBytes: 99, joined: true }),
  ];
  expect(largestProcesses(processes, 2).map(({ pid }) => pid)).toEqual([3, 4]);
  expect(largestProcesses(processes, 9).map(({ pid }) => pid)).toEqual([3, 4, 1]);
});
