import { fitRow, type Row, rowText, sliceRow, span } from './rows.ts';
import { bodyIdOf, type ContainerView, type Cursor, type Model, viewedContainer } from './state.ts';
import type { TabKey } from './tabs.ts';
import { type Body, selectedIndex, textBody, topLine } from './views/body.ts';
import { cgroupBody } from './views/cgroup.ts';
import { containersBody } from './views/containers.ts';
import { demosBody } from './views/demos.ts';
import { footerRow } from './views/footer.ts';
import { containerRows, hostRow, noticeRows, tabAt } from './views/header.ts';
import { hostGroupsBody } from './views/host-groups.ts';
import { hostNamespacesBody } from './views/host-namespaces.ts';
import { lastMinuteRow } from './views/last-minute.ts';
import { layersBody } from './views/layers.ts';
import { mountsBody } from './views/mounts.ts';
import { namespacesBody } from './views/namespaces.ts';
import { overlayRows } from './views/overlays.ts';
import { overviewRows } from './views/overview.ts';
import { groupProcessesBody, processesBody } from './views/processes.ts';
import { procfsRows } from './views/procfs.ts';
import { securityRows } from './views/security.ts';
import { unrecordedRows } from './views/unread.ts';

/** The smallest terminal in which a list can still be read. */
const LEAST_COLUMNS = 40;
const LEAST_ROWS = 8;

/** How the screen is laid out now: what keys and clicks must know, and what the frame is made of. */
export type Scene = {
  readonly header: readonly Row[];
  readonly body: Body;
  readonly cursor: Cursor;
  /** Lines of the body that fit on the screen. */
  readonly height: number;
};

export function sceneOf(model: Model): Scene {
  const { snapshot, ui } = model;
  const { view, size } = ui;
  const header = [
    hostRow(snapshot, ui),
    ...noticeRows(snapshot, ui),
    ...(view.name === 'container' ? containerRows(view, snapshot, ui) : []),
  ];
  const body = bodyOf(model);
  const height = Math.max(1, size.rows - header.length - body.head.length - 1);
  return { header, body, cursor: ui.cursors[bodyIdOf(view)], height };
}

function bodyOf(model: Model): Body {
  const { snapshot, ui } = model;
  switch (ui.view.name) {
    case 'list':
      return containersBody(snapshot, ui);
    case 'hostNamespaces':
      return hostNamespacesBody(snapshot, ui);
    case 'hostGroups':
      return hostGroupsBody(snapshot, ui);
    case 'groupProcesses':
      return groupProcessesBody(snapshot, ui);
    case 'demos':
      return demosBody(snapshot, ui);
    case 'container':
      return tabBody(ui.view, model);
  }
}

function tabBody(view: ContainerView, { snapshot, ui }: Model): Body {
  const viewed = viewedContainer(view, snapshot);
  const { container, reading } = viewed;
  const { columns, rows } = ui.size;
  const rates = snapshot.rates[view.id] ?? null;
  switch (view.tab) {
    case 'overview':
      return textBody(overviewRows(viewed, snapshot, columns));
    case 'namespaces':
      return namespacesBody(container, snapshot, ui);
    case 'cgroup':
      return cgroupBody(
        container,
        rates,
        view.track,
        view.others,
        { columns, rows },
        { zoom: ui.zoom, atMs: viewed.atMs },
        ui.replay !== null,
      );
    case 'processes':
      return processesBody(container, ui);
    case 'layers':
      return layersBody(container, view, reading, ui);
    case 'mounts':
      return mountsBody(viewed, rates, view.track, ui);
    case 'procfs':
      return textBody(
        ui.replay === null
          ? procfsRows(viewed, columns)
          : unrecordedRows('what it sees in /proc', 'nsview procfs', columns),
      );
    case 'security':
      return textBody(securityRows(container, columns, reading));
  }
}

