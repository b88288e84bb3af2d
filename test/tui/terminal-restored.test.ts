import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { encodeBlock, packText } from '../../src/recording/block.ts';
import { openRecording } from '../../src/recording/read-recording.ts';
import { childrenOf } from '../support/engines/children.ts';
import { launcher, nsview } from '../support/nsview.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const workDir = makeWorkDir();
const modes = (name: string) => readFileSync(path.join(workDir, name), 'utf8');

/** A shell that notes the terminal's modes before and after nsview. */
const scriptOf = (words: string) =>
  `cd ${workDir}; stty -a >before; "$0" ${words}; status=$?; stty -a >after; echo "status $status"`;
const script = scriptOf('--engine none');

/** After SIGKILL somebody else gives the terminal back, a moment later. */
const waitingScript = `cd ${workDir}; stty -a >before; "$0" --engine none
until stty -a >after; cmp -s before after; do sleep 0.05; done; echo "modes as before"`;

/** What stands in the header once a second look has told how much we cost. */
const live = /self \d/;

describe('the terminal afterwards is as before', () => {
  let terminal: Terminal;
  afterEach(() => terminal.close());
  afterAll(() => removeWorkDir(workDir));

  const opened = async (shellScript = script): Promise<number> => {
    terminal = openTerminal({ command: ['sh', '-c', shellScript, launcher] });
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
  ] as const)('after %s as soon as there is a picture', async (signal, status) => {
    process.kill(await opened(), signal);
    await terminal.waitFor(`status ${status}`);
    expectRestored();
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('after %s while it is live', async (signal, status) => {
    const pid = await opened();
    await terminal.waitFor(live);
    process.kill(pid, signal);
    await terminal.waitFor(`status ${status}`);
    expectRestored();
  });

  it('after a signal during a replay, with its status', async () => {
    const file = path.join(workDir, 'kept.recording');
    await nsview(['--engine', 'none', 'record', file, '-n', '2', '-i', '200ms']);
    const pid = await opened(scriptOf(`replay ${file}`));
    await terminal.waitFor('REPLAY');
    process.kill(pid, 'SIGTERM');
    await terminal.waitFor('status 143');
    expectRestored();
  });

  it('after a sample of a recording that cannot be read, with what is wrong on it', async () => {
    const file = path.join(workDir, 'spoilt.recording');
    await nsview(['--engine', 'none', 'record', file, '-n', '1']);
    const [first] = openRecording(file).moments;
    const later = { wallMs: (first?.wallMs ?? 0) + 1000, monotonicUs: (first?.monotonicUs ?? 0) + 1_000_000 };
    appendFileSync(file, encodeBlock('whole', later, packText('{}', null)));
    await opened(scriptOf(`replay ${file}`));
    await terminal.waitFor('status 1');
    expect(terminal.screen().join(' ')).toMatch(/spoilt.recording: sample 2 of it is none of nsview: it has no +at/);
    expectRestored();
  });

  it('after SIGKILL', async () => {
    const pid = await opened(waitingScript);
    await terminal.waitFor(live);
    process.kill(pid, 'SIGKILL');
    await terminal.waitFor(() => !terminal.isAlternate());
    await terminal.waitFor('modes as before');
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
