import { layersOnly, readableOnly, treeOnly } from './key-reasons.ts';
import type { Binding } from './keymap.ts';
import { shownTree } from './state.ts';

/** Keys of the Layers tab, and of the versions of a path that lie over it. */
export const layerBindings: readonly Binding[] = [
  {
    keys: ['v'],
    command: 'versions',
    label: 'all versions of a path that the branches have, and what is in them',
    scopes: ['container'],
    hint: 'versions',
    disabledReason: (model) => treeOnly(model) ?? readableOnly(model),
  },
  {
    keys: ['o'],
    command: 'changesOnly',
    label: 'only what the container changed, or the whole tree',
    scopes: ['container'],
    hint: 'changes',
    disabledReason: treeOnly,
  },
  {
    keys: ['w'],
    command: 'use',
    label: 'where the container wrote, what each branch holds, and what of it is wasted',
    scopes: ['container'],
    hint: 'waste',
    disabledReason: readableOnly,
  },
  {
    keys: ['t'],
    command: 'branches',
    label: 'the branches as a table, or the tree that they make',
    scopes: ['container'],
    hint: ({ ui }) => (shownTree(ui.view) === null ? 'tree' : 'table'),
    disabledReason: layersOnly,
  },
  {
    keys: ['d'],
    command: 'diff',
    label: 'what changed since the version below, or what is in it',
    scopes: ['versions'],
    hint: ({ ui }) => (ui.overlay?.kind === 'versions' && ui.overlay.asDiff ? 'contents' : 'diff'),
  },
];
