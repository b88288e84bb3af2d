import type { CgroupLayout } from '../../model/cgroup/layout.ts';
import type { CgroupSample } from '../../model/cgroup/sample.ts';
import type { CgroupMembership } from '../../model/process.ts';
import { ok } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import type { Board, FileSet } from './board.ts';
import { cpuFigures } from './cpu.ts';
import { descendantsOf } from './descendants.ts';
import { frozenFigure } from './freezer.ts';
import { ioFigures } from './io.ts';
import { memoryFigures } from './memory.ts';
import { pidsFigures } from './pids.ts';
import { cgroupPaths, type Group, type Places, placesOf, type RootTest } from './places.ts';
import { pressureFigures } from './pressure.ts';

/** What is read of one container, worked out once for as long as its paths and controllers stay. */
export type Plan = {
  sample(): CgroupSample;
  /** Whether controllers were switched on or off, or the group is gone or another: then a new plan must be made. */
  stale(): boolean;
  /** Limits too are read with the next sample, however many others wait for their turn. */
  hasten(): void;
  release(): void;
};

/** v1 and v2 name of each controller whose figures are shown. */
const CONTROLLERS = [
  ['cpu', 'cpu'],
  ['memory', 'memory'],
  ['pids', 'pids'],
  ['blkio', 'io'],
] as const;

/** `summary`: what a list of containers shows; `all`: every figure there is. */
export type Figures = 'summary' | 'all';

/** The files behind limits and use of CPU, memory and threads, of both versions. */
const SUMMARY: ReadonlySet<string> = new Set([
  'cgroup.controllers',
  'cgroup.events',
  'cpu.cfs_period_us',
  'cpu.cfs_quota_us',
  'cpu.max',
  'cpu.stat',
  'cpuacct.usage',
  'freezer.state',
  'memory.current',
  'memory.limit_in_bytes',
  'memory.max',
  'memory.stat',
  'memory.usage_in_bytes',
  'pids.current',
  'pids.max',
]);
const SUMMARY_OF_V1: ReadonlySet<string> = new Set([...SUMMARY].filter((name) => name !== 'cpu.stat'));

/** On v1 `cpu.stat` has the throttling alone, which no list shows; the use is in another file. */
function summaryOf(places: Places): ReadonlySet<string> {
  const use = places.controller('cpuacct', 'cpu');
  return use !== null && use !== 'root' && use.version === 1 ? SUMMARY_OF_V1 : SUMMARY;
}

/** Null where nothing of the container's groups can be seen from here. */
export function planCgroup(
  host: Host,
  board: Board,
  layout: CgroupLayout,
  memberships: readonly CgroupMembership[],
  isRoot: RootTest,
  wanted: Figures,
): Plan | null {
  const paths = cgroupPaths(memberships);
  const places = placesOf(host, layout, paths, isRoot);
  if (places === null) {
    return null;
  }
  const files = board.fileSet(wanted === 'all' ? null : summaryOf(places));
  const facts = { version: layout.kind === 'unified' ? (2 as const) : (1 as const), paths, ...standing(places) };
  const figures = [
    cpuFigures(files, places),
    memoryFigures(files, places),
    pidsFigures(files, places),
    ioFigures(host, files, places, wanted),
    pressureFigures(files, places),
    frozenFigure(files, places),
    descendantsOf(host, files, places),
  ] as const;
  const controllersChanged = watchControllers(files, places);
  let fate: Fate = 'there';
  let last: CgroupSample | null = null;
  let changesAtLast = 0;

  function take(): CgroupSample {
    const [cpuOf, memory, pids, io, pressure, frozen, descendants] = figures;
    const cpu = cpuOf();
    return {
      ...facts,
      readAtUs: files.readAtUs(cpu.usageUs.file),
      cpu,
      memory: memory(),
      pids: pids(),
      io: io(),
      pressure: pressure(),
      frozen: frozen(),
      descendants: descendants(),
    };
  }

  /** Figures of files that say what they said before stay the same objects. */
  function sample(): CgroupSample {
    const changes = files.changes();
    const again = last !== null && changes === changesAtLast ? { ...last, ...outOfFiles(last) } : take();
    changesAtLast = changes;
    fate = fateOf(host, again);
    last = fate === 'ended' ? null : again;
    if (fate !== 'ended') {
      return again;
    }
    files.end();
    return take();
  }

  /** When the counters were read, and what no file of the set tells. */
  function outOfFiles({ cpu }: CgroupSample): Pick<CgroupSample, 'readAtUs' | 'descendants'> {
    return { readAtUs: files.readAtUs(cpu.usageUs.file), descendants: figures[6]() };
  }

  return {
    sample,
    stale: () => fate !== 'there' || controllersChanged(),
    hasten: () => files.hasten(),
    release: () => files.release(),
  };
}

/** `replaced`: another group of that name is there, as after a restart, and what is kept open are files of the old one. */
type Fate = 'there' | 'ended' | 'replaced';

/** A file that is not there says little: the directory tells whether the group is. */
function fateOf(host: Host, { cpu, memory, pids }: CgroupSample): Fate {
  const told = [cpu.usageUs, pids.current, memory.usageBytes].filter(({ file }) => file !== null);
  // Of v1's groups one goes after the other: the first that is gone tells.
  const witness = told.find(({ reading }) => reading.status === 'gone') ?? told[0];
  if (witness === undefined || witness.file === null || witness.reading.status === 'ok') {
    return 'there';
  }
  if (host.stat(witness.file.slice(0, witness.file.lastIndexOf('/')), 'gone').status === 'gone') {
    return 'ended';
  }
  return witness.reading.status === 'gone' ? 'replaced' : 'there';
}

function standing(places: Places): Pick<CgroupSample, 'ancestorsHidden' | 'inRoot' | 'borrowed'> {
  const inRoot: string[] = [];
  const borrowed: { controller: string; path: string }[] = [];
  for (const [v1Name, v2Name] of CONTROLLERS) {
    const place = places.controller(v1Name, v2Name);
    if (place === 'root') {
      inRoot.push(v2Name);
    } else if (place !== null) {
      const [nearest] = place.groups;
      if (nearest !== undefined && nearest.path !== place.own.path) {
        borrowed.push({ controller: v2Name, path: nearest.path });
      }
    }
  }
  return { ancestorsHidden: places.ancestorsHidden, inRoot, borrowed };
}

/** On v2, whether `cgroup.controllers` of the group or of an ancestor says something else than when first read. */
function watchControllers(files: FileSet, places: Places): () => boolean {
  const onV2 = CONTROLLERS.some(([v1Name, v2Name]) => {
    const place = places.controller(v1Name, v2Name);
    return place !== null && place !== 'root' && place.version === 2;
  });
  const groups: readonly Group[] = onV2 && places.unified !== null ? places.unified.chain : [];
  const slots = groups.map(({ dir }) => files.slot(`${dir}/cgroup.controllers`, ok, 'setting'));
  let first: string | null = null;
  return () => {
    const now = JSON.stringify(slots.map((slot) => slot.read()));
    first ??= now;
    return now !== first;
  };
}
