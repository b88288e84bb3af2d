import { expect, it } from 'vitest';
import { containerMemberships } from '../../../src/model/discovery/container-memberships.ts';
import { scanned } from '../../support/processes.ts';

const GROUPS = { memory: '/engine/web', pids: '/engine/web', '': '/' };
/** Where v1 puts what ended: in the root of each tree. */
const ENDED = { memory: '/', pids: '/', '': '/' };
const member = (pid: number, state: string, cgroup: typeof GROUPS, threads = 1) =>
  [pid, scanned({ pid, state, cgroup, threads })] as const;
const pathsOf = (...members: readonly (readonly [number, ReturnType<typeof scanned>])[]) =>
  containerMemberships({ key: 'mnt:7', id: null, init: 10, pids: members.map(([pid]) => pid) }, new Map(members)).map(
    ({ path }) => path,
  );

it.each([
  ['its init', pathsOf(member(10, 'S', GROUPS), member(11, 'S', ENDED))],
  ['what lives, where its init is a zombie', pathsOf(member(10, 'Z', ENDED), member(11, 'S', GROUPS))],
  ['an init of which other threads live', pathsOf(member(10, 'Z', GROUPS, 2), member(11, 'S', ENDED))],
])('the groups of a container are those of %s', (_, paths) => {
  expect(paths).toEqual(['/engine/web', '/engine/web', '/']);
});
