import { defineConfig } from 'vitest/config';
import { closingLine } from './test/support/closing-line.ts';

/** Lanes that need a real host: one file after the other, since they all look at the same processes and cgroups. */
const onRealHost = {
  fileParallelism: false,
  testTimeout: 60_000,
  hookTimeout: 180_000,
  globalSetup: './test/support/engines/docker-for-lane.ts',
};

export default defineConfig({
  test: {
    reporters: ['default', closingLine()],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/{frames,system,tui,vm}/**'],
        },
      },
      { test: { name: 'frames', include: ['test/frames/**/*.test.{ts,tsx}'] } },
      { test: { name: 'system', include: ['test/system/**/*.system.test.ts'], ...onRealHost } },
      { test: { name: 'tui', include: ['test/tui/**/*.test.ts'], ...onRealHost } },
    ],
  },
});
