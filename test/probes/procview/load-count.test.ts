import { expect, it } from 'vitest';
import { readLoadCount } from '../../../src/probes/procview/load-count.ts';
import { memoryHost } from '../../support/memory-host.ts';

const GROUP = '/sys/fs/cgroup/cpu/x';
const procs = (below: string, text: string) => `=== sys/fs/cgroup/cpu/x${below}/cgroup.procs\n${text}`;
const thread = (pid: number, tid: number, comm: string, state: string) =>
  `=== proc/${pid}/task/${tid}/stat\n${tid} (${comm}) ${state} 1 1 1 0 -1 0\n`;

it('counts threads that run or wait for a device, of the group and three levels below it', () => {
  const host = memoryHost(
    procs('', '40\n') +
      procs('/a', '41\n') +
      procs('/a/b.scope', '42\n') +
      procs('/a/b.scope/c', '43\n') +
      procs('/a/b.scope/c/d', '44\n') +
      thread(40, 40, 'x', 'S') +
      thread(40, 45, 'a) R (b', 'D') +
      thread(41, 41, 'x', 'R') +
      thread(42, 42, 'R D', 'Z') +
      thread(43, 43, 'x', 'R') +
      thread(44, 99, 'x', 'R'),
  );
  expect(readLoadCount(host, GROUP)).toEqual({ active: 3, total: 5, last: 45 });
});

it('has no load where no process is, and counts no thread of one that ended meanwhile', () => {
  expect(readLoadCount(memoryHost(procs('', '')), GROUP)).toBeNull();
  expect(readLoadCount(memoryHost(''), GROUP)).toBeNull();
  expect(readLoadCount(memoryHost(procs('', '40\n')), GROUP)).toEqual({ active: 0, total: 0, last: 0 });
});
