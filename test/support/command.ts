import { existsSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';

/** Debian keeps daemons and low-level tools where an ordinary user's PATH does not look. */
const directories = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];

/** The environment for every program a test starts: no proxy certificates, no settings of the person who runs it. */
export const cleanEnvironment = {
  PATH: directories.join(':'),
  HOME: process.env['HOME'] ?? '/root',
  LANG: 'C.UTF-8',
  DOCKER_BUILDKIT: '0',
  ...(process.env['NSVIEW_TEST_RUN'] === undefined ? {} : { NSVIEW_TEST_RUN: process.env['NSVIEW_TEST_RUN'] }),
};

/** Whether a program can be started by its bare name. */
export function isInstalled(program: string): boolean {
  return directories.some((directory) => existsSync(path.join(directory, program)));
}

/** Runs a program to its end. Returns stdout; rejects with its stderr if it fails or takes more than a minute. */
export async function run(file: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await execa(file, args, {
    env: cleanEnvironment,
    extendEnv: false,
    stdin: 'ignore',
    timeout: 60_000,
  });
  return stdout;
}
