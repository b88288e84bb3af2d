import type { TreeAnswer, TreeQuestion } from '../../model/layers/tree.ts';
import { isOpen } from '../../model/layers/tree.ts';
import type { MergedEntry } from '../../model/layers/union.ts';
import type { Command } from '../commands.ts';
import { readableOnly } from '../key-reasons.ts';
import {
  type ContainerView,
  type Cursor,
  type Model,
  type Overlay,
  shownTree,
  type TreeView,
  viewedContainer,
} from '../state.ts';
import { shownLines } from '../views/layer-tree.ts';
import { versionsText } from '../views/layer-versions.ts';
import { leave, selectedKey } from './navigate.ts';
import { change, type Step, say, stay } from './step.ts';

const START: Cursor = { key: null, index: 0, top: 0 };

const COMMANDS = {
  versions: openVersions,
  changesOnly: toggleChanges,
  branches: (model) => toggleShown(model, 'branches'),
  use: (model) => toggleShown(model, 'use'),
  diff: toggleDiff,
} as const satisfies { readonly [command in Command]?: (model: Model) => Step };

type TreeCommand = keyof typeof COMMANDS;

export function isTreeCommand(command: Command): command is TreeCommand {
  return command in COMMANDS;
}

/** Keys of the Layers tab alone. */
export function runTree(model: Model, command: TreeCommand): Step {
  return COMMANDS[command](model);
}

/** What is to be read for what is on the screen; null: nothing of a union, or the container is gone. */
export function treeQuestion({ snapshot, ui }: Model): TreeQuestion | null {
  const { view, overlay, replay } = ui;
  if (view.name !== 'container' || view.tab !== 'layers' || replay !== null) {
    return null;
  }
  const { container, gone } = viewedContainer(view, snapshot);
  if (gone || container.layers === null || container.layers.branches.length === 0) {
    return null;
  }
  const { opened, closed, changesOnly, search, found, use, shows } = view.tree;
  return {
    container,
    openness: { opened, closed, changesOnly },
    versionsOf: overlay?.kind === 'versions' ? overlay.path : null,
    search: found !== null && found.state !== 'running' ? null : search,
    use: shows === 'use' && use?.same == null,
  };
}

/** What makes one question another than the last, of one container. */
export function questionKey({ container, openness, versionsOf, search, use }: TreeQuestion): readonly unknown[] {
  const { opened, closed, changesOnly } = openness;
  return [container.id, [...opened], [...closed], changesOnly, versionsOf, search, use];
}

/** A part of the union was read. */
export function treeAnswered(model: Model, id: string, answer: TreeAnswer): Step {
  const { view, overlay } = model.ui;
  if (view.name !== 'container' || view.id !== id) {
    return stay(model);
  }
  switch (answer.kind) {
    case 'directories':
      return changeTree(model, view, { listed: answer });
    case 'search':
      return answer.text === view.tree.search ? changeTree(model, view, { found: answer }) : stay(model);
    case 'use':
      return view.tree.shows === 'use' ? changeTree(model, view, { use: answer }) : stay(model);
    case 'versions':
      return overlay?.kind === 'versions' && overlay.path === answer.path
        ? change(model, { overlay: { ...overlay, answer } })
        : stay(model);
  }
}

function changeTree(model: Model, view: ContainerView, tree: Partial<TreeView>, cursor?: Cursor): Step {
  const { cursors } = model.ui;
  return change(model, {
    view: { ...view, tree: { ...view.tree, ...tree } },
    ...(cursor !== undefined && { cursors: { ...cursors, layers: cursor } }),
  });
}

function selectedEntry(model: Model): MergedEntry | null {
  const key = selectedKey(model);
  const line = shownLines(model.ui.view).find((one) => 'entry' in one && one.entry.path === key);
  return line !== undefined && 'entry' in line ? line.entry : null;
}

/** Enter: looks into a directory, shows all versions of anything else; what was found is shown in its place. */
export function openEntry(model: Model): Step {
  const { view } = model.ui;
  const entry = selectedEntry(model);
  if (entry === null || view.name !== 'container') {
    return stay(model);
  }
  const { tree } = view;
  if (tree.search !== null) {
    return goTo(model, view, entry);
  }
  if (entry.directory === null) {
    return openVersions(model);
  }
  if (isOpen(entry, tree)) {
    return stay(model);
  }
  const unreadable = readableOnly(model);
  if (unreadable !== null && tree.listed?.directories.has(entry.path) !== true) {
    return say(model, unreadable, 'dim');
  }
  return changeTree(model, view, {
    opened: new Set([...tree.opened, entry.path]),
    closed: without(tree.closed, entry.path),
  });
}

/** Shows the tree with this directory opened, and chosen. */
export function openDirectory(model: Model, path: string): Step {
  const { view } = model.ui;
  return view.name === 'container'
    ? changeTree(
        model,
        view,
        { shows: 'tree', search: null, found: null, changesOnly: false, opened: new Set([...view.tree.opened, path]) },
        { key: path, index: 0, top: 0 },
      )
    : stay(model);
}

