import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installRequirements } from './test/requirements.ts';

/**
 * `npm start`: builds, and opens the dashboard. Where no container runs it starts the demo containers first, so that
 * there is something to see, and says how they are removed.
 */

const NSVIEW = fileURLToPath(new URL('../bin/nsview', import.meta.url));
const args = process.argv.slice(2);

/** Runs a command of the program just built; its exit status, and what it printed where that was asked for. */
function nsview(
  words: readonly string[],
  output: 'shown' | 'taken',
): { readonly status: number; readonly text: string } {
  const { status, stdout } = spawnSync(NSVIEW, words, {
    stdio: ['inherit', output === 'shown' ? 'inherit' : 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  return { status: status ?? 1, text: stdout ?? '' };
}

installRequirements(['gcc', 'libc6-dev', 'make']);
await import('./build.ts');

const isDashboard = process.stdin.isTTY === true && process.stdout.isTTY === true && args.length === 0;
const isEmpty = isDashboard && nsview(['ps', '-q'], 'taken').text.trim() === '';
if (isEmpty) {
  console.log('No container runs here: starting the demo containers. Later: bin/nsview demo --rm removes them.\n');
  nsview(['demo'], 'shown');
}
process.exitCode = nsview(args, 'shown').status;
if (isEmpty) {
  console.log('The demo containers still run. This removes them: bin/nsview demo --rm');
}
