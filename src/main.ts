import process from 'node:process';

/** `engines` of package.json: what the rest needs even to be parsed is not loaded before this was asked. */
const OLDEST_NODE = 22;

/** Everything that ends the program comes through here: nothing below calls `exit` but a closed pipe. */
async function start(): Promise<number> {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    process.stderr.write(
      `nsview: cannot start: Node ${process.versions.node} is too old\nInstall Node ${OLDEST_NODE} or newer.\n`,
    );
    return 1;
  }
  const { runProgram } = await import('./cli/program.ts');
  return runProgram(process.argv.slice(2));
}

const status = await start();
// Node gives a child that it starts a socket for a pipe, and what is written to a socket is not yet gone.
await new Promise((resolve) => process.stdout.write('', resolve));
// An engine's idle connection must not keep a finished command waiting.
process.exit(status);
