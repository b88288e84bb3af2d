import { describe, expect, it } from 'vitest';
import { type LxcfsOptions, VIEW_FILES, type ViewInput } from '../../../src/model/procview/input.ts';
import { firstLoad, loadavgView, nextLoad } from '../../../src/model/procview/loadavg.ts';
import { parseLxcfsFlags } from '../../../src/model/procview/options.ts';
import { statView } from '../../../src/model/procview/stat.ts';
import type { StatRecord } from '../../../src/model/procview/stat-view.ts';
import { NO_HISTORY, viewOf } from '../../../src/model/procview/view.ts';
import {
  bootTime,
  type Capture,
  EMPTY_INPUT,
  fixture,
  initStat,
  madeUp,
  PACKAGED,
  straced,
  umlCaptures,
} from '../../support/lxcfs-captures.ts';

const FULL: LxcfsOptions = { ...PACKAGED, loadavg: true, cfs: true };

function served({ file, input }: Capture, options: LxcfsOptions): string | null {
  return viewOf(file, input, { release: '5.0.3', options }, NO_HISTORY);
}

/** The capture does not say when exactly uptime was asked: some millisecond after the host's file was read. */
function uptimesNear(capture: Capture, fromSeconds: number): readonly (string | null)[] {
  return Array.from({ length: 3000 }, (_, ms) => {
    const seconds = (fromSeconds + ms / 1000).toFixed(3);
    return served({ ...capture, input: { ...capture.input, bootTime: bootTime(seconds) } }, PACKAGED);
  });
}

describe('what lxcfs 5.0.3 was seen to read and to answer', () => {
  const plain = ['a-base', 'docker-base', 'hostpid-base'].flatMap((name) => straced(name));

  it.each(plain.filter(({ file }) => file !== 'uptime'))('$name', (capture) => {
    expect(served(capture, PACKAGED)).toBe(capture.expected);
  });

  it.each([...plain, ...straced('b-full')].filter(({ file }) => file === 'uptime'))('$name', (capture) => {
    const host = Number(capture.input.host.uptime?.split(' ')[0]);
    expect(uptimesNear(capture, host - 0.01)).toContain(capture.expected);
  });

  it.each(straced('b-full').filter(({ file }) => file !== 'uptime' && file !== 'stat'))('$name', (capture) => {
    expect(served(capture, FULL)).toBe(capture.expected);
  });

  it('b-full: three reads of stat that follow each other', () => {
    let record: StatRecord | null = null;
    for (const { name, input, expected } of straced('b-full').filter(({ file }) => file === 'stat')) {
      const answer = statView(input, '5.0.3', FULL, record);
      expect(answer.text, name).toBe(expected);
      record = answer.record;
    }
  });
});

describe('what lxcfs 5.0.3 answered to made-up states', () => {
  const files = ['meminfo', 'swaps', 'cpuinfo', 'uptime', 'stat'] as const;

  it.each(['v1-plain.jsonl', 'v1-cfs.jsonl'])('%s', (name) => {
    const records = new Map<string, StatRecord | null>();
    for (const { seq, mode, cg, input, real } of madeUp(name)) {
      const options = mode === 'view' ? { ...PACKAGED, cfs: true } : PACKAGED;
      const stat = records.get(`${seq} ${cg}`) ?? null;
      for (const file of files) {
        const text = viewOf(file, input, { release: '5.0.3', options }, { ...NO_HISTORY, stat });
        expect(text, `${name} ${seq} ${file}`).toBe(real[file]);
      }
      expect(viewOf('cpu/online', input, { release: '5.0.3', options }, NO_HISTORY)).toBe(real['online']);
      records.set(`${seq} ${cg}`, statView(input, '5.0.3', options, stat).record);
    }
  });

  it('v2.jsonl, of 5.0.3 and 7.0.0', () => {
    const states = fixture('synthetic-inputs/v2.jsonl').trim().split('\n');
    expect(states).toHaveLength(30);
    for (const [index, line] of states.entries()) {
      const { release, flags, input, real } = JSON.parse(line);
      const options = parseLxcfsFlags(flags);
      if ('unknown' in options) throw new Error(options.unknown);
      for (const file of VIEW_FILES) {
        expect(viewOf(file, input, { release, options }, NO_HISTORY), `${index} ${release} ${file}`).toBe(real[file]);
      }
    }
  });

  it.each<{ boottime: string; startTicks: number; cpuacctUsage: number; comm: string; real: string }>(
    JSON.parse(fixture('synthetic-inputs/uptime-edges.json')),
  )('uptime at $boottime of $comm started at $startTicks', ({ boottime, startTicks, cpuacctUsage, comm, real }) => {
    const input: ViewInput = {
      ...EMPTY_INPUT,
      init: { stat: initStat(comm, startTicks), cpuacctPath: '/x' },
      cgroups: { 'cpuacct:/x:cpuacct.usage': `${cpuacctUsage}\n` },
      bootTime: bootTime(boottime),
    };
    expect(viewOf('uptime', input, { release: '5.0.3', options: PACKAGED }, NO_HISTORY)).toBe(real);
  });
});

