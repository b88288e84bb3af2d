import type { ViewInput } from './input.ts';
import { firstLoad, type LoadCount, type LoadRecord, nextLoad } from './loadavg.ts';
import { statView } from './stat.ts';
import type { Lxcfs, ViewHistory } from './view.ts';

/** What a daemon keeps of one container from one read to the next. Its groups are known by their paths alone. */
export type DaemonMemory = ViewHistory & { readonly paths: ViewInput['viewer']['paths']; readonly refreshedUs: number };

/** How often lxcfs looks at the threads of every group that it was asked about. */
const PERIOD_US = 5_000_000;

/** After an hour without a look, the longest average has forgotten all. */
const MOST_PERIODS = 720;

/** One read: what the daemon remembers when it is asked, and afterwards. */
export type Remembered = { readonly history: ViewHistory; readonly after: DaemonMemory };

/**
 * What an lxcfs would remember that is asked now, and was asked whenever we looked before. `count` is called where its
 * thread would have looked since; of several such looks that we have missed, each found what is there now.
 */
export function remember(
  before: DaemonMemory | null,
  { input, lxcfs, nowUs }: { readonly input: ViewInput; readonly lxcfs: Lxcfs; readonly nowUs: number },
  count: () => LoadCount | null,
): Remembered {
  const { release, options } = lxcfs;
  const { paths, pid } = input.viewer;
  const known = before !== null && isSame(before.paths, paths) ? before : null;
  const periods = known === null ? 0 : Math.floor((nowUs - known.refreshedUs) / PERIOD_US);
  const load = known === null || known.load === null ? null : loadAfter(known.load, periods, count);
  const history = { stat: known?.stat ?? null, load };
  return {
    history,
    after: {
      paths,
      stat: options.cfs ? statView(input, release, options, history.stat).record : null,
      load: options.loadavg ? (load ?? firstLoad(pid)) : null,
      refreshedUs: known === null || load === null ? nowUs : known.refreshedUs + periods * PERIOD_US,
    },
  };
}

function loadAfter(load: LoadRecord, periods: number, count: () => LoadCount | null): LoadRecord | null {
  const counted = periods > 0 ? count() : null;
  let record: LoadRecord | null = load;
  for (let period = 0; period < Math.min(periods, MOST_PERIODS) && record !== null; period += 1) {
    record = nextLoad(record, counted);
  }
  return record;
}

function isSame(one: ViewInput['viewer']['paths'], other: ViewInput['viewer']['paths']): boolean {
  const names = Object.keys(other);
  return Object.keys(one).length === names.length && names.every((name) => one[name] === other[name]);
}
