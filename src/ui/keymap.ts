import { cgroupBindings } from './cgroup-keys.ts';
import type { Command } from './commands.ts';
import { answerHint, filterOnly, liveOnly, openHint, ownPace, tableOnly, targetOnly } from './key-reasons.ts';
import { layerBindings } from './layer-keys.ts';
import { type Model, shownTree } from './state.ts';
import { tabs } from './tabs.ts';
import { timeBindings } from './time-keys.ts';

/** Where a key means something. `any` is every view; menus, help and typing take the keys for themselves. */
export type Scope = 'any' | 'list' | 'container' | 'replay' | 'menu' | 'question' | 'help' | 'versions' | 'typing';

/**
 * One line of the key table: dispatch, footer, help, palette and docs/keys.md all come from it. Keys by their names
 * (`up`, `ctrl-c`) or as the character they type. `hint`: its short word in the footer, most useful
 * first; null where it would do nothing.
 */
export type Binding = {
  readonly keys: readonly string[];
  readonly command: Command;
  readonly label: string;
  readonly scopes: readonly Scope[];
  readonly hint?: string | ((model: Model) => string | null);
  /** Why it does nothing now; null where it does. */
  readonly disabledReason?: (model: Model) => string | null;
};

export const keyTable: readonly Binding[] = [
  ...timeBindings,
  {
    keys: ['enter', 'right'],
    command: 'open',
    label:
      'open what is selected, unfold a group or directory, start a demo; change a limit; on a shared namespace, go to the container it is shared with',
    scopes: ['any', 'menu'],
    hint: openHint,
    disabledReason: ({ ui: { overlay, view } }) =>
      overlay === null &&
      view.name === 'container' &&
      view.tab !== 'namespaces' &&
      view.tab !== 'cgroup' &&
      shownTree(view) === null
        ? 'there is nothing to open here'
        : null,
  },
  {
    keys: ['esc', 'left', 'backspace'],
    command: 'back',
    label: 'clear the filter, close, go back; ← among groups and in a tree folds one, then goes to the one around it',
    scopes: ['any', 'menu', 'help', 'versions'],
    hint: 'back',
  },
  {
    keys: ['/'],
    command: 'filter',
    label: 'filter, a leading ! keeps what does not match; in the tree of layers, look for a name',
    scopes: ['any'],
    hint: ({ ui }) => (shownTree(ui.view) === null ? 'filter' : 'search'),
    disabledReason: filterOnly,
  },
  {
    keys: ['s'],
    command: 'sort',
    label: 'choose what to sort by',
    scopes: ['any'],
    hint: 'sort',
    disabledReason: tableOnly,
  },
  { keys: ['r'], command: 'reverse', label: 'reverse the order', scopes: ['any'], disabledReason: tableOnly },
  {
    keys: ['c'],
    command: 'columns',
    label: 'choose the columns',
    scopes: ['any'],
    hint: 'columns',
    disabledReason: tableOnly,
  },
  { keys: ['S'], command: 'save', label: 'save columns, order, grouping and scale', scopes: ['any'] },
  {
    keys: ['a'],
    command: 'actions',
    label: 'actions: pause, stop, kill, remove, limit, each with its command line',
    scopes: ['any'],
    hint: 'actions',
    disabledReason: (model) => liveOnly(model) ?? targetOnly(model),
  },
  ...cgroupBindings,
  ...layerBindings,
  {
    keys: ['e'],
    command: 'shell',
    label: 'a shell inside the container',
    scopes: ['any'],
    disabledReason: (model) =>
      liveOnly(model) ?? (model.ui.view.name === 'demos' ? 'open a container of the demo first' : targetOnly(model)),
  },
  {
    keys: ['u'],
    command: 'undo',
    label: 'take back the limit that was changed last, one by one',
    scopes: ['any'],
    disabledReason: (model) => liveOnly(model) ?? targetOnly(model),
  },
  {
    keys: ['n'],
    command: 'namespaces',
    label: 'all namespaces of the host',
    scopes: ['any'],
    hint: 'namespaces',
    disabledReason: ({ ui }) => (ui.view.name === 'hostNamespaces' ? 'they are on the screen' : null),
  },
  {
    keys: ['H'],
    command: 'hostGroups',
    label: 'the host: its load and all its cgroups, from slice to container and process',
    scopes: ['any'],
    hint: 'host',
    disabledReason: ({ snapshot, ui }) =>
      ui.view.name === 'hostGroups'
        ? 'they are on the screen'
        : ui.replay === null || snapshot.hostGroups !== null
          ? null
          : 'this recording does not hold the groups of the host: it is of an older nsview',
  },
  {
    keys: ['D'],
    command: 'demos',
    label: 'demo containers: start and remove them',
    scopes: ['any'],
    hint: 'demos',
    disabledReason: (model) => liveOnly(model) ?? (model.ui.view.name === 'demos' ? 'they are on the screen' : null),
  },
  { keys: ['b'], command: 'group', label: 'group the list by engine, by pod or project, or not', scopes: ['list'] },
  { keys: ['%'], command: 'scale', label: 'figures, or percent of a core, of the host, of the limit', scopes: ['any'] },
  { keys: ['space'], command: 'freeze', label: 'freeze, and go on', scopes: ['any'] },
  { keys: ['+', '='], command: 'slower', label: 'sample less often', scopes: ['any'], disabledReason: ownPace },
  { keys: ['-', '_'], command: 'faster', label: 'sample more often', scopes: ['any'], disabledReason: ownPace },
  { keys: ['y'], command: 'copy', label: 'copy the id, path or inode of what is selected', scopes: ['any'] },
  { keys: ['m'], command: 'mouse', label: 'mouse on or off: while on, select text with Shift', scopes: ['any'] },
  { keys: ['tab', ']'], command: 'nextTab', label: 'next tab', scopes: ['container'], hint: 'tab' },
  { keys: ['shift-tab', '['], command: 'previousTab', label: 'previous tab', scopes: ['container'] },
  ...tabs.map(
    ({ key, digit, title }): Binding => ({
      keys: [digit],
      command: `tab:${key}`,
      label: title,
      scopes: ['container'],
    }),
  ),
  {
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    command: 'choose',
    label: 'take the line with this number',
    scopes: ['menu'],
  },
  { keys: ['y'], command: 'yes', label: 'yes, do it', scopes: ['question'], hint: 'yes' },
  {
    keys: ['n', 'esc', 'left', 'backspace'],
    command: 'back',
    label: 'no, leave it as it is',
    scopes: ['question'],
    hint: 'no',
  },
  { keys: ['enter'], command: 'open', label: 'give the marked answer', scopes: ['question'], hint: answerHint },
  { keys: ['space', 'x'], command: 'toggle', label: 'show or hide the column', scopes: ['menu'] },
  { keys: ['up', 'k'], command: 'up', label: 'up', scopes: ['any', 'menu', 'question', 'help', 'versions'] },
  { keys: ['down', 'j'], command: 'down', label: 'down', scopes: ['any', 'menu', 'question', 'versions'] },
  { keys: ['down', 'j'], command: 'down', label: 'down', scopes: ['help'], hint: 'more' },
  { keys: ['pageup', 'ctrl-u'], command: 'pageUp', label: 'a page up', scopes: ['any', 'menu', 'help', 'versions'] },
  {
    keys: ['pagedown', 'ctrl-d'],
    command: 'pageDown',
    label: 'a page down',
    scopes: ['any', 'menu', 'help', 'versions'],
  },
  { keys: ['home', 'g'], command: 'top', label: 'to the top', scopes: ['any', 'menu', 'help'] },
  { keys: ['end', 'G'], command: 'bottom', label: 'to the bottom', scopes: ['any', 'menu', 'help'] },
  { keys: ['enter'], command: 'open', label: 'do it', scopes: ['typing'] },
  { keys: ['esc'], command: 'back', label: 'leave it', scopes: ['typing'] },
  { keys: ['up'], command: 'up', label: 'up', scopes: ['typing'] },
  { keys: ['down', 'tab'], command: 'down', label: 'down', scopes: ['typing'] },
  { keys: ['backspace', 'delete', 'ctrl-h'], command: 'erase', label: 'erase a letter', scopes: ['typing'] },
  { keys: ['ctrl-u'], command: 'clear', label: 'erase all that is typed', scopes: ['typing'] },
  { keys: [':'], command: 'palette', label: 'all that can be done, by its name', scopes: ['any'] },
  { keys: ['?', 'h', 'f1'], command: 'help', label: 'this help', scopes: ['any'], hint: 'help' },
  {
    keys: ['ctrl-l'],
    command: 'redraw',
    label: 'draw the screen anew',
    scopes: ['any', 'menu', 'question', 'help', 'versions', 'typing'],
  },
  {
    keys: ['ctrl-z'],
    command: 'suspend',
    label: 'suspend; fg comes back',
    scopes: ['any', 'menu', 'question', 'help', 'versions', 'typing'],
  },
  {
    keys: ['q'],
    command: 'quit',
    label: 'quit',
    scopes: ['any', 'menu', 'question', 'help', 'versions'],
    hint: 'quit',
  },
  {
    keys: ['ctrl-c'],
    command: 'quit',
    label: 'quit',
    scopes: ['any', 'menu', 'question', 'help', 'versions', 'typing'],
  },
];

