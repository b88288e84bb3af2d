import { isBareProcess } from '../../model/discovery/bare-process.ts';
import type { Container } from '../../model/document/container.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import {
  type ContainerContext,
  type ContainerRow,
  containerColumns,
  containerContext,
  containerRows,
} from '../../present/columns/containers.ts';
import { cpuCell, memoryCell } from '../../present/columns/scale.ts';
import { containerLabel } from '../../present/container-label.ts';
import { type NamespaceLetter, namespaceLetters, sharingRemark } from '../../present/namespace-letters.ts';
import { displayWidth, printable, shorten } from '../../present/printable.ts';
import { type Trouble, troubleOf } from '../../present/trouble.ts';
import { formatPercent, PENDING, pendingIf, UNKNOWN } from '../../present/units.ts';
import { bar } from '../bars.ts';
import { bold, type Row, type Span, span, type Tone } from '../rows.ts';
import type { UiState } from '../state.ts';
import type { Body } from './body.ts';
import { emptyList } from './empty-list.ts';
import { sharingTones } from './sharing-tones.ts';
import { aligned, type TableSpec, tableBody } from './table.ts';

type Context = ContainerContext & { readonly tones: ReadonlyMap<number, Tone> };

const TROUBLE_TONES: { readonly [severity in Trouble['severity']]: Tone } = { bad: 'bad', warn: 'warn', note: 'dim' };

/** What a figure shows that is not there: dim, so that the eye passes over it. */
const QUIET = new Set([UNKNOWN, PENDING, '0', '0%', 'max']);

export function quiet(text: string): Span {
  return QUIET.has(text) ? span(text, 'dim') : span(text);
}

/** `0.20/0.50` with its bar where there is a limit, and room for one. */
function gauge(text: string, percent: number | null, width: number, textWidth: number): Row {
  const slash = text.indexOf('/');
  const figures: Row = slash < 0 ? [quiet(text)] : [span(text.slice(0, slash)), span(text.slice(slash), 'dim')];
  const room = width - textWidth;
  return room < 4 ? aligned(figures, width, 'right') : [...bar(percent, room), ...aligned(figures, textWidth, 'right')];
}

const CPU_TEXT = 9;
const MEMORY_TEXT = 11;
/** What a bar takes in the list. */
const BAR = 12;

function figureCell(key: string) {
  const column = containerColumns.find((candidate) => candidate.key === key);
  return (row: ContainerRow, width: number, context: Context): Row =>
    aligned([quiet(column?.cell(row, context) ?? '')], width, 'right');
}

const spec: TableSpec<ContainerRow, Context> = {
  id: 'containers',
  columns: containerColumns,
  key: ({ container }) => container.id,
  yields: [
    'id',
    'group',
    'command',
    'procs',
    'psi',
    'image',
    'status',
    'pid',
    'net',
    'io',
    'up',
    'pids',
    'note',
    'engine',
    'thr',
    'ns',
    'mem',
    'cpu',
  ],
  extra: { cpu: BAR, mem: BAR },
  draw: {
    engine: ({ container }) => [span(container.engine === 'unknown' ? UNKNOWN : container.engine, 'dim')],
    status: ({ container }) => [span(container.status, container.status === 'running' ? 'dim' : 'warn')],
    ns: ({ container }, _width, { tones }) => letters(container, tones),
    cpu: ({ container }, width, context) =>
      gauge(cpuCell(container, context), container.cgroup?.cpu.ofLimitPercent ?? null, width, CPU_TEXT),
    mem: ({ container }, width, context) =>
      gauge(memoryCell(container, context), container.cgroup?.memory.ofLimitPercent ?? null, width, MEMORY_TEXT),
    thr: ({ container }, width) => {
      const { throttledPercent: percent = null, periods = null } = container.cgroup?.cpu ?? {};
      const text = percent === null ? pendingIf(periods) : formatPercent(percent);
      return aligned([(percent ?? 0) >= 5 ? span(text, 'warn') : quiet(text)], width, 'right');
    },
    pids: ({ container }, width) => {
      const { current = null, limit = null } = container.cgroup?.pids ?? {};
      const limited = typeof limit === 'number' ? [span(`/${limit}`, 'dim')] : [];
      return aligned([quiet(current === null ? UNKNOWN : String(current)), ...limited], width, 'right');
    },
    io: figureCell('io'),
    net: figureCell('net'),
    psi: figureCell('psi'),
    up: figureCell('up'),
    image: ({ container }, width) => [span(shorten(printable(container.image ?? UNKNOWN), width), 'dim')],
    note: ({ container }, width) => [note(container, width)],
  },
  copy: ({ container }) => container.id,
};

