import { printable } from '../../present/printable.ts';
import { paletteBindings } from '../palette.ts';
import { type Model, type Overlay, shownTree, tableIdOf } from '../state.ts';
import { columnsOf } from '../table-columns.ts';
import { chainRows, fileRows } from '../views/cgroup-look.ts';
import { helpLines } from '../views/overlays.ts';
import { typeLimit } from './limits.ts';
import { change, type Step, stay } from './step.ts';
import { setFilter } from './tables.ts';
import { moveVersion } from './tree.ts';

/** A long paste is no filter. */
const LONGEST_TEXT = 200;

/** Those that the model alone can fill. */
type OwnOverlay = Exclude<Overlay['kind'], 'actions' | 'confirm' | 'limit' | 'file' | 'chain' | 'versions' | 'search'>;

export function openOverlay(model: Model, kind: OwnOverlay): Step {
  const table = tableIdOf(model.ui.view);
  switch (kind) {
    case 'help':
      return change(model, { overlay: { kind, top: 0 } });
    case 'palette':
      return change(model, { overlay: { kind, text: '', index: 0 } });
    case 'filter':
      if (shownTree(model.ui.view) !== null) {
        return change(model, { overlay: { kind: 'search', text: shownTree(model.ui.view)?.search ?? '' } });
      }
      return table === null ? stay(model) : change(model, { overlay: { kind, before: model.ui.filters[table] } });
    case 'sort':
    case 'columns': {
      const sort = table === null ? null : model.ui.tables[table].sort;
      const index = table === null ? 0 : columnsOf(table).findIndex(({ key }) => key === sort);
      return change(model, { overlay: { kind, index: kind === 'sort' ? Math.max(0, index) : 0 } });
    }
  }
}

export function closeOverlay(model: Model): Step {
  return change(model, { overlay: null });
}

/** How many lines a menu's cursor can be on. */
function menuLength(model: Model, overlay: Overlay): number {
  const table = tableIdOf(model.ui.view);
  switch (overlay.kind) {
    case 'help':
      return helpLines(model, model.ui.size.columns).length;
    case 'file':
      return fileRows(overlay, model.ui.size.columns).length;
    case 'chain':
      return chainRows(overlay, model.ui.size.columns).length;
    case 'palette':
      return paletteBindings(model, overlay.text).length;
    case 'sort':
    case 'columns':
      return table === null ? 0 : columnsOf(table).length;
    case 'actions':
      return overlay.offers.length;
    case 'confirm':
      return 2;
    case 'versions':
      return overlay.answer?.contents.length ?? 0;
    case 'filter':
    case 'search':
    case 'limit':
      return 0;
  }
}

/** Moves within what lies over the view: a menu's cursor, or the help's text. */
export function moveOverlay(model: Model, overlay: Overlay, lines: number): Step {
  const last = Math.max(0, menuLength(model, overlay) - 1);
  switch (overlay.kind) {
    case 'filter':
    case 'search':
    case 'limit':
      return stay(model);
    case 'versions':
      return moveVersion(model, overlay, lines);
    case 'help':
    case 'file':
    case 'chain': {
      const shown = Math.max(1, model.ui.size.rows - 4);
      const top = Math.min(Math.max(0, last + 1 - shown), Math.max(0, overlay.top + lines));
      return change(model, { overlay: { ...overlay, top } });
    }
    case 'palette':
    case 'sort':
    case 'columns':
    case 'actions':
    case 'confirm':
      return change(model, { overlay: { ...overlay, index: Math.min(last, Math.max(0, overlay.index + lines)) } });
  }
}

/** The menu with its cursor on a line, or null where it has no such line. A question is not answered by a number. */
export function atLine(model: Model, index: number): Model | null {
  const { overlay } = model.ui;
  const isMenu = overlay?.kind === 'sort' || overlay?.kind === 'columns' || overlay?.kind === 'actions';
  return isMenu && index < menuLength(model, overlay) ? change(model, { overlay: { ...overlay, index } }).model : null;
}

/** Text typed or pasted into the filter or the palette. */
export function type(model: Model, overlay: Overlay, text: string): Step {
  const typed = printable(text);
  if (overlay.kind === 'limit') {
    return typeLimit(model, overlay, (overlay.target.text + typed).slice(0, LONGEST_TEXT));
  }
  if (overlay.kind === 'search') {
    return change(model, { overlay: { ...overlay, text: (overlay.text + typed).slice(0, LONGEST_TEXT) } });
  }
  if (overlay.kind === 'palette') {
    return change(model, { overlay: { ...overlay, text: (overlay.text + typed).slice(0, LONGEST_TEXT), index: 0 } });
  }
  const table = tableIdOf(model.ui.view);
  return overlay.kind !== 'filter' || table === null
    ? stay(model)
    : setFilter(model, (model.ui.filters[table] + typed).slice(0, LONGEST_TEXT));
}

/** Erases one letter; from an empty text it leaves. */
export function erase(model: Model, overlay: Overlay): Step {
  const table = tableIdOf(model.ui.view);
  const text =
    overlay.kind === 'limit'
      ? overlay.target.text
      : overlay.kind === 'palette' || overlay.kind === 'search'
        ? overlay.text
        : table === null
          ? ''
          : model.ui.filters[table];
  if (text === '') {
    return closeOverlay(model);
  }
  const shorter = Array.from(text).slice(0, -1).join('');
  if (overlay.kind === 'limit') {
    return typeLimit(model, overlay, shorter);
  }
  if (overlay.kind === 'search') {
    return change(model, { overlay: { ...overlay, text: shorter } });
  }
  return overlay.kind === 'palette'
    ? change(model, { overlay: { ...overlay, text: shorter, index: 0 } })
    : setFilter(model, shorter);
}

/** Erases all of the text, and stays. */
export function clear(model: Model, overlay: Overlay): Step {
  if (overlay.kind === 'limit') {
    return typeLimit(model, overlay, '');
  }
  if (overlay.kind === 'search') {
    return change(model, { overlay: { ...overlay, text: '' } });
  }
  return overlay.kind === 'palette'
    ? change(model, { overlay: { ...overlay, text: '', index: 0 } })
    : setFilter(model, '');
}
