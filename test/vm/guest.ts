import { startVitest } from 'vitest/node';
import { closingLine } from '../support/closing-line.ts';

/** Runs the tests of this folder, or those whose names say what was given, in one process: inside the cgroup v2 kernel a start of Node takes a second. */
const vitest = await startVitest('test', process.argv.slice(2), {
  config: false,
  watch: false,
  include: ['test/vm/*.vm.test.ts'],
  pool: 'threads',
  isolate: false,
  fileParallelism: false,
  testTimeout: 90_000,
  hookTimeout: 120_000,
  reporters: ['verbose', closingLine()],
});
await vitest.close();
process.exit(process.exitCode ?? 0);
