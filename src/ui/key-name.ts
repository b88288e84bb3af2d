const NAMES: { readonly [key: string]: string } = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  enter: '↵',
  esc: 'Esc',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
  space: 'Space',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  backspace: 'Backspace',
  delete: 'Del',
  f1: 'F1',
};

/** A key as people name it. */
export function keyName(key: string): string {
  return NAMES[key] ?? (key.startsWith('ctrl-') ? `Ctrl-${key.slice(5)}` : key);
}
