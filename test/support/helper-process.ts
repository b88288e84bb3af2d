import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const helperFile = fileURLToPath(new URL('../../native/build/nsview-init', import.meta.url));

/** Starts nsview-init itself on these bytes, with no launcher between, which would take longer than the start does. */
export function spawnHelper(plan: Buffer, file: string = helperFile): ChildProcess {
  const helper = spawn(file, ['run', 'test'], { stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'], env: {} });
  const control = helper.stdio[3] as Duplex;
  control.on('error', () => {});
  control.write(plan);
  return helper;
}

export type HelperResult = {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it said on descriptor 4. */
  readonly lines: readonly string[];
};

/** The same to its end. With `cut`, the launcher's side is closed after the plan. */
export async function runHelper(plan: Buffer, file?: string, cut = false): Promise<HelperResult> {
  const helper = spawnHelper(plan, file);
  const streams = [helper.stdout, helper.stderr, helper.stdio[4] as Readable];
  if (cut) (helper.stdio[3] as Duplex).end();
  const texts = streams.map(async (stream) => (await stream?.setEncoding('utf8').toArray())?.join('') ?? '');
  const status = await new Promise<number | null>((resolve) => helper.on('close', resolve));
  const [stdout = '', stderr = '', said = ''] = await Promise.all(texts);
  return { status, stdout, stderr, lines: said.split('\n').filter((line) => line !== '') };
}
