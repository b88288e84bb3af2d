import type { LxcfsOptions, ViewInput } from './input.ts';

/** Load averages over 1, 5 and 15 minutes in fixed point, and the counts beside them. */
export type LoadRecord = {
  readonly loads: readonly [number, number, number];
  readonly active: number;
  readonly total: number;
  readonly last: number;
};

/** What one look at a group's threads found. `last`: the greatest id, in the host's numbering. */
export type LoadCount = Pick<LoadRecord, 'active' | 'total' | 'last'>;

const ONE = 2048;
/** What remains of a load after one period, of 2048: over 1, 5 and 15 minutes. */
const DECAY = [1884, 2014, 2037] as const;
/** Half a hundredth, so that the text is rounded. */
const HALF = 10;

/** The record that the first read of a group makes. */
export function firstLoad(pid: number): LoadRecord {
  return { loads: [0, 0, 0], active: 0, total: 1, last: pid };
}

/** The record after the next look, five seconds later. Null: nothing was in the group, and the record is dropped. */
export function nextLoad({ loads }: LoadRecord, count: LoadCount | null): LoadRecord | null {
  if (count === null) {
    return null;
  }
  const active = count.active * ONE;
  const [one, five, fifteen] = loads;
  const decayed = (load: number, decay: number) => {
    const sum = load * decay + active * (ONE - decay);
    return Math.floor((active >= load ? sum + ONE - 1 : sum) / ONE);
  };
  return { ...count, loads: [decayed(one, DECAY[0]), decayed(five, DECAY[1]), decayed(fifteen, DECAY[2])] };
}

/** lxcfs's /proc/loadavg. `record`: of the viewer's cpu group; null before its first read. */
export function loadavgView(input: ViewInput, options: LxcfsOptions, record: LoadRecord | null): string {
  if (!options.loadavg || input.viewer.paths['cpu'] === undefined) {
    return input.host.loadavg ?? '';
  }
  const { loads, active, total, last } = record ?? firstLoad(input.viewer.pid);
  return `${loads.map(loadText).join(' ')} ${active}/${total} ${last}\n`;
}

function loadText(load: number): string {
  const value = load + HALF;
  const hundredths = Math.floor(((value % ONE) * 100) / ONE);
  return `${Math.floor(value / ONE)}.${String(hundredths).padStart(2, '0')}`;
}
