import {
  type ActionResult,
  type ActionVerb,
  type Demo,
  demoContainers,
  type Offer,
  type Target,
} from '../../model/action.ts';
import type { Container } from '../../model/document/container.ts';
import type { LimitForm } from '../../model/limit-edit.ts';
import { keyName } from '../key-name.ts';
import { keyTable } from '../keymap.ts';
import { type Model, type Overlay, viewedContainer } from '../state.ts';
import { askLimitAgain } from './limits.ts';
import { enter, selectedKey, toLimits } from './navigate.ts';
import { change, type Step, say, stay } from './step.ts';
import { openDirectory } from './tree.ts';

/** What an action would be about now: the container looked at, or what is selected. */
function targetOf(model: Model): Target | null {
  const { snapshot, ui } = model;
  const { view } = ui;
  switch (view.name) {
    case 'container':
      return { kind: 'container', container: viewedContainer(view, snapshot).container };
    case 'list': {
      const key = selectedKey(model);
      const container = snapshot.containers.find(({ id }) => id === key);
      return container === undefined ? null : { kind: 'container', container };
    }
    case 'demos': {
      const key = selectedKey(model);
      const demo = ui.demos.find(({ name }) => name === key);
      return demo === undefined ? null : { kind: 'demo', demo };
    }
    case 'hostGroups': {
      const key = selectedKey(model);
      const id = snapshot.hostGroups?.groups.find(({ path }) => path === key)?.container ?? null;
      const container = snapshot.containers.find((one) => one.id === id);
      return container === undefined ? null : { kind: 'container', container };
    }
    case 'hostNamespaces':
    case 'groupProcesses':
      return null;
  }
}

const NO_CONTAINER = `this is no container’s group: ${keyName('enter')} shows its processes`;

/** Asks what can be done: for a menu, or for one thing that is wanted. */
export function ask(model: Model, verb: ActionVerb | null): Step {
  const found = targetOf(model);
  const target = verb === 'undo' && found?.kind === 'container' ? { ...found, kind: 'undo' as const } : found;
  return target === null
    ? say(model, model.ui.view.name === 'hostGroups' ? NO_CONTAINER : 'nothing is selected', 'dim')
    : { model, effect: { type: 'offer', target, verb } };
}

/** An open menu follows what it is about: an engine that answers only now, a container that is paused now. */
export function askAgain(model: Model): Step {
  const { overlay } = model.ui;
  if (overlay?.kind === 'limit') {
    return askLimitAgain(model, overlay);
  }
  if (overlay?.kind !== 'actions') {
    return stay(model);
  }
  const { target } = overlay;
  const id = target.kind === 'demo' ? null : target.container.id;
  const container = model.snapshot.containers.find((one) => one.id === id);
  const now: Target = container === undefined ? target : { kind: 'container', container };
  return { model, effect: { type: 'offer', target: now, verb: null } };
}

/** What the world answered to `ask`. */
export type Answer = {
  readonly target: Target;
  readonly verb: ActionVerb | null;
  readonly offers: readonly Offer[];
  /** Of a limit. */
  readonly form: LimitForm | null;
};

export function answered(model: Model, { target, verb, offers, form }: Answer): Step {
  const [first] = offers;
  if (target.kind === 'limit') {
    return form === null || first === undefined
      ? stay(model)
      : change(model, { overlay: { kind: 'limit', target, form, offer: first } });
  }
  if (verb === null) {
    const { overlay } = model.ui;
    const index = overlay?.kind === 'actions' ? Math.min(overlay.index, Math.max(0, offers.length - 1)) : 0;
    return change(model, { overlay: { kind: 'actions', target, offers, index } });
  }
  const offer = offers.find((candidate) => candidate.verb === verb);
  return offer === undefined ? stay(model) : take(model, target, offer);
}

/** Does it, asks before, or says why not; a menu stays open while nothing in it was taken. */
export function take(model: Model, target: Target, offer: Offer): Step {
  if (offer.disabledReason !== null) {
    return say(model, offer.disabledReason, 'warn');
  }
  if (offer.verb === 'limit' && target.kind === 'container') {
    return toLimits(model, target.container);
  }
  return offer.asks
    ? change(model, { overlay: { kind: 'confirm', target, offer, index: 0 } })
    : perform(model, target, offer);
}

/** Enter in the question: the first line is No. */
export function confirm(model: Model, { target, offer, index }: Extract<Overlay, { kind: 'confirm' }>): Step {
  return index === 0 ? say(model, 'left as it is', 'dim', null, { overlay: null }) : perform(model, target, offer);
}

function perform(model: Model, target: Target, offer: Offer): Step {
  return say(model, `${offer.command} …`, 'dim', { type: 'perform', target, offer }, { overlay: null });
}

/** What is said of something done, with its command line; of a limit that changed, last, the key that undoes it. */
export function resultText({ verb, command }: Offer, { ok, says }: ActionResult): string {
  const undo = keyTable.find((binding) => binding.command === 'undo')?.keys[0] ?? '';
  return [says, command, ...(ok && verb === 'limit' ? [`${keyName(undo)} undoes it`] : [])].join(' · ');
}

function enterDemo(model: Model, { directory }: Demo, container: Container): Step {
  return directory === null
    ? enter(model, container, 'demos', 'overview')
    : openDirectory(enter(model, container, 'demos', 'layers').model, directory);
}

/** Enter on a demo: starts it, or goes to what runs of it. */
export function openDemo(model: Model): Step {
  const target = targetOf(model);
  if (target?.kind !== 'demo') {
    return stay(model);
  }
  const [first] = demoContainers(target.demo, model.snapshot.containers);
  return first === undefined ? ask(model, 'start') : enterDemo(model, target.demo, first);
}
