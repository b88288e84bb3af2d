import { moveTo, rowChanges } from './row-changes.ts';

/** Puts lines on a screen whose cursor is in its upper left corner, where it stays. */
export type Printer = {
  /** Lines of the full width, for every row of the screen. Only what changed of them is written. */
  readonly print: (lines: readonly string[]) => void;
  /** What is on the screen is no longer what was printed: the next lines are all written. */
  readonly forget: () => void;
};

/** Synchronized output, so that no half frame is seen: https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036 */
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';
const HOME = '\u001b[H';

export function createPrinter(write: (text: string) => void): Printer {
  let shown: readonly string[] = [];
  return {
    print: (lines) => {
      const before = lines.length === shown.length ? shown : [];
      const changes = lines
        .map((line, index) => {
          const old = before[index];
          const y = index + 1;
          return line === old ? '' : old === undefined ? moveTo(1, y) + line : rowChanges(old, line, y);
        })
        .join('');
      shown = lines;
      if (changes !== '') {
        write(BEGIN + changes + HOME + END);
      }
    },
    forget: () => {
      shown = [];
    },
  };
}
