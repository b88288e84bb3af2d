import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { spawn } from '@lydell/node-pty';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SecurityOptions } from '../../src/runtime/security/security-defaults.ts';
import { type Attacked, makeAttacked } from '../support/attack/confined.ts';
import { cleanEnvironment, isInstalled } from '../support/command.ts';
import type { SpecChanges } from '../support/container-spec.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const EPERM = 1;
const EIO = 5;
const TIOCSTI = '0x5412';

/** Kernels since 6.2 can be told to know TIOCSTI no more. */
const legacy = '/proc/sys/dev/tty/legacy_tiocsti';
const typing = existsSync(legacy) && readFileSync(legacy, 'utf8').trim() === '0' ? EIO : 0;

const workDir = makeWorkDir();
afterAll(() => removeWorkDir(workDir));

/** A program on a terminal of its own: what it wrote and how it ended. */
async function onTerminal(program: string, ...args: readonly string[]) {
  const { promise, resolve } = Promise.withResolvers<number>();
  const terminal = spawn(program, [...args], { env: cleanEnvironment, cwd: '/' });
  let output = '';
  terminal.onData((text) => {
    output += text;
  });
  terminal.onExit(({ exitCode }) => resolve(exitCode));
  return { code: await promise, output: output.trim().split(/\r?\n/) };
}

describe.skipIf(!isInstalled('cc') || process.getuid?.() !== 0)('a container that attacks its terminal', () => {
  let attacked: Attacked;
  beforeAll(async () => {
    attacked = await makeAttacked(workDir);
  });

  function confined(argv: readonly string[], options: Partial<SecurityOptions>, changes: SpecChanges) {
    return onTerminal(...attacked.commandFor(attacked.spec(options, { ...changes, process: { argv } })));
  }

  const own: SpecChanges = { terminal: { tty: true, stdin: true } };
  const hosts: SpecChanges = { terminal: { tty: false, stdin: true } };

  it('has a console that is its own pseudo-terminal', async () => {
    const look = 'tty; stat -c "%t %T" /dev/console; stat -f -c %t /dev/console; ls /dev/pts';
    const { output } = await confined(['sh', '-c', look], {}, own);
    expect(output).toEqual(['/dev/pts/0', '88 0', '1cd1', expect.stringMatching(/^0 +ptmx$/)]);
  });

  it('types nothing into it', async () => {
    expect((await confined(['attack', 'type', TIOCSTI], {}, own)).code).toBe(EPERM);
    expect((await confined(['attack', 'type', '0x100005412'], {}, own)).code).toBe(EPERM);
    expect((await confined(['attack', 'type', TIOCSTI], { seccomp: { kind: 'unconfined' } }, own)).code).toBe(typing);
  });

  it("types nothing into the host's, with or without the filter", async () => {
    expect((await confined(['attack', 'type', TIOCSTI], {}, hosts)).code).toBe(EPERM);
    expect((await confined(['attack', 'type', TIOCSTI], { seccomp: { kind: 'unconfined' } }, hosts)).code).not.toBe(0);
    expect((await onTerminal(path.join(attacked.rootfs, 'bin/attack'), 'type', TIOCSTI)).code).toBe(typing);
  });

  it("has not the host's for its controlling terminal", async () => {
    const write = ['sh', '-c', 'echo written > /dev/tty'];
    expect((await confined(write, {}, hosts)).code).not.toBe(0);
    expect((await onTerminal('sh', ...write.slice(1))).output).toEqual(['written']);
  });
});