describe('what lxcfs 5.0.3 answered in user-mode Linux', () => {
  /** Host lines that moved between our reading and lxcfs's. */
  const drifting = /^(KReclaimable|KernelStack|PageTables|Committed_AS):.*$/gm;
  const still = (text: string) => text.replace(drifting, '$1');
  const captures = [...umlCaptures('uml-v1swap-sw0', 1), ...umlCaptures('uml-v2-5.0.3', 2)];

  it.each(captures.filter(({ file }) => ['meminfo', 'swaps', 'cpu/online'].includes(file)))('$name', (capture) => {
    expect(still(served(capture, PACKAGED) ?? '')).toBe(still(capture.expected));
  });

  it.each(captures.filter(({ file }) => file === 'uptime'))('$name', (capture) => {
    // Its init was started some two seconds after the boot.
    const age = Number(capture.expected.split(' ')[0]);
    expect(uptimesNear(capture, age + 1)).toContain(capture.expected);
  });

  it.each(captures.filter(({ file }) => file === 'loadavg'))('$name, with -l', (capture) => {
    expect(served(capture, { ...PACKAGED, loadavg: true })).toBe(capture.expected);
  });

  it.each(captures.filter(({ file, input }) => file === 'stat' && input.host.stat !== undefined))(
    '$name',
    (capture) => {
      // The host's counters went on between our reading and lxcfs's.
      const words = (text: string | null) => text?.split('\n').map((line) => line.split(' ')) ?? [];
      const ours = words(served(capture, PACKAGED));
      const theirs = words(capture.expected);
      expect(ours.map((line) => [line[0], line.length])).toEqual(theirs.map((line) => [line[0], line.length]));
      for (const [index, [name, ...figures]] of ours.entries()) {
        const after = theirs[index]?.slice(1).map(Number) ?? [];
        const isCounter = name !== 'procs_running' && name !== 'procs_blocked';
        const less = figures.map(Number).filter((figure, column) => isCounter && !(figure <= (after[column] ?? 0)));
        expect(less, name).toEqual([]);
      }
    },
  );

  it('had no pressure files', () => {
    for (const capture of captures.filter(({ file }) => file.startsWith('pressure/'))) {
      expect(served(capture, PACKAGED)).toBeNull();
    }
  });
});

describe('loadavg over several periods', () => {
  it('of five frozen threads', () => {
    const { init, pids, seen } = JSON.parse(fixture('b-loadavg/frozen-loadavg.json'));
    const count = { active: pids.length, total: pids.length, last: Math.max(...pids) };
    let record = firstLoad(init);
    const texts = seen.map(({ text }: { text: string }) => text);
    const input = { ...EMPTY_INPUT, viewer: { pid: init, paths: { cpu: '/x' } } };
    const ours = texts.map((_: string, tick: number) => {
      record = tick === 0 ? record : (nextLoad(record, count) ?? record);
      return loadavgView(input, FULL, record);
    });
    expect(ours).toEqual(texts);
  });

  it('of running and waiting threads, as lxcfs found them', () => {
    const { init, outs, cycles } = JSON.parse(fixture('b-loadavg/loadavg.json'));
    const input = { ...EMPTY_INPUT, viewer: { pid: init, paths: { cpu: '/x' } } };
    let record = firstLoad(init);
    const ours = [loadavgView(input, FULL, null)];
    for (const { tasks } of cycles) {
      const active = tasks.filter(({ state }: { state: string }) => state === 'R' || state === 'D').length;
      const last = Math.max(...tasks.map(({ tid }: { tid: number }) => tid));
      record = nextLoad(record, { active, total: tasks.length, last }) ?? record;
      ours.push(loadavgView(input, FULL, record));
    }
    const seen: string[] = [...new Set<string>(outs.map(({ out }: { out: string }) => out))];
    expect(ours.slice(0, seen.length)).toEqual(seen);
  });
});
