import type { Column } from '../../present/columns/column.ts';
import { keyName } from '../key-name.ts';
import { keyTable, type Scope } from '../keymap.ts';
import { paletteBindings } from '../palette.ts';
import { bold, type Row, span, wrap } from '../rows.ts';
import { type Model, type Overlay, tableIdOf, viewedContainer } from '../state.ts';
import { columnsOf } from '../table-columns.ts';
import { actionRows, confirmRows } from './actions.ts';
import { chainRows, fileRows } from './cgroup-look.ts';
import { problemRows } from './empty-list.ts';
import { versionsHead, versionsText } from './layer-versions.ts';
import { limitFormRows } from './limit-form.ts';
import { floatPanel, menuLine, menuWindow } from './panel.ts';

/** Whatever lies over the view, drawn over its rows. */
export function overlayRows(rows: readonly Row[], model: Model): readonly Row[] {
  const { overlay, size } = model.ui;
  const room = rows.length - 2;
  switch (overlay?.kind) {
    case 'help': {
      const lines = helpLines(model, size.columns);
      const last = Math.min(lines.length, overlay.top + room);
      const title =
        last < lines.length || overlay.top > 0 ? `Help: lines ${overlay.top + 1}–${last} of ${lines.length}` : 'Help';
      return floatPanel(rows, title, lines.slice(overlay.top, last), size.columns);
    }
    case 'palette': {
      const found = paletteBindings(model, overlay.text);
      const lines = found.map(({ keys, label }, index) =>
        menuLine([span(keyName(keys[0] ?? '').padEnd(10), 'accent'), span(label)], index === overlay.index),
      );
      const typed: Row = [bold(':', 'accent'), span(overlay.text), { text: ' ', underline: true }];
      const answer = lines.length === 0 ? [[span('nothing is called so', 'dim')]] : lines;
      return floatPanel(rows, 'What to do', [typed, ...menuWindow(answer, overlay.index, room - 1)], size.columns);
    }
    case 'sort':
      return menu(rows, model, 'Sort by', overlay.index, (column, shown) => [
        span(shown ? '● ' : '  ', 'accent'),
        span(column.title.padEnd(12)),
        span(column.description, 'dim'),
      ]);
    case 'columns':
      return menu(rows, model, 'Columns: Space shows or hides, S saves', overlay.index, (column, shown) => [
        span(shown ? '✓ ' : '  ', 'good'),
        span(column.title.padEnd(12)),
        span(column.description, 'dim'),
      ]);
    case 'actions':
      return actionRows(rows, overlay, size.columns);
    case 'file':
      return scrolled(rows, 'The file behind it', fileRows(overlay, size.columns), overlay.top, size.columns);
    case 'chain':
      return scrolled(
        rows,
        `${overlay.controller}: its group and those above`,
        chainRows(overlay, size.columns),
        overlay.top,
        size.columns,
      );
    case 'versions':
      return versionsRows(rows, model, overlay);
    case 'limit':
      return limitFormRows(rows, overlay, size.columns);
    case 'confirm':
      return confirmRows(rows, overlay, size.columns);
    case 'filter':
    case 'search':
    case undefined:
      return rows;
  }
}

/** The versions of a path above, what is in the chosen one below. */
function versionsRows(
  rows: readonly Row[],
  { snapshot, ui }: Model,
  overlay: Extract<Overlay, { kind: 'versions' }>,
): readonly Row[] {
  const { columns } = ui.size;
  if (ui.view.name !== 'container') {
    return rows;
  }
  const head = versionsHead(overlay, viewedContainer(ui.view, snapshot).container, columns);
  const text = versionsText(overlay, columns);
  const room = Math.max(1, rows.length - 3 - head.length);
  const top = Math.min(overlay.top, Math.max(0, text.length - room));
  const line: Row = [span('─'.repeat(Math.max(0, columns - 4)), 'dim')];
  const shown = [...head, line, ...text.slice(top, top + room)];
  const title = overlay.asDiff ? 'What changed' : 'Versions';
  return floatPanel(rows, title, shown, columns);
}

