import type { Snapshot } from '../../model/snapshot.ts';
import { clockTime, formatStopwatch } from '../../present/clock.ts';
import { displayWidth, printable, shorten } from '../../present/printable.ts';
import { formatBytes, formatBytesShort, formatDuration, formatPercent, PENDING } from '../../present/units.ts';
import type { Seek } from '../ports.ts';
import { bold, fitRow, type Row, rowWidth, type Span, span, splitRow } from '../rows.ts';
import { type ContainerView, type UiState, viewedContainer } from '../state.ts';
import { type TabKey, tabs } from '../tabs.ts';
import { crumbs } from './containers.ts';
import { dotted } from './fields.ts';

/** What must be between the host and the state. */
const GAP = 2;

const LAYOUTS = { legacy: 'cgroup v1', hybrid: 'cgroup v1 hybrid', unified: 'cgroup v2', none: 'no cgroups' };

/** The host, and what nsview itself costs; parts give way, the least useful first, where there is no room. */
export function hostRow({ host, atMs }: Snapshot, ui: UiState): Row {
  const { columns } = ui.size;
  const facts = [
    span(printable(host.name)),
    span(LAYOUTS[host.layout]),
    span(`${host.cpus} cores`),
    span(formatBytes(host.memoryBytes)),
  ];
  const self = `self ${host.self.cpuCores === null ? PENDING : formatPercent(host.self.cpuCores * 100)} ${formatBytesShort(host.self.rssBytes)}`;
  const pace = ui.replay === null ? paceSpan(ui) : replaySpan(ui.replay, ui.frozen, atMs);
  const state = [
    span(`${host.containers} container${host.containers === 1 ? '' : 's'}`),
    span(`${host.processes} procs`),
    pace,
    span(self, 'dim'),
  ];
  for (const [left, right] of [
    [4, state],
    [2, state],
    [1, state],
    [1, [state[0], pace]],
    [0, [pace]],
  ] as const) {
    const row: Row = [bold(' nsview', 'accent'), span('  '), ...dotted(...facts.slice(0, left))];
    const end: Row = [...dotted(...right.map((part) => part ?? null)), span(' ')];
    if (rowWidth(row) + rowWidth(end) + GAP <= columns) {
      return splitRow(row, end, columns);
    }
  }
  return fitRow([bold(' nsview', 'accent')], columns);
}

function paceSpan({ frozen, intervalMs }: UiState): Span {
  return frozen ? bold('FROZEN', 'warn') : span(formatInterval(intervalMs));
}

/** When it was, how far that is into the recording, and how it plays. */
function replaySpan(replay: NonNullable<UiState['replay']>, frozen: boolean, atMs: number): Span {
  const { firstMs, lastMs, speed, seek } = replay;
  const how = atMs >= lastMs ? 'end' : frozen ? `paused${speed === 1 ? '' : ` ×${speed}`}` : `×${speed}`;
  const where = `${formatStopwatch(atMs - firstMs)} of ${formatStopwatch(lastMs - firstMs)}`;
  return bold(`REPLAY ${clockTime(atMs)} ${where} ${how}${seek === null ? '' : `, ${seekText(seek)}`}`, 'warn');
}

function seekText(seek: Seek): string {
  return seek === 'sample' ? 'seeking…' : `history: ${seek.historyPercent} %`;
}

export function formatInterval(intervalMs: number): string {
  return intervalMs < 1000 ? `${intervalMs} ms` : formatDuration(intervalMs / 1000);
}

/** One line on top where rights or settings hide something: how much, and what to do, as far as there is room. */
export function noticeRows({ host }: Snapshot, ui: UiState): readonly Row[] {
  const [first, ...more] = host.notices;
  if (first === undefined || ui.size.rows < 10) {
    return [];
  }
  const { columns } = ui.size;
  const rest = more.length === 0 ? '' : ` (and ${more.length} more: ? tells)`;
  const what = first.message.replace(/\.$/, '');
  const remedy = first.remedy === null ? '' : `: ${first.remedy}`;
  const texts = [what + remedy + rest, what + remedy, `${what} (? tells more)`].map(printable);
  const text = texts.find((candidate) => displayWidth(candidate) + MARK_WIDTH <= columns) ?? printable(first.message);
  return [fitRow([span(' ⚠ ', 'warn'), span(shorten(text, columns - MARK_WIDTH), 'warn')], columns)];
}

const MARK_WIDTH = 3;

/** Who is looked at, and the tabs. */
export function containerRows(view: ContainerView, snapshot: Snapshot, ui: UiState): readonly Row[] {
  const { container, gone } = viewedContainer(view, snapshot);
  const [name = '', ...rest] = crumbs(container);
  const path: Row = [span(' '), bold(name), ...rest.flatMap((part) => [span(' ▸ ', 'dim'), span(printable(part))])];
  const state: Row = gone
    ? [bold('gone: this is how it was last', 'bad'), span(' ')]
    : [span(container.status, container.status === 'running' ? 'good' : 'warn'), span(' ')];
  return [splitRow(path, state, ui.size.columns), tabRow(view.tab, ui.size.columns)];
}

type TabStyle = 'title' | 'short' | 'digit';

function tabRow(active: TabKey, columns: number): Row {
  const styles = ['title', 'short', 'digit'] as const;
  const row = styles.map((style) => tabSpans(active, style)).find((spans) => rowWidth(spans) <= columns);
  return fitRow(row ?? [], columns);
}

function tabSpans(active: TabKey, style: TabStyle): Row {
  return [
    span(' '),
    ...tabs.flatMap(({ key, digit, title, short }) => {
      const isActive = key === active;
      const name = style === 'title' ? title : style === 'short' ? short : isActive ? title : '';
      const label = name === '' ? digit : `${digit} ${name}`;
      return isActive ? [bold(`[${label}]`, 'accent')] : [span(` ${label} `, 'dim')];
    }),
  ];
}

/** The tab under a click on the tabs' line. */
export function tabAt(active: TabKey, columns: number, x: number): TabKey | null {
  let start = 0;
  for (const [index, piece] of tabRow(active, columns).entries()) {
    const end = start + piece.text.length;
    if (x >= start && x < end) {
      return index === 0 ? null : (tabs[index - 1]?.key ?? null);
    }
    start = end;
  }
  return null;
}
