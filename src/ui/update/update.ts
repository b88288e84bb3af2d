import type { LookAnswer } from '../../model/cgroup/look.ts';
import type { History } from '../../model/history/history.ts';
import type { TreeAnswer } from '../../model/layers/tree.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { closesAgain } from '../closing-keys.ts';
import type { Command } from '../commands.ts';
import { bindingFor } from '../keymap.ts';
import { paletteBindings } from '../palette.ts';
import type { Seek } from '../ports.ts';
import type { Size, Tone } from '../rows.ts';
import { hitAt, sceneOf } from '../scene.ts';
import { type Model, shownTree, tableIdOf } from '../state.ts';
import { type TabKey, tabs } from '../tabs.ts';
import { type Answer, answered, ask, askAgain, confirm, openDemo, take } from './actions.ts';
import { effect } from './effects.ts';
import { fold, openAwaited, openGroup, openProcess } from './host-groups.ts';
import { look, looked, openChain, openFile } from './looks.ts';
import { goToTab, leave, move, nextTab, open, selectedKey, selectLine } from './navigate.ts';
import { atLine, clear, closeOverlay, erase, moveOverlay, openOverlay, type } from './overlay.ts';
import { withSnapshot } from './snapshot.ts';
import { change, type Step, say, stay } from './step.ts';
import { columnAt, nextGrouping, nextScale, nextZoom, reverse, setFilter, sortBy, toggleColumn } from './tables.ts';
import { isTimeCommand, sought, travel } from './time.ts';
import { backInTree, isTreeCommand, openEntry, runTree, scrollVersions, startSearch, treeAnswered } from './tree.ts';

/** Everything that can happen to the dashboard. Columns and rows of clicks count from 0. */
export type Action =
  | { readonly type: 'key'; readonly key: string }
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot; readonly history?: History }
  | { readonly type: 'seek'; readonly seek: Seek | null }
  | { readonly type: 'resize'; readonly size: Size }
  | { readonly type: 'click'; readonly x: number; readonly y: number }
  | { readonly type: 'wheel'; readonly lines: number }
  | { readonly type: 'say'; readonly text: string; readonly tone: Tone }
  | ({ readonly type: 'offers' } & Answer)
  | { readonly type: 'looked'; readonly id: string; readonly answer: LookAnswer | null }
  /** Part of the union of a container was read. */
  | { readonly type: 'tree'; readonly id: string; readonly answer: TreeAnswer };

/** The one reducer: pure, and total over any action in any state. */
export function update(model: Model, action: Action): Step {
  switch (action.type) {
    case 'key':
      return lookToo(key(change(model, { message: null, awaited: null }).model, action.key), false);
    case 'snapshot':
      return lookToo(
        askAgain(openAwaited(withSnapshot(model, action.snapshot, action.history ?? model.history))),
        true,
      );
    case 'seek':
      return sought(model, action.seek);
    case 'resize':
      return change(model, { size: action.size });
    case 'click':
      return lookToo(click(model, action.x, action.y), false);
    case 'wheel':
      return moveAny(model, action.lines);
    case 'say':
      return say(model, action.text, action.tone);
    case 'offers':
      return answered(model, action);
    case 'looked':
      return looked(model, action.id, action.answer);
    case 'tree':
      return treeAnswered(model, action.id, action.answer);
  }
}

/** What the Cgroup tab shows besides the sample is looked at with each one, and when the tab is come to. */
function lookToo(step: Step, again: boolean): Step {
  const { view } = step.model.ui;
  return step.effect === null && view.name === 'container' && (again || view.others === null) ? look(step.model) : step;
}

function key(model: Model, pressed: string): Step {
  const { overlay } = model.ui;
  const binding = bindingFor(model, pressed);
  if (binding !== null) {
    const reason = binding.disabledReason?.(model) ?? null;
    return reason === null ? run(model, binding.command, pressed) : say(model, reason, 'dim');
  }
  if (closesAgain(model, pressed)) {
    return closeOverlay(model);
  }
  const text = pressed === 'space' ? ' ' : pressed;
  const isTyping =
    overlay?.kind === 'filter' ||
    overlay?.kind === 'palette' ||
    overlay?.kind === 'limit' ||
    overlay?.kind === 'search';
  return isTyping && Array.from(text).length === 1 ? type(model, overlay, text) : stay(model);
}

function moveAny(model: Model, lines: number): Step {
  const { overlay } = model.ui;
  return overlay === null || overlay.kind === 'filter' ? move(model, { lines }) : moveOverlay(model, overlay, lines);
}

const FAR = 1_000_000;

