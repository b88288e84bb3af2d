import { spawn } from 'node:child_process';

/** How this program is started again: the interpreter, its script, and the global flags it was given. */
export type Reentry = { readonly file: string; readonly args: readonly string[] };

const MOST_BYTES = 4096;
/** Making the built-in image for the first time takes seconds, on a slow disk many. */
const MOST_MS = 180_000;

/** Runs `nsview` with these words to its end. Null: it did what it should; else what it said against it, in one line. */
export function runAgain({ file, args }: Reentry, words: readonly string[]): Promise<string | null> {
  const child = spawn(file, [...args, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: MOST_MS,
    // Ctrl-C on our terminal is for us alone.
    detached: true,
  });
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => {
    told = (told + chunk.toString()).slice(0, MOST_BYTES);
  });
  return new Promise((resolve) => {
    child.on('error', ({ message }) => resolve(message));
    child.on('close', (code) => resolve(code === 0 ? null : firstLine(told) || `it ended with ${code}`));
  });
}

/** `nsview: WHAT: WHY`, without the name of the program. */
export function firstLine(told: string): string {
  const [line = ''] = told.trim().split('\n');
  return line.replace(/^nsview: /, '');
}