/** The scopes in which keys are understood now, innermost alone: what lies over a view takes all keys. */
export function scopesOf({ ui }: Model): readonly Scope[] {
  switch (ui.overlay?.kind) {
    case 'help':
    case 'file':
    case 'chain':
      return ['help'];
    case 'versions':
      return ['versions'];
    case 'search':
    case 'filter':
    case 'palette':
    case 'limit':
      return ['typing'];
    case 'sort':
    case 'columns':
    case 'actions':
      return ['menu'];
    case 'confirm':
      return ['question'];
    case undefined:
      return [...viewScopes(ui.view), ...(ui.replay === null ? [] : (['replay'] as const)), 'any'];
  }
}

function viewScopes({ name }: Model['ui']['view']): readonly Scope[] {
  return name === 'list' || name === 'container' ? [name] : [];
}

/** What a key means now, or null. */
export function bindingFor(model: Model, key: string): Binding | null {
  const scopes = scopesOf(model);
  return (
    keyTable.find(({ keys, scopes: where }) => keys.includes(key) && where.some((scope) => scopes.includes(scope))) ??
    null
  );
}

/** What can be done now, for footer and palette: in the table's order, what is disabled left out. */
export function availableBindings(model: Model, scopes: readonly Scope[]): readonly Binding[] {
  return keyTable.filter(
    ({ scopes: where, disabledReason }) =>
      where.some((scope) => scopes.includes(scope)) && (disabledReason?.(model) ?? null) === null,
  );
}
