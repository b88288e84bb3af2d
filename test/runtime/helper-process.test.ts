import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type HelperProcess, startHelperProcess } from '../../src/runtime/helper-process.ts';

type Ended = { readonly text: string; readonly code: number | null; readonly signal: number | null };

/** A shell stands in for the helper: it has its descriptors and its words. */
function start(script: string, detached = false): { readonly helper: HelperProcess; readonly ended: Promise<Ended> } {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  let text = '';
  const helper = startHelperProcess('/bin/sh', ['-c', script], detached, {
    onText: (piece) => {
      text += piece;
      return false;
    },
    onEnd: (code, signal) => resolve({ text, code, signal }),
  });
  if (!('pid' in helper)) {
    throw new Error(helper.detail);
  }
  return { helper, ended: promise };
}

/** proc_pid_stat(5): the session is the sixth field. */
function sessionIn(stat: string): string | undefined {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3];
}

describe('startHelperProcess', () => {
  it('gives the helper what is sent, and tells all that it says, then its exit status', async () => {
    const { helper, ended } = start('read word <&3; echo "$word" >&4; exit 3');
    helper.send(Buffer.from('done\n'));
    expect(await ended).toEqual({ text: 'done\n', code: 3, signal: null });
    expect(existsSync(`/proc/${helper.pid}`)).toBe(false);
  });

  it('takes more than a socket holds at once, both ways', async () => {
    const size = 3_000_000;
    const { helper, ended } = start(`head -c ${size} <&3 >&4`);
    helper.send(Buffer.alloc(size, 'x'));
    const { text, code } = await ended;
    expect(code).toBe(0);
    expect(text).toBe('x'.repeat(size));
  });

  it('tells the signal that ended it, and signals nobody afterwards', async () => {
    const { helper, ended } = start('read word <&3');
    helper.kill('SIGTERM');
    expect(await ended).toEqual({ text: '', code: null, signal: 15 });
    helper.kill('SIGTERM');
    helper.send(Buffer.from('late\n'));
    helper.hangUp();
    helper.hangUp();
  });

  it('is gone for the helper once it hangs up', async () => {
    const { helper, ended } = start('read word <&3 || exit 4');
    helper.hangUp();
    expect((await ended).code).toBe(4);
  });

  it('starts a detached one in a session of its own, with nothing of our streams', async () => {
    const say = 'cat /proc/self/stat >&4; for fd in 0 1 2; do at=$(readlink /proc/$$/fd/$fd); echo $at >&4; done';
    const [ours, theirs] = await Promise.all([start(say).ended, start(say, true).ended]);
    const [stat = '', ...streams] = theirs.text.trim().split('\n');
    expect(sessionIn(ours.text)).toBe(sessionIn(readFileSync('/proc/self/stat', 'utf8')));
    expect(sessionIn(stat)).not.toBe(sessionIn(ours.text));
    expect(streams).toEqual(['/dev/null', '/dev/null', '/dev/null']);
  });

  it('ignores no signal that programs know, blocks none, and gives away no environment', async () => {
    const { text } = await start("cat /proc/self/status >&4; tr '\\0' '\\n' < /proc/$$/environ >&4").ended;
    const mask = (name: string) => BigInt(`0x${new RegExp(`^${name}:\\s*(\\w+)$`, 'm').exec(text)?.[1]}`);
    // The C library keeps signals 32 and 33 to itself, whoever starts a process; the helper sets them back.
    expect(mask('SigIgn') & ~0x180000000n).toBe(0n);
    expect(mask('SigBlk')).toBe(0n);
    expect(text.trim().split('\n').at(-1)).toMatch(/^nonvoluntary_ctxt_switches/);
  });

  it('says why one cannot be started', () => {
    const listener = { onText: () => false, onEnd: () => {} };
    expect(startHelperProcess('/nowhere/nsview-init', [], false, listener)).toEqual({
      error: 'ENOENT',
      detail: '/nowhere/nsview-init',
    });
  });
});
