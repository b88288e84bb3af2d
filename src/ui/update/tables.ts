import { scales } from '../../present/columns/scale.ts';
import { ZOOMS } from '../charts/time-window.ts';
import { groupings, type TableSettings } from '../settings.ts';
import { type Model, tableIdOf } from '../state.ts';
import { columnsOf } from '../table-columns.ts';
import { change, type Step, say, stay } from './step.ts';

/** Changes how the table on the screen is shown; a text view has none. */
function changeTable(model: Model, edit: (settings: TableSettings) => TableSettings): Step {
  const table = tableIdOf(model.ui.view);
  if (table === null) {
    return stay(model);
  }
  const { tables } = model.ui;
  return change(model, { tables: { ...tables, [table]: edit(tables[table]) } });
}

/** Sorts by a column; by the one it is sorted by already: the other way round. */
export function sortBy(model: Model, key: string): Step {
  return changeTable(model, (settings) => ({
    ...settings,
    sort: key,
    reversed: settings.sort === key ? !settings.reversed : false,
  }));
}

export function reverse(model: Model): Step {
  return changeTable(model, (settings) => ({ ...settings, reversed: !settings.reversed }));
}

/** Shows or hides a column; the last one stays. */
export function toggleColumn(model: Model, key: string): Step {
  return changeTable(model, (settings) => {
    const { columns } = settings;
    const kept = columns.includes(key) ? columns.filter((column) => column !== key) : [...columns, key];
    return kept.length === 0 ? settings : { ...settings, columns: kept };
  });
}

export function setFilter(model: Model, text: string): Step {
  const table = tableIdOf(model.ui.view);
  return table === null ? stay(model) : change(model, { filters: { ...model.ui.filters, [table]: text } });
}

const SCALE_WORDS = {
  figures: 'CPU in cores, memory in bytes, beside their limits',
  core: 'CPU in percent of one core',
  host: 'CPU and memory in percent of the host',
  limit: 'CPU and memory in percent of their limits',
};

export function nextScale(model: Model): Step {
  const scale = scales[(scales.indexOf(model.ui.scale) + 1) % scales.length] ?? 'figures';
  return say({ ...model, ui: { ...model.ui, scale } }, SCALE_WORDS[scale]);
}

const ZOOM_WORDS = { 10: 'up to 10 minutes', 1: 'the last minute', 3: 'the last 3 minutes' };

export function nextZoom(model: Model): Step {
  const zoom = ZOOMS[(ZOOMS.indexOf(model.ui.zoom) + 1) % ZOOMS.length] ?? 10;
  return say({ ...model, ui: { ...model.ui, zoom } }, `charts show ${ZOOM_WORDS[zoom]}`);
}

const GROUP_WORDS = { none: 'not grouped', engine: 'grouped by engine', group: 'grouped by pod or project' };

export function nextGrouping(model: Model): Step {
  const group = groupings[(groupings.indexOf(model.ui.group) + 1) % groupings.length] ?? 'none';
  return say({ ...model, ui: { ...model.ui, group } }, GROUP_WORDS[group]);
}

/** The column that a menu's cursor is on. */
export function columnAt(model: Model, index: number): string | null {
  const table = tableIdOf(model.ui.view);
  return table === null ? null : (columnsOf(table)[index]?.key ?? null);
}
