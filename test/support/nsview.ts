import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { z } from 'zod';
import { cleanEnvironment } from './command.ts';

/** The launcher of this checkout; it runs the bundle in dist. */
export const launcher = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../bin/nsview');

export type NsviewResult = { readonly stdout: string; readonly stderr: string; readonly exitCode: number | undefined };

/** Runs the built program as a user would; `command` where another program starts it (`setpriv … nsview`). */
export async function nsview(
  args: readonly string[],
  command: readonly [string, ...string[]] = [launcher],
): Promise<NsviewResult> {
  const [file, ...rest] = [...command, ...args] as [string, ...string[]];
  const { stdout, stderr, exitCode } = await execa(file, rest, {
    env: cleanEnvironment,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    timeout: 60_000,
  });
  return { stdout, stderr, exitCode };
}

/** Runs a command with `--json`, which must end well and print what its schema says. */
export async function nsviewJson<S extends z.ZodType>(
  schema: S,
  args: readonly string[],
  command?: readonly [string, ...string[]],
): Promise<z.infer<S>> {
  const { stdout, stderr, exitCode } = await nsview([...args, '--json'], command);
  if (exitCode !== 0) throw new Error(`nsview ${args.join(' ')} ended with ${exitCode}: ${stderr}`);
  return schema.parse(JSON.parse(stdout));
}
