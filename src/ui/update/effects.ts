import type { Command } from '../commands.ts';
import { sceneOf } from '../scene.ts';
import type { Model } from '../state.ts';
import { selectedIndex } from '../views/body.ts';
import { formatInterval } from '../views/header.ts';
import { type Step, say, stay } from './step.ts';
import { freeze } from './time.ts';

const INTERVALS_MS = [200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000];

/** Commands that reach beyond the model. */
export function effect(model: Model, command: Command): Step {
  const { ui } = model;
  switch (command) {
    case 'quit':
      return { model, effect: { type: 'quit' } };
    case 'save':
      return { model, effect: { type: 'save' } };
    case 'redraw':
      return { model, effect: { type: 'redraw' } };
    case 'suspend':
      return { model, effect: { type: 'suspend' } };
    case 'freeze':
      return freeze(model);
    case 'mouse':
      return say(
        { ...model, ui: { ...ui, mouse: !ui.mouse } },
        ui.mouse ? 'mouse off' : 'mouse on: select text with Shift',
        'accent',
        {
          type: 'mouse',
          on: !ui.mouse,
        },
      );
    case 'slower':
      return pace(
        model,
        INTERVALS_MS.find((ms) => ms > ui.intervalMs),
      );
    case 'faster':
      return pace(
        model,
        INTERVALS_MS.findLast((ms) => ms < ui.intervalMs),
      );
    case 'copy':
      return copy(model);
    default:
      return stay(model);
  }
}

function pace(model: Model, intervalMs: number | undefined): Step {
  return intervalMs === undefined
    ? say(model, 'that is as far as it goes', 'dim')
    : say({ ...model, ui: { ...model.ui, intervalMs } }, `a sample every ${formatInterval(intervalMs)}`, 'accent', {
        type: 'interval',
        intervalMs,
      });
}

/** The selected row's id, path or inode; in a text view the container's id. */
function copy(model: Model): Step {
  const { body, cursor } = sceneOf(model);
  const { view } = model.ui;
  const text = body.copyAt(selectedIndex(body, cursor)) ?? (view.name === 'container' ? view.id : null);
  return text === null
    ? say(model, 'nothing is selected', 'dim')
    : say(model, `copied ${text.slice(0, 60)}`, 'accent', { type: 'copy', text });
}