/** The eight letters: its own bright, the host's dim, shared ones underlined in the tone of their circle. */
export function letters(container: Container, tones: ReadonlyMap<number, Tone>): Row {
  return namespaceLetters(container).map((letter) => letterSpan(letter, tones));
}

function letterSpan({ letter, standing, inode }: NamespaceLetter, tones: ReadonlyMap<number, Tone>): Span {
  switch (standing) {
    case 'private':
      return bold(letter);
    case 'shared':
      return { ...bold(letter, tones.get(inode ?? 0) ?? 'pair1'), underline: true };
    case 'unknown':
      return span(letter, 'warn');
    case 'host':
    case 'absent':
      return span(letter, 'dim');
  }
}

function note(container: Container, width: number): Span {
  const trouble = troubleOf(container);
  if (trouble !== null) {
    return span(shorten(trouble.word, width), TROUBLE_TONES[trouble.severity]);
  }
  const remark = printable(sharingRemark(container));
  // The letters say which are shared; with whom is what a narrow column must keep.
  return span(shorten(displayWidth(remark) > width ? remark.slice(remark.indexOf('⇄')) : remark, width), 'dim');
}

function byEngine({ container }: ContainerRow): string {
  return container.engine === 'unknown' ? 'no engine' : container.engine;
}

function byGroup({ container }: ContainerRow): string {
  return container.group === null ? 'in no pod or project' : printable(container.group);
}

const GROUPINGS = { none: null, engine: byEngine, group: byGroup };

let rowsOf: { readonly snapshot: Snapshot; readonly rows: readonly ContainerRow[] } | null = null;

/** The same rows for the same snapshot: what sorts and filters them remembers its answer by them. */
function rowsOnce(snapshot: Snapshot, isRecorded: boolean): readonly ContainerRow[] {
  if (rowsOf?.snapshot !== snapshot) {
    rowsOf = { snapshot, rows: containerRows(isRecorded ? snapshot : withoutBare(snapshot)) };
  }
  return rowsOf.rows;
}

/**
 * A process in no container that was looked at until now may still be in the last sample. In a recording are those that
 * were asked for or limited, and there is no other way to them.
 */
function withoutBare(snapshot: Snapshot): Snapshot {
  return { ...snapshot, containers: snapshot.containers.filter((container) => !isBareProcess(container)) };
}

/** The list of all containers. */
export function containersBody(snapshot: Snapshot, ui: UiState): Body {
  return tableBody(spec, {
    items: rowsOnce(snapshot, ui.replay !== null),
    context: { ...containerContext(snapshot, ui.scale), tones: sharingTones(snapshot) },
    settings: ui.tables.containers,
    filter: ui.filters.containers,
    groupOf: GROUPINGS[ui.group],
    width: ui.size.columns,
    empty: emptyList(snapshot, ui.size.columns),
  });
}

/** What the person reads in titles: its name, and the container's own view of its init where there is one. */
export function crumbs(container: Container): readonly string[] {
  const { init } = container;
  const inside = init?.nsPids.at(-1);
  const pid =
    init === null
      ? 'no process'
      : `pid ${init.pid}${inside === undefined || inside === init.pid ? '' : ` (${inside} inside)`}`;
  return [containerLabel(container), container.engine === 'unknown' ? 'no engine' : container.engine, pid];
}
