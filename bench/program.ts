import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cleanEnvironment } from '../test/support/command.ts';

export type Command = readonly [string, ...string[]];

/** Milliseconds that a whole program takes, without blocking this process meanwhile; it must end well. */
export async function milliseconds([file, ...args]: Command): Promise<number> {
  const start = performance.now();
  // Not with pipes: runc and crun leave them to a detached container, and they would never close.
  const child = spawn(file, args, { env: cleanEnvironment, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'close');
  if (code !== 0) {
    throw new Error(`${file} ${args.join(' ')}: ${code}`);
  }
  return performance.now() - start;
}