/** A text that may be longer than the screen. */
function scrolled(
  rows: readonly Row[],
  title: string,
  lines: readonly Row[],
  top: number,
  width: number,
): readonly Row[] {
  const room = rows.length - 2;
  const last = Math.min(lines.length, top + room);
  const isWhole = top === 0 && last === lines.length;
  const place = isWhole ? '' : `: lines ${top + 1}–${last} of ${lines.length}`;
  return floatPanel(rows, `${title}${place}`, lines.slice(top, last), width);
}

type AnyColumn = Pick<Column<never, never>, 'key' | 'title' | 'description'>;

function menu(
  rows: readonly Row[],
  { ui }: Model,
  title: string,
  index: number,
  draw: (column: AnyColumn, shown: boolean) => Row,
): readonly Row[] {
  const table = tableIdOf(ui.view);
  if (table === null) {
    return rows;
  }
  const { sort, columns } = ui.tables[table];
  const lines = columnsOf(table).map((column, place) => {
    const isOn = ui.overlay?.kind === 'sort' ? column.key === sort : columns.includes(column.key);
    return menuLine(draw(column, isOn), place === index);
  });
  return floatPanel(rows, title, menuWindow(lines, index, rows.length - 2), ui.size.columns);
}

const SECTIONS: readonly { readonly scope: Scope; readonly title: string }[] = [
  { scope: 'any', title: 'Everywhere' },
  { scope: 'list', title: 'In the list' },
  { scope: 'container', title: 'In a container' },
];
const RECORDING = { scope: 'replay', title: 'In a recording' } as const;
const KEYS_WIDTH = 22;

/** All keys by where they work; then how to read the signs; then what is hidden from us. */
export function helpLines({ snapshot, ui }: Model, columns: number): readonly Row[] {
  const room = Math.max(10, columns - KEYS_WIDTH - 6);
  const sections = ui.replay === null ? SECTIONS : [RECORDING, ...SECTIONS];
  const keys = sections.flatMap(({ scope, title }): Row[] => [
    [bold(title, 'accent')],
    ...keyTable
      .filter(({ scopes }) => scopes.includes(scope))
      .flatMap(({ keys: names, label }) => {
        const text = names.map(keyName).join(' ');
        return wrap(label, room).map((line, index) => [
          span((index === 0 ? text : '').padEnd(KEYS_WIDTH)),
          span(line, 'dim'),
        ]);
      }),
    [],
  ]);
  const { notices } = snapshot.host;
  return [
    ...keys,
    ...signs(columns),
    ...(notices.length === 0 ? [] : [[], [bold('Hidden from us', 'warn')]]),
    ...notices.flatMap((notice) => problemRows(notice, columns - 8)),
  ];
}

function signs(columns: number): readonly Row[] {
  const texts: readonly (readonly [Row, string])[] = [
    [[{ text: 'CIMNPTUU', bold: true }], 'NS: cgroup ipc mnt net pid time user uts; a capital is its own'],
    [[span('cimnptuu', 'dim')], 'small and dim is the host’s'],
    [
      [{ text: 'np', tone: 'pair1', bold: true, underline: true }],
      'underlined is shared: the same colour, the same containers',
    ],
    [[span(keyName('enter'))], 'the Enter key'],
    [[span('…', 'dim')], 'comes with the second sample'],
    [[span('–', 'dim')], 'not known, or not there; the overview says why'],
  ];
  return [
    [bold('Signs', 'accent')],
    ...texts.flatMap(([sign, text]) => {
      const width = sign.reduce((sum, { text: piece }) => sum + piece.length, 0);
      return wrap(text, Math.max(10, columns - KEYS_WIDTH - 6)).map((line, index) => [
        ...(index === 0 ? [...sign, span(' '.repeat(KEYS_WIDTH - width))] : [span(' '.repeat(KEYS_WIDTH))]),
        span(line, 'dim'),
      ]);
    }),
  ];
}
