import type { Container } from '../../model/document/container.ts';
import { containerLabel } from '../../present/container-label.ts';
import { limitOfLine } from '../limit-rows.ts';
import { sceneOf } from '../scene.ts';
import {
  bodyIdOf,
  CLOSED_TREE,
  type Cursor,
  type HomeView,
  type Model,
  type UiState,
  viewedContainer,
} from '../state.ts';
import { neighbourTab, type TabKey } from '../tabs.ts';
import { cursorAt, moveCursor, selectedIndex } from '../views/body.ts';
import { openLimit } from './limits.ts';
import { change, type Step, say, stay } from './step.ts';

/** How far a key goes: lines, or pages of what is on the screen. */
export type Move = { readonly lines: number } | { readonly pages: 1 | -1 };

export function move(model: Model, by: Move): Step {
  const { body, cursor, height } = sceneOf(model);
  const lines = 'lines' in by ? by.lines : by.pages * Math.max(1, height - 1);
  return change(model, withCursor(model, moveCursor(body, cursor, lines, height)));
}

export function selectLine(model: Model, index: number): Step {
  const { body, cursor, height } = sceneOf(model);
  return body.keyAt(index) === null
    ? stay(model)
    : change(model, withCursor(model, cursorAt(body, cursor, index, height)));
}

function withCursor({ ui }: Model, cursor: Cursor): Partial<UiState> {
  return { cursors: { ...ui.cursors, [bodyIdOf(ui.view)]: cursor } };
}

/** The key of the selected row, or null where nothing is selected. */
export function selectedKey(model: Model): string | null {
  const { body, cursor } = sceneOf(model);
  return body.keyAt(selectedIndex(body, cursor));
}

/** Enter: into a container; from a shared namespace to who shares it. */
export function open(model: Model): Step {
  const { snapshot, ui } = model;
  const key = selectedKey(model);
  if (key === null) {
    return stay(model);
  }
  if (ui.view.name === 'list') {
    const container = snapshot.containers.find(({ id }) => id === key);
    return container === undefined ? stay(model) : enter(model, container, 'list', 'overview');
  }
  if (ui.view.name === 'hostNamespaces') {
    const namespace = snapshot.namespaces.find(({ type, inode }) => `${type}:${inode}` === key);
    return goToFirst(model, namespace?.containers ?? [], 'hostNamespaces');
  }
  const limit = ui.view.name === 'container' && ui.view.tab === 'cgroup' ? limitOfLine(key) : null;
  if (limit !== null) {
    return openLimit(model, limit);
  }
  if (ui.view.name === 'container' && ui.view.tab === 'namespaces') {
    const namespace = viewedContainer(ui.view, snapshot).container.namespaces.find(({ type }) => type === key);
    return goToFirst(model, namespace?.sharedWith ?? [], ui.view.from);
  }
  return stay(model);
}

function goToFirst(model: Model, refs: readonly string[], from: HomeView): Step {
  const { containers } = model.snapshot;
  const partner = refs.map((ref) => containers.find((container) => isNamed(container, ref))).find((found) => found);
  return partner === undefined
    ? say(model, 'no container to go to: it is shared with none', 'dim')
    : enter(model, partner, from, 'namespaces');
}

/** A REF is the name, `name@engine`, the short id or `pid:N`. */
function isNamed(container: Container, ref: string): boolean {
  return (
    ref === container.name ||
    ref === `${container.name}@${container.engine}` ||
    ref === container.shortId ||
    ref === container.id ||
    ref === `pid:${container.init?.pid}` ||
    ref === containerLabel(container)
  );
}

/** Into one container. */
export function enter(model: Model, container: Container, from: HomeView, tab: TabKey): Step {
  const { ui, snapshot, history } = model;
  const start: Cursor = { key: null, index: 0, top: 0 };
  const same = ui.view.name === 'container' && ui.view.id === container.id;
  return change(model, {
    view: {
      name: 'container',
      id: container.id,
      tab,
      seen: container,
      seenAtMs: snapshot.atMs,
      track: history.tracks.get(container.id) ?? null,
      others: null,
      tree: same && ui.view.name === 'container' ? ui.view.tree : CLOSED_TREE,
      from,
      openedAtMs: ui.replay === null ? snapshot.atMs : null,
    },
    cursors: same
      ? ui.cursors
      : {
          ...ui.cursors,
          overview: start,
          namespaces: start,
          cgroup: start,
          processes: start,
          layers: start,
          mounts: start,
          security: start,
        },
    filters: { ...ui.filters, namespaces: '', processes: '', branches: '', mounts: '' },
  });
}

/** To the first limit of a container that can be changed. */
export function toLimits(model: Model, container: Container): Step {
  const { view } = model.ui;
  const from = view.name === 'container' ? view.from : view.name;
  const there = enter(change(model, { overlay: null }).model, container, from, 'cgroup').model;
  const { body } = sceneOf(there);
  const index = Array.from({ length: body.count }, (_, line) => body.keyAt(line)).findIndex(
    (key) => limitOfLine(key) !== null,
  );
  return index === -1 ? stay(there) : selectLine(there, index);
}

export function goToTab(model: Model, tab: TabKey): Step {
  const { view } = model.ui;
  return view.name === 'container' ? change(model, { view: { ...view, tab } }) : stay(model);
}

export function nextTab(model: Model, by: 1 | -1): Step {
  const { view } = model.ui;
  return view.name === 'container' ? goToTab(model, neighbourTab(view.tab, by)) : stay(model);
}

/** Out of a container, to where it was opened from; out of a group's processes to all groups; else home. */
export function leave(model: Model): Step {
  const { view } = model.ui;
  return view.name === 'list'
    ? stay(model)
    : change(model, {
        view: {
          name: view.name === 'container' ? view.from : view.name === 'groupProcesses' ? 'hostGroups' : 'list',
        },
      });
}
