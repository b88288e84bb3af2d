import { describe, expect, it } from 'vitest';
import { type DaemonMemory, remember } from '../../../src/model/procview/daemon-memory.ts';
import type { LxcfsOptions, ViewInput } from '../../../src/model/procview/input.ts';
import type { LoadCount } from '../../../src/model/procview/loadavg.ts';
import { viewOf } from '../../../src/model/procview/view.ts';
import { EMPTY_INPUT, fixture, PACKAGED, straced } from '../../support/lxcfs-captures.ts';

const FULL: LxcfsOptions = { ...PACKAGED, loadavg: true, cfs: true };
const LXCFS = { release: '5.0.3', options: FULL } as const;
const SECOND = 1_000_000;

/** Looks again and again; what is remembered goes through JSON, as it does in a recording. */
function watcher(options: LxcfsOptions = FULL) {
  const lxcfs = { ...LXCFS, options };
  let memory: DaemonMemory | null = null;
  return (file: 'stat' | 'loadavg', input: ViewInput, atUs: number, count: () => LoadCount | null = () => null) => {
    const { history, after } = remember(memory, { input, lxcfs, nowUs: atUs }, count);
    memory = JSON.parse(JSON.stringify(after));
    return viewOf(file, input, lxcfs, JSON.parse(JSON.stringify(history)));
  };
}

const inGroup = (pid: number, cpu = '/x'): ViewInput => ({ ...EMPTY_INPUT, viewer: { pid, paths: { cpu } } });

describe('what a daemon remembers', () => {
  it('is the CPU time of the reads before, as lxcfs 5.0.3 answered them', () => {
    const look = watcher();
    for (const { name, input, expected } of straced('b-full').filter(({ file }) => file === 'stat')) {
      expect(look('stat', input, 0), name).toBe(expected);
    }
  });

  it('is the load of five frozen threads, every five seconds, as lxcfs 5.0.3 answered', () => {
    const { init, pids, seen } = JSON.parse(fixture('b-loadavg/frozen-loadavg.json'));
    const look = watcher();
    const count = () => ({ active: pids.length, total: pids.length, last: Math.max(...pids) });
    const texts = Array.from({ length: 16 }, (_, second) => look('loadavg', inGroup(init), second * SECOND, count));
    expect([...new Set(texts)]).toEqual(seen.slice(0, 4).map(({ text }: { text: string }) => text));
    expect(texts.slice(0, 6)).toEqual([...Array(5).fill(texts[0]), texts[5]]);
  });

  it('is the load of running and waiting threads, as lxcfs found them', () => {
    const { init, outs, cycles } = JSON.parse(fixture('b-loadavg/loadavg.json'));
    type Task = { readonly state: string; readonly tid: number };
    const counts = cycles.map(({ tasks }: { tasks: readonly Task[] }) => ({
      active: tasks.filter(({ state }) => state === 'R' || state === 'D').length,
      total: tasks.length,
      last: Math.max(...tasks.map(({ tid }) => tid)),
    }));
    const look = watcher();
    const texts = [null, ...counts].map((count, index) =>
      look('loadavg', inGroup(init), index * 5 * SECOND, () => count),
    );
    const seen = [...new Set<string>(outs.map(({ out }: { out: string }) => out))];
    expect(texts.slice(0, seen.length)).toEqual(seen);
  });

  it('goes on by as many periods as passed without a look, and keeps their beat', () => {
    const one = { active: 1, total: 1, last: 9 };
    const often = watcher();
    const seldom = watcher();
    const at = (look: ReturnType<typeof watcher>, second: number) =>
      look('loadavg', inGroup(9), second * SECOND, () => one);
    for (let second = 0; second <= 23; second += 1) at(often, second);
    at(seldom, 0);
    expect(at(seldom, 23)).toBe(at(often, 23));
    expect(at(seldom, 25)).toBe(at(often, 25));
  });

  it('begins anew where nothing was left in the group, and in another group', () => {
    const one = { active: 1, total: 1, last: 9 };
    const first = '0.00 0.00 0.00 0/1 9\n';
    const look = watcher();
    look('loadavg', inGroup(9), 0);
    expect(look('loadavg', inGroup(9), 5 * SECOND, () => one)).not.toBe(first);
    expect(look('loadavg', inGroup(9), 10 * SECOND, () => null)).toBe(first);
    expect(look('loadavg', inGroup(9), 15 * SECOND, () => one)).not.toBe(first);
    expect(look('loadavg', inGroup(9, '/y'), 20 * SECOND, () => one)).toBe(first);
  });

  it('may have lost its figures in a recording', () => {
    const [first] = straced('b-full').filter(({ file }) => file === 'stat');
    if (first === undefined) throw new Error('no capture');
    const lost = { user: 'w1', system: '', idle: '-' };
    const stat = { usage: [lost], view: [lost] };
    expect(viewOf('stat', first.input, LXCFS, { stat, load: null })).toMatch(/^cpu {2}\d+ 0 \d+ \d+ 0/);
  });

  it('is nothing without the flags, and no thread is looked at', () => {
    const look = watcher(PACKAGED);
    const input = { ...inGroup(9), host: { loadavg: '1.00 1.00 1.00 1/9 9\n' } };
    const never = () => {
      throw new Error('threads were counted');
    };
    for (const at of [0, 60 * SECOND]) expect(look('loadavg', input, at, never)).toBe(input.host.loadavg);
  });
});
