import { expect, it } from 'vitest';
import { engineFlags } from '../../src/actions/limit-update.ts';

it.each([
  [
    ['--cpus', '0.5', '--pids-limit', '9'],
    ['--cpus', '0.5', '--pids-limit', '9'],
  ],
  [
    ['--cpus', 'max'],
    ['--cpu-quota', '-1'],
  ],
  // docker-update(1): a size in bytes; -1 for swap alone.
  [
    ['--memory', 'max', '--memory-swap', 'max'],
    ['--memory', '9223372036854771712', '--memory-swap', '-1'],
  ],
  [
    ['--cpuset-cpus', '0', '--pids-limit', 'max'],
    ['--cpuset-cpus', '0', '--pids-limit', '-1'],
  ],
])('%j is asked of an engine by %j', (flags, engines) => {
  expect(engineFlags(flags)).toEqual(engines);
});