function run(model: Model, command: Command, pressed: string): Step {
  if (isTimeCommand(command)) {
    return travel(model, command);
  }
  if (isTreeCommand(command)) {
    return runTree(model, command);
  }
  const tab = tabs.find(({ key: name }) => command === `tab:${name}`);
  if (tab !== undefined) {
    return goToTab(model, tab.key satisfies TabKey);
  }
  switch (command) {
    case 'up':
      return moveAny(model, -1);
    case 'down':
      return moveAny(model, 1);
    case 'pageUp':
      return page(model, -1);
    case 'pageDown':
      return page(model, 1);
    case 'top':
      return moveAny(model, -FAR);
    case 'bottom':
      return moveAny(model, FAR);
    case 'open':
      return openAny(model);
    case 'back':
      return back(model, pressed);
    case 'nextTab':
      return nextTab(model, 1);
    case 'previousTab':
      return nextTab(model, -1);
    case 'help':
    case 'palette':
    case 'filter':
    case 'sort':
    case 'columns':
      return openOverlay(model, command);
    case 'toggle':
      return toggle(model);
    case 'erase':
      return model.ui.overlay === null ? stay(model) : erase(model, model.ui.overlay);
    case 'clear':
      return model.ui.overlay === null ? stay(model) : clear(model, model.ui.overlay);
    case 'reverse':
      return reverse(model);
    case 'scale':
      return nextScale(model);
    case 'zoom':
      return nextZoom(model);
    case 'group':
      return nextGrouping(model);
    case 'namespaces':
      return change(model, { view: { name: 'hostNamespaces' } });
    case 'hostGroups':
      return change(model, { view: { name: 'hostGroups' } });
    case 'demos':
      return change(model, { view: { name: 'demos' } });
    case 'actions':
      return ask(model, null);
    case 'shell':
      return ask(model, 'shell');
    case 'undo':
      return ask(model, 'undo');
    case 'file':
      return openFile(model);
    case 'chain':
      return openChain(model);
    case 'yes': {
      const { overlay } = model.ui;
      return overlay?.kind === 'confirm' ? confirm(model, { ...overlay, index: 1 }) : stay(model);
    }
    case 'choose': {
      const there = atLine(model, Number(pressed) - 1);
      return there === null ? stay(model) : openAny(there);
    }
    default:
      return effect(model, command);
  }
}

function page(model: Model, pages: 1 | -1): Step {
  const { overlay, size } = model.ui;
  if (overlay?.kind === 'versions') {
    return scrollVersions(model, overlay, pages * Math.max(1, Math.floor(size.rows / 2)));
  }
  return overlay === null || overlay.kind === 'filter'
    ? move(model, { pages })
    : moveOverlay(model, overlay, pages * Math.max(1, size.rows - 6));
}

function openAny(model: Model): Step {
  const { overlay } = model.ui;
  switch (overlay?.kind) {
    case undefined:
      return openSelected(model);
    case 'filter':
    case 'help':
    case 'file':
    case 'chain':
      return closeOverlay(model);
    case 'versions':
      return stay(model);
    case 'search':
      return startSearch(model, overlay.text);
    case 'palette': {
      const chosen = paletteBindings(model, overlay.text)[overlay.index];
      const closed = closeOverlay(model).model;
      return chosen === undefined ? stay(closed) : run(closed, chosen.command, '');
    }
    case 'sort': {
      const column = columnAt(model, overlay.index);
      const closed = closeOverlay(model).model;
      return column === null ? stay(closed) : sortBy(closed, column);
    }
    case 'columns':
      return toggle(model);
    case 'actions': {
      const offer = overlay.offers[overlay.index];
      return offer === undefined ? stay(model) : take(model, overlay.target, offer);
    }
    case 'limit':
      return take(model, overlay.target, overlay.offer);
    case 'confirm':
      return confirm(model, overlay);
  }
}

function openSelected(model: Model): Step {
  if (shownTree(model.ui.view) !== null) {
    return openEntry(model);
  }
  switch (model.ui.view.name) {
    case 'demos':
      return openDemo(model);
    case 'hostGroups':
      return openGroup(model);
    case 'groupProcesses':
      return openProcess(model);
    case 'list':
    case 'hostNamespaces':
    case 'container':
      return open(model);
  }
}

/** In the menu of columns; elsewhere a menu has nothing to toggle. */
function toggle(model: Model): Step {
  const { overlay } = model.ui;
  const column = overlay?.kind === 'columns' ? columnAt(model, overlay.index) : null;
  return column === null ? stay(model) : toggleColumn(model, column);
}

/** Esc: what lies over the view first, then the filter, then the view. */
function back(model: Model, pressed: string): Step {
  const { overlay, view, filters } = model.ui;
  if (overlay !== null) {
    const closed = closeOverlay(model).model;
    return overlay.kind === 'filter' ? setFilter(closed, overlay.before) : stay(closed);
  }
  const inTree = backInTree(model, pressed);
  if (inTree !== null) {
    return inTree;
  }
  const table = tableIdOf(view);
  if (table !== null && filters[table] !== '') {
    return setFilter(model, '');
  }
  return view.name === 'hostGroups' && pressed === 'left' ? fold(model) : leave(model);
}

/** A click selects a row, a second one opens it; on a title it sorts. */
function click(model: Model, x: number, y: number): Step {
  if (model.ui.overlay !== null) {
    return closeOverlay(model);
  }
  const hit = hitAt(model, x, y);
  switch (hit?.kind) {
    case undefined:
      return stay(model);
    case 'tab':
      return goToTab(model, hit.tab);
    case 'column':
      return sortBy(model, hit.key);
    case 'line': {
      const before = selectedKey(model);
      const step = selectLine(model, hit.index);
      return before !== null && before === sceneOf(model).body.keyAt(hit.index) ? openAny(step.model) : step;
    }
  }
}