/** Opens every directory on the way. */
function goTo(model: Model, view: ContainerView, { path }: MergedEntry): Step {
  const names = path.split('/').slice(1, -1);
  const above = names.map((_, at) => `/${names.slice(0, at + 1).join('/')}`);
  const { opened } = view.tree;
  return changeTree(
    model,
    view,
    { search: null, found: null, changesOnly: false, opened: new Set([...opened, ...above]) },
    { key: path, index: 0, top: 0 },
  );
}

/** Left: closes a directory, else goes to the one around it, and out at the root. */
function closeEntry(model: Model): Step {
  const { view, cursors } = model.ui;
  const entry = selectedEntry(model);
  if (view.name !== 'container') {
    return stay(model);
  }
  const { tree } = view;
  if (tree.search !== null) {
    return endSearch(model, view);
  }
  if (entry !== null && isOpen(entry, tree)) {
    return changeTree(model, view, {
      opened: without(tree.opened, entry.path),
      closed: new Set([...tree.closed, entry.path]),
    });
  }
  const around = entry?.path.slice(0, entry.path.lastIndexOf('/')) ?? '';
  const index = shownLines(view).findIndex((line) => 'entry' in line && line.entry.path === around);
  return index < 0
    ? leave(model)
    : change(model, { cursors: { ...cursors, layers: { ...cursors.layers, key: around, index } } });
}

function without(paths: ReadonlySet<string>, path: string): ReadonlySet<string> {
  return new Set([...paths].filter((other) => other !== path));
}

/** Out of what was found, or back from the other pages of the tab, or up; null: there is nothing of the tree to leave. */
export function backInTree(model: Model, pressed: string): Step | null {
  const { view, filters } = model.ui;
  if (view.name !== 'container' || view.tab !== 'layers') {
    return null;
  }
  switch (view.tree.shows) {
    case 'tree':
      if (pressed === 'left') {
        return closeEntry(model);
      }
      return view.tree.search === null ? null : endSearch(model, view);
    case 'branches':
      return filters.branches === '' ? changeTree(model, view, { shows: 'tree' }, START) : null;
    case 'use':
      return changeTree(model, view, { shows: 'tree', use: null }, START);
  }
}

function endSearch(model: Model, view: ContainerView): Step {
  return changeTree(model, view, { search: null, found: null }, START);
}

function openVersions(model: Model): Step {
  const entry = selectedEntry(model);
  const unreadable = readableOnly(model);
  return entry === null || unreadable !== null
    ? say(model, unreadable ?? 'nothing is selected', 'dim')
    : change(model, {
        overlay: { kind: 'versions', path: entry.path, answer: null, index: 0, asDiff: false, top: 0 },
      });
}

function toggleChanges(model: Model): Step {
  const { view } = model.ui;
  return view.name === 'container'
    ? changeTree(model, view, { changesOnly: !view.tree.changesOnly, search: null, found: null, closed: new Set() })
    : stay(model);
}

/** To another page of the tab; from it back to the tree. */
function toggleShown(model: Model, page: 'branches' | 'use'): Step {
  const { view } = model.ui;
  if (view.name !== 'container') {
    return stay(model);
  }
  const shows = view.tree.shows === page ? 'tree' : page;
  return changeTree(model, view, { shows, use: null }, START);
}

export function startSearch(model: Model, text: string): Step {
  const { view } = model.ui;
  const closed = change(model, { overlay: null }).model;
  if (view.name !== 'container' || shownTree(view) === null) {
    return stay(closed);
  }
  return text === '' ? endSearch(closed, view) : changeTree(closed, view, { search: text, found: null }, START);
}

type VersionsOverlay = Extract<Overlay, { kind: 'versions' }>;

function toggleDiff(model: Model): Step {
  const { overlay } = model.ui;
  return overlay?.kind === 'versions'
    ? change(model, { overlay: { ...overlay, asDiff: !overlay.asDiff, top: 0 } })
    : stay(model);
}

/** To another version. */
export function moveVersion(model: Model, overlay: VersionsOverlay, lines: number): Step {
  const last = Math.max(0, (overlay.answer?.contents.length ?? 1) - 1);
  const index = Math.min(last, Math.max(0, overlay.index + Math.sign(lines)));
  return change(model, { overlay: { ...overlay, index, top: index === overlay.index ? overlay.top : 0 } });
}

/** Through what is in the chosen version. */
export function scrollVersions(model: Model, overlay: VersionsOverlay, lines: number): Step {
  const last = Math.max(0, versionsText(overlay, model.ui.size.columns).length - 1);
  return change(model, { overlay: { ...overlay, top: Math.min(last, Math.max(0, overlay.top + lines)) } });
}
