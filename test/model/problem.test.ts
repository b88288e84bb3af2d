import { describe, expect, it } from 'vitest';
import { problemOf } from '../../src/model/problem.ts';
import { garbled, gone } from '../../src/model/reading.ts';

describe('problemOf', () => {
  it('says nothing of what has ended', () => {
    expect(problemOf(gone, '/proc/42/stat')).toBeNull();
  });

  it.each([
    ['/proc/42/ns/mnt', 'EACCES', 'CAP_SYS_PTRACE'],
    ['/proc/42/fd', 'EACCES', 'CAP_SYS_PTRACE'],
    ['/proc/42/task/43/ns/net', 'EACCES', 'CAP_SYS_PTRACE'],
    ['/proc/42/stat', 'EPERM', 'hidepid'],
    ['/run/docker.sock', 'EACCES', 'as root'],
  ] as const)('names the remedy for %s', (path, code, word) => {
    const problem = problemOf({ status: 'denied', path, code }, '/asked');
    expect(problem).toMatchObject({ path, code });
    expect(problem?.remedy).toContain(word);
  });

  it.each([
    ['/sys/fs/cgroup/a/cpu.pressure', 'EOPNOTSUPP', 'switched off', 'psi=1'],
    ['/sys/fs/cgroup/a/memory.current', 'ENOENT', 'not enabled', 'memory controller'],
    ['/sys/fs/cgroup/memory/a/memory.memsw.limit_in_bytes', 'ENOENT', 'not enabled', 'swapaccount=1'],
    ['/proc/self/timens_offsets', 'ENOENT', 'no such file', null],
  ])('tells what %s lacks', (path, code, message, remedy) => {
    const problem = problemOf({ status: 'unsupported', path, code }, path);
    expect(problem?.message).toContain(message);
    if (remedy === null) {
      expect(problem?.remedy).toBeNull();
    } else {
      expect(problem?.remedy).toContain(remedy);
    }
  });

  it('quotes a garbled line so that it cannot move the cursor', () => {
    expect(problemOf(garbled('/sys/fs/cgroup/cpu.stat', 'usage\u001b[2J'), '')?.message).toContain('\\u001b');
  });
});
