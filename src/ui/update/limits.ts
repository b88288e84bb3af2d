import type { Container } from '../../model/document/container.ts';
import type { LimitKey } from '../../model/limit-edit.ts';
import { liveOnly } from '../key-reasons.ts';
import { type Model, type Overlay, viewedContainer } from '../state.ts';
import { type Step, say, stay } from './step.ts';

type LimitOverlay = Extract<Overlay, { kind: 'limit' }>;

/** Asks for the form of a limit: it opens with the answer. */
export function openLimit(model: Model, key: LimitKey): Step {
  const { view } = model.ui;
  if (view.name !== 'container') {
    return stay(model);
  }
  const refused = liveOnly(model);
  if (refused !== null) {
    return say(model, refused, 'dim');
  }
  const { container, gone } = viewedContainer(view, model.snapshot);
  return gone ? say(model, 'this container is gone', 'dim') : askFor(model, container, key, '');
}

function askFor(model: Model, container: Container, key: LimitKey, text: string): Step {
  return { model, effect: { type: 'offer', target: { kind: 'limit', container, key, text }, verb: null } };
}

/** What is typed comes to: asked again with each letter, and with each snapshot, as files may be changed by others. */
export function typeLimit(model: Model, { target }: LimitOverlay, text: string): Step {
  return askFor(model, target.container, target.key, text);
}

/** An open form follows the container. */
export function askLimitAgain(model: Model, { target }: LimitOverlay): Step {
  const now = model.snapshot.containers.find(({ id }) => id === target.container.id);
  return askFor(model, now ?? target.container, target.key, target.text);
}