/** The whole screen: exactly `rows` rows of exactly `columns` columns. */
export function frameOf(model: Model): readonly Row[] {
  const { columns, rows } = model.ui.size;
  if (columns < LEAST_COLUMNS || rows < LEAST_ROWS) {
    return tooSmall(columns, rows);
  }
  const { header, body, cursor, height } = sceneOf(model);
  const selected = selectedIndex(body, cursor);
  const top = topLine(body, cursor, height);
  const lines = Array.from({ length: Math.min(height, body.count - top) }, (_, index) =>
    body.line(top + index, top + index === selected),
  );
  const room = Math.max(0, rows - header.length - 1);
  const listed = [...body.head, ...lines];
  const below = body.count - top - lines.length;
  const marked = markMore(besideRows(listed, body, room), listed.length - 1, below, columns);
  const middle = withLastMinute(marked, model, body.keyAt(selected), room);
  const filled = Array.from({ length: room }, (_, index) => fitRow(middle[index] ?? [], columns));
  return [...header, ...overlayRows(filled, model), footerRow(model)].slice(0, rows).map((row) => fitRow(row, columns));
}

/** Says on the last line of a list that more are below, where it leaves room for it. */
function markMore(rows: readonly Row[], at: number, below: number, columns: number): readonly Row[] {
  const mark = ` ↓ ${below} more`;
  const left = columns - mark.length;
  const last = rows[at] ?? [];
  if (below === 0 || rowText(sliceRow(last, left, columns)).trim() !== '') {
    return rows;
  }
  const selected = last.at(-1)?.selected === true ? { selected: true } : {};
  return rows.with(at, [...fitRow(last, left), { ...span(mark, 'dim'), ...selected }]);
}

/** The first row of the head goes over the whole width. */
function besideRows(rows: readonly Row[], { beside }: Body, room: number): readonly Row[] {
  if (beside === undefined) {
    return rows;
  }
  const [first = [], ...rest] = rows;
  return [first, ...beside(Math.max(0, room - 1)).map((left, index) => [...left, ...(rest[index] ?? [])])];
}

/** Where the list leaves room and nothing lies over it, the last minute of the selected container stands below it. */
function withLastMinute(
  rows: readonly Row[],
  { snapshot, history, ui }: Model,
  id: string | null,
  room: number,
): readonly Row[] {
  const track = id === null || ui.view.name !== 'list' || ui.overlay !== null ? undefined : history.tracks.get(id);
  const container = track === undefined ? undefined : snapshot.containers.find((each) => each.id === id);
  if (track === undefined || container === undefined || rows.length > room - 2) {
    return rows;
  }
  const last = lastMinuteRow(container, track, ui.size.columns);
  const blanks = Array.from({ length: room - rows.length - 1 }, (): Row => []);
  return last === null ? rows : [...rows, ...blanks, last];
}

function tooSmall(columns: number, rows: number): readonly Row[] {
  const least = `${LEAST_COLUMNS}x${LEAST_ROWS}`;
  const whole = `nsview: too small (${columns}x${rows}, needs ${least})`;
  const text = whole.length <= columns ? whole : `too small (min ${least})`;
  return Array.from({ length: rows }, (_, index) =>
    fitRow([span(text.slice(index * columns, (index + 1) * columns))], columns),
  );
}

/** What a click at a screen column and row (from 0) is on. */
export type Hit =
  | { readonly kind: 'line'; readonly index: number }
  | { readonly kind: 'column'; readonly key: string }
  | { readonly kind: 'tab'; readonly tab: TabKey }
  | null;

export function hitAt(model: Model, x: number, y: number): Hit {
  const { ui } = model;
  const { header, body, cursor, height } = sceneOf(model);
  const tab = ui.view.name === 'container' && y === header.length - 1 ? tabAt(ui.view.tab, ui.size.columns, x) : null;
  if (tab !== null) {
    return { kind: 'tab', tab };
  }
  const line = y - header.length - body.head.length;
  if (line === -1) {
    const key = body.columnAt(x);
    return key === null ? null : { kind: 'column', key };
  }
  const index = topLine(body, cursor, height) + line;
  return line >= 0 && line < height && index < body.count ? { kind: 'line', index } : null;
}
