import type { Reporter } from 'vitest/node';

/**
 * Vitest's own summary names no skipped test. This reporter says what was skipped and why, and closes with one line
 * alone: `N passed, N failed, N skipped`. A file that does not load and an error outside any test count as failed.
 */
export function closingLine(): Reporter {
  return {
    onTestRunEnd(modules, unhandled) {
      const counts = { passed: 0, failed: unhandled.length, skipped: 0 };
      for (const module of modules) {
        counts.failed += module.errors().length;
        for (const test of module.children.allTests()) {
          const result = test.result();
          if (result.state === 'passed') counts.passed++;
          else if (result.state === 'failed') counts.failed++;
          else {
            counts.skipped++;
            const note = result.state === 'skipped' ? result.note : undefined;
            console.log(`skipped: ${test.fullName}: ${note ?? 'not chosen'}`);
          }
        }
      }
      console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    },
  };
}
