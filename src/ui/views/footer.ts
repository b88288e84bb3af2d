import { printable, shorten } from '../../present/printable.ts';
import type { Command } from '../commands.ts';
import { keyName } from '../key-name.ts';
import { availableBindings, type Binding, scopesOf } from '../keymap.ts';
import { layerBindings } from '../layer-keys.ts';
import { bold, fitRow, type Row, rowWidth, span } from '../rows.ts';
import { type Model, tableIdOf } from '../state.ts';

/** What was answered to the last key, else what is being typed, else the keys that work here and now. */
export function footerRow(model: Model): Row {
  const { ui } = model;
  const { columns } = ui.size;
  if (ui.overlay?.kind === 'filter') {
    const table = tableIdOf(ui.view);
    const text = table === null ? '' : ui.filters[table];
    return fitRow(
      [
        bold(' /', 'accent'),
        span(text),
        { text: ' ', underline: true },
        span(`  ${keyName('enter')} keep  Esc undo  Ctrl-u clear  ! inverts`, 'dim'),
      ],
      columns,
    );
  }
  if (ui.overlay?.kind === 'search') {
    const keys = span(`  ${keyName('enter')} looks in the whole tree  Esc leaves it  Ctrl-u clears`, 'dim');
    return fitRow([bold(' /', 'accent'), span(ui.overlay.text), { text: ' ', underline: true }, keys], columns);
  }
  if (ui.overlay?.kind === 'limit' && ui.message === null) {
    const does = ui.overlay.offer.asks ? 'asks whether to' : 'changes it';
    return fitRow([span(` ${keyName('enter')} ${does}  Esc leaves it  Ctrl-u clears`, 'dim')], columns);
  }
  if (ui.message !== null) {
    return fitRow([span(' '), span(shorten(ui.message.text, columns - 2), ui.message.tone)], columns);
  }
  return fitRow([...filterNote(model), ...hints(model, columns)], columns);
}

function filterNote({ ui }: Model): Row {
  const table = tableIdOf(ui.view);
  const text = table === null ? '' : ui.filters[table];
  return text === '' ? [] : [span(' '), bold(`/${printable(text)}`, 'accent'), span('  Esc clears', 'dim')];
}

/** As many hints as fit; help and quit always. */
function hints(model: Model, columns: number): Row {
  const all = ownFirst(availableBindings(model, scopesOf(model))).flatMap(({ keys, hint }) => {
    const word = typeof hint === 'function' ? hint(model) : (hint ?? null);
    return word === null || !isUseful(model, word) ? [] : [hintRow(keys[0] ?? '', word)];
  });
  const last = all.slice(-2);
  const row: Row[] = [];
  let width = rowWidth(filterNote(model)) + last.reduce((sum, one) => sum + rowWidth(one), 0);
  for (const one of all.slice(0, -2)) {
    width += rowWidth(one);
    if (width > columns) {
      break;
    }
    row.push(one);
  }
  return [...row, ...last].flat();
}

/** What most views have. */
const COMMON: ReadonlySet<Command> = new Set<Command>(['back', 'actions']);

/** The keys that the tree of layers alone has go before those that a person knows from elsewhere. */
function ownFirst(bindings: readonly Binding[]): readonly Binding[] {
  const end = 1 + bindings.findLastIndex((binding) => layerBindings.includes(binding));
  const before = bindings.slice(0, end);
  const isCommon = ({ command }: Binding) => COMMON.has(command);
  return [...before.filter((one) => !isCommon(one)), ...before.filter(isCommon), ...bindings.slice(end)];
}

/** At home there is nothing to go back to. */
function isUseful({ ui }: Model, word: string): boolean {
  return !(word === 'back' && ui.view.name === 'list' && ui.overlay === null);
}

function hintRow(key: string, word: string): Row {
  return [span(` ${keyName(key)}`, 'accent'), span(` ${word} `, 'dim')];
}
