import { isBareProcess } from '../../model/discovery/bare-process.ts';
import { innermostWith } from '../../model/ref.ts';
import { bodyIdOf, type Cursor, type Model } from '../state.ts';
import { placedGroups } from '../views/host-groups.ts';
import { enter, selectedKey } from './navigate.ts';
import { change, type Step, say, stay } from './step.ts';

const START: Cursor = { key: null, index: 0, top: 0 };

/** Enter on a group: shows what is folded in it, opens the container that it is of, or lists its processes. */
export function openGroup(model: Model): Step {
  const { snapshot, ui } = model;
  const path = selectedKey(model);
  const group = placedGroups(snapshot, ui).find((one) => one.path === path);
  if (path === null || group === undefined) {
    return stay(model);
  }
  if (group.isFolded) {
    return change(model, { folded: new Set([...ui.folded].filter((other) => other !== path)) });
  }
  const container = snapshot.containers.find(({ id }) => id === group.container);
  if (container !== undefined) {
    return enter(model, container, 'hostGroups', 'cgroup');
  }
  if (ui.replay !== null) {
    return say(model, 'a recording tells of other groups only how many processes are in them', 'dim');
  }
  return change(model, {
    view: { name: 'groupProcesses' },
    openedGroup: path,
    cursors: { ...ui.cursors, groupProcesses: START },
    filters: { ...ui.filters, groupProcesses: '' },
  });
}

/** Left on a group: hides what is in it; where there is nothing to hide, on to the group around it, and out at the root. */
export function fold(model: Model): Step {
  const { snapshot, ui } = model;
  const key = selectedKey(model);
  const groups = placedGroups(snapshot, ui);
  const group = groups.find(({ path }) => path === key);
  if (group === undefined) {
    return change(model, { view: { name: 'list' } });
  }
  if (group.below > 0 && !group.isFolded) {
    return change(model, { folded: new Set([...ui.folded, group.path]) });
  }
  const around = groups.findIndex(({ path }) => path === group.parent);
  return around < 0
    ? change(model, { view: { name: 'list' } })
    : change(model, {
        cursors: { ...ui.cursors, [bodyIdOf(ui.view)]: { ...ui.cursors.hostGroups, key: group.parent, index: around } },
      });
}

/** Enter on a process: the container that it is in, else itself, as soon as it has been looked at. */
export function openProcess(model: Model): Step {
  const key = selectedKey(model);
  if (key === null) {
    return stay(model);
  }
  const pid = Number(key);
  const container = innermostWith(pid, model.snapshot.containers);
  return container === null
    ? say(model, `looking at process ${pid} …`, 'dim', null, { awaited: pid })
    : enter(model, container, 'groupProcesses', 'processes');
}

/** The process that was asked for, once a snapshot has it; a key pressed meanwhile means that it is no longer wanted. */
export function openAwaited(model: Model): Model {
  const { awaited } = model.ui;
  const found = model.snapshot.containers.find((one) => isBareProcess(one) && one.init?.pid === awaited);
  return awaited === null || found === undefined
    ? model
    : change(enter(model, found, 'groupProcesses', 'cgroup').model, { awaited: null, message: null }).model;
}
