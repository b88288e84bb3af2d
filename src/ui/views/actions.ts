import type { ActionVerb, Offer, Target } from '../../model/action.ts';
import { containerLabel } from '../../present/container-label.ts';
import { printable, shorten } from '../../present/printable.ts';
import { keyName } from '../key-name.ts';
import { keyTable } from '../keymap.ts';
import { bold, cutAtBorders, type Row, rowWidth, span, wrap } from '../rows.ts';
import type { Overlay } from '../state.ts';
import { floatPanel, menuLine, menuWindow } from './panel.ts';

const NAMES: { readonly [verb in ActionVerb]: string } = {
  shell: 'shell',
  pause: 'pause',
  unpause: 'unpause',
  stop: 'stop',
  kill: 'kill',
  remove: 'remove',
  limit: 'limit',
  undo: 'undo',
  start: 'start',
  startAll: 'start all',
  removeAll: 'remove all',
};

const SAYS: { readonly [verb in ActionVerb]: string } = {
  shell: 'A shell inside it; the dashboard comes back when it ends.',
  pause: 'Its processes stop where they are, and keep their memory.',
  unpause: 'Its processes go on.',
  stop: 'It is asked to end, and ended when it does not within its time.',
  kill: 'It ends at once, whatever it is doing.',
  remove: 'It ends, and what it wrote outside of volumes is lost.',
  limit: 'Its limit changes at once, as exactly this is done:',
  undo: 'Its limit becomes what it was before it was changed here:',
  start: 'It shows up in the list within a second.',
  startAll: 'All demos, those that run already left as they are.',
  removeAll: 'All demos end, and nothing is left of them.',
};

/** What an action comes to, in a sentence. */
function saysOf(verb: ActionVerb, target: Target): string {
  if (target.kind === 'demo' && verb === 'start') {
    return target.demo.says;
  }
  if (target.kind === 'container' && verb === 'limit') {
    return `Goes to its limits on the Cgroup tab: ${keyName('enter')} on one of them changes it.`;
  }
  return target.kind === 'demo' && verb === 'remove' ? 'Its containers end, and nothing is left of them.' : SAYS[verb];
}

const WIDEST_NAME = 40;

function nameOf(target: Target): string {
  const name = target.kind === 'demo' ? printable(target.demo.name) : containerLabel(target.container);
  return shorten(name, WIDEST_NAME);
}

/** The menu: what can be done, the command line for it, and below it what the selected line would do exactly. */
export function actionRows(
  rows: readonly Row[],
  { target, offers, index }: Extract<Overlay, { kind: 'actions' }>,
  width: number,
): readonly Row[] {
  const lines = offers.map((offer, place) => menuLine(offerLine(offer, place), place === index));
  const details = offers.map((offer) => detailRows(offer, target, width));
  // As many lines, and as wide, for every line of the menu: a box must not jump under the cursor.
  const height = Math.max(0, ...details.map(({ length }) => length));
  const widest = Math.max(0, ...details.flat().map(rowWidth));
  const room = rows.length - 2;
  const detail = details[index] ?? [];
  const padded = Array.from({ length: height }, (_, line) => detail[line] ?? []);
  const below = height + 1 + lines.length <= room ? [[span(' '.repeat(widest))], ...padded] : [];
  return floatPanel(rows, nameOf(target), [...menuWindow(lines, index, room - below.length), ...below], width);
}

/** The key that does the same without the menu. */
function keyHint(verb: ActionVerb): string {
  const key = keyTable.find(({ command }) => command === verb)?.keys[0];
  return key === undefined ? '' : keyName(key);
}

function offerLine({ verb, command, asks, disabledReason }: Offer, place: number): Row {
  const off = disabledReason !== null;
  return [
    span(`${place + 1} `, off ? 'dim' : 'accent'),
    span(`${NAMES[verb]}${asks ? '…' : ''}`.padEnd(12), off ? 'dim' : undefined),
    span(keyHint(verb).padEnd(3), off ? 'dim' : 'accent'),
    span(printable(command), 'dim'),
  ];
}

const MARGIN = 8;

function detailRows({ verb, calls, disabledReason }: Offer, target: Target, width: number): readonly Row[] {
  const lines = (text: string): readonly string[] => wrap(printable(text), width - MARGIN);
  return [
    ...lines(saysOf(verb, target)).map((line) => [span(line)]),
    ...(disabledReason === null
      ? calls.flatMap((call) => exactRows(call, width))
      : lines(disabledReason).map((line): Row => [span(line, 'warn')])),
  ];
}

function exactRows(call: string, width: number): readonly Row[] {
  return cutAtBorders(printable(call), width - MARGIN).map((line) => [span(line, 'dim')]);
}

/** The question before what cannot be taken back: what is typed for it, and what is done exactly. */
export function confirmRows(
  rows: readonly Row[],
  { target, offer, index }: Extract<Overlay, { kind: 'confirm' }>,
  width: number,
): readonly Row[] {
  const name = nameOf(target);
  const all = offer.verb === 'removeAll';
  const word = NAMES[offer.verb];
  const title = all ? 'Remove all demo containers?' : `${capital(word)} ${name}?`;
  const lines = (text: string) => wrap(printable(text), width - MARGIN);
  const choices = ['No, leave it as it is', all ? 'Yes, remove all' : `Yes, ${word} ${name}`];
  const answers = choices.map((choice, place) =>
    menuLine([span(choice, place === 0 ? undefined : 'bad')], place === index),
  );
  const text: readonly Row[] = [
    ...lines(saysOf(offer.verb, target)).map((line) => [span(line)]),
    ...lines(offer.command).map((line) => [bold(line, 'accent')]),
    ...offer.calls.flatMap((call) => exactRows(call, width)),
    [],
  ];
  // Where there is little room the answers stay.
  return floatPanel(rows, title, [...text.slice(0, Math.max(0, rows.length - 2 - answers.length)), ...answers], width);
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
