import { keyName } from './key-name.ts';
import { limitOfLine } from './limit-rows.ts';
import type { Model } from './state.ts';
import { shownTree, tableIdOf, viewedContainer } from './state.ts';

/** Why a key does nothing now; null where it does. */

export const tableOnly = (model: Model): string | null =>
  tableIdOf(model.ui.view) === null ? 'this view is text: there is no table in it' : null;

export const filterOnly = (model: Model): string | null =>
  shownTree(model.ui.view) === null ? tableOnly(model) : readableOnly(model);

export const layersOnly = ({ ui: { view } }: Model): string | null =>
  view.name === 'container' && view.tab === 'layers' ? null : 'this is for the Layers tab: 5';

export const treeOnly = (model: Model): string | null => {
  const elsewhere = layersOnly(model);
  if (elsewhere !== null) {
    return elsewhere;
  }
  return shownTree(model.ui.view)?.listed == null ? 'there is no tree on the screen' : null;
};

/** Of what must be read first. */
export const readableOnly = (model: Model): string | null => {
  const { snapshot, ui } = model;
  const elsewhere = layersOnly(model);
  if (elsewhere !== null || ui.view.name !== 'container') {
    return elsewhere;
  }
  if (viewedContainer(ui.view, snapshot).gone) {
    return 'this container is gone: what was read of it stays, and no more is';
  }
  return ui.view.tree.listed === null ? 'there is no tree that could be read' : null;
};

export const targetOnly = ({ snapshot, ui: { view } }: Model): string | null => {
  switch (view.name) {
    case 'list':
      return snapshot.containers.length === 0 ? 'no container is running' : null;
    case 'hostNamespaces':
      return 'open a container first';
    case 'hostGroups':
      return null;
    case 'groupProcesses':
      return `open a process first: ${keyName('enter')} does`;
    case 'demos':
      return null;
    case 'container':
      return viewedContainer(view, snapshot).gone ? 'this container is gone' : null;
  }
};

/** Why nothing can be done to what is shown; null where it can: it is no recording. */
export const liveOnly = ({ ui: { replay } }: Model): string | null =>
  replay === null ? null : 'this is a recording: nothing can be done to what was there';

export const ownPace = ({ ui: { replay } }: Model): string | null =>
  replay === null ? null : 'a recording has the pace it was made with: { and } play it slower and faster';

export const cgroupOnly = ({ ui: { view } }: Model): string | null =>
  view.name === 'container' && view.tab === 'cgroup' ? null : 'this is for figures of the Cgroup tab: 3';

export const chartsOnly = ({ ui: { view } }: Model): string | null =>
  view.name === 'container' && (view.tab === 'cgroup' || view.tab === 'mounts')
    ? null
    : 'this is for charts: of the Cgroup tab, 3, and of the network, 7';

/** What Enter answers to a question: No stands first. */
export const answerHint = ({ ui: { overlay } }: Model): string | null =>
  overlay?.kind !== 'confirm' ? null : overlay.index === 0 ? 'no' : 'yes';

/** What Enter does to the selected line, in a word; null: nothing. */
export const openHint = (model: Model): string | null => {
  const { overlay, view, cursors } = model.ui;
  if (overlay?.kind === 'versions') {
    return null;
  }
  if (overlay !== null || view.name !== 'container' || view.tab !== 'cgroup') {
    return 'open';
  }
  return limitOfLine(cursors.cgroup.key) !== null && liveOnly(model) === null ? 'change' : null;
};
