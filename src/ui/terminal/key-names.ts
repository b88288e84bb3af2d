import type { Key } from 'ink';

const NAMED = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
] as const;

const CHARACTERS: { readonly [character: string]: string } = {
  ' ': 'space',
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\u001b': 'esc',
  '\u0008': 'backspace',
  '\u007f': 'backspace',
};

/** The names of the keys in one event of Ink: what was typed fast, or pasted, comes as one. */
export function keyNames(input: string, key: Key): readonly string[] {
  // Escape and another key in one read are two keys typed fast: no key of ours is one with Alt.
  const named = NAMED.find(([flag]) => key[flag]);
  if (named !== undefined) {
    return key.meta && named[1] === 'enter' ? ['esc', 'enter'] : [named[1]];
  }
  if (key.tab) {
    return [key.shift ? 'shift-tab' : 'tab'];
  }
  if (key.ctrl) {
    return input === '' ? [] : [`ctrl-${input}`];
  }
  const typed = Array.from(input, (character) => CHARACTERS[character] ?? controlName(character) ?? character);
  return key.meta ? ['esc', ...typed] : typed;
}

/** Among other text Ink names no control character: 1 to 26 are Ctrl with a letter. */
function controlName(character: string): string | null {
  const code = character.charCodeAt(0);
  return code >= 1 && code <= LETTERS ? `ctrl-${String.fromCharCode(code + BEFORE_A)}` : null;
}

const LETTERS = 26;
/** 'a' is the first. */
const BEFORE_A = 96;
