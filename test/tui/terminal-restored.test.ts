import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { childrenOf } from '../support/engines/children.ts';
import { launcher } from '../support/nsview.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const workDir = makeWorkDir();
const modes = (name: string) => readFileSync(path.join(workDir, name), 'utf8');

/** A shell that notes the terminal's modes before and after nsview. */
const script = `cd ${workDir}; stty -a >before; "$0" --engine none; status=$?; stty -a >after; echo "status $status"`;

describe('the terminal afterwards is as before', () => {
  let terminal: Terminal;
  afterEach(() => terminal.close());
  afterAll(() => removeWorkDir(workDir));

  const opened = async (): Promise<number> => {
    terminal = openTerminal({ command: ['sh', '-c', script, launcher] });
    await terminal.waitFor('nsview');
    await terminal.waitFor(/quit/);
    return childrenOf(terminal.pid)[0] ?? 0;
  };
  const expectRestored = () => {
    expect(modes('after')).toBe(modes('before'));
    expect(terminal.isAlternate()).toBe(false);
    expect(terminal.isCursorShown()).toBe(true);
    expect(terminal.hasMouse()).toBe(false);
  };

  it('after q', async () => {
    await opened();
    terminal.type('q');
    await terminal.waitFor('status 0');
    expectRestored();
  });

  it('after Ctrl-C', async () => {
    await opened();
    terminal.press('ctrl-c');
    await terminal.waitFor(/status (0|130)/);
    expectRestored();
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
    ['SIGKILL', 137],
  ] as const)('after %s', async (signal, status) => {
    process.kill(await opened(), signal);
    await terminal.waitFor(`status ${status}`);
    await terminal.waitFor(() => !terminal.isAlternate() && terminal.isCursorShown());
    expectRestored();
  });

  it('while it is stopped with Ctrl-Z, and after fg and q', async () => {
    terminal = openTerminal({ command: ['bash', '--norc', '--noprofile', '-i'], env: { PS1: 'ready> ' } });
    await terminal.waitFor('ready>');
    terminal.type(`cd ${workDir}; stty -a >before; ${launcher} --engine none\r`);
    await terminal.waitFor(/quit/);
    terminal.press('ctrl-z');
    await terminal.waitFor('Stopped');
    terminal.type('stty -a >after; echo "noted"; fg\r');
    await terminal.waitFor(() => terminal.isAlternate());
    await terminal.waitFor(/quit/);
    terminal.type('q');
    await terminal.waitFor('noted');
    const stopped = modes('after');
    terminal.type('stty -a >after; echo "over"\r');
    await terminal.waitFor(/^over/m);
    expectRestored();
    expect(stopped).toBe(modes('before'));
  });
});
