import type { ChainController, LookAnswer, LookQuestion } from '../../model/cgroup/look.ts';
import { chainOfLine } from '../limit-rows.ts';
import { sceneOf } from '../scene.ts';
import { type Model, viewedContainer } from '../state.ts';
import { selectedIndex } from '../views/body.ts';
import { selectedKey } from './navigate.ts';
import { change, type Step, say, stay } from './step.ts';

/** Rates over less than this are of chance. */
const SHORTEST_US = 200_000;

/** Asks for what the Cgroup tab shows that no sample holds, and for the file or the chain that lies over it. */
export function look(model: Model): Step {
  const { view, overlay } = model.ui;
  if (view.name !== 'container' || view.tab !== 'cgroup') {
    return stay(model);
  }
  const { cgroup } = viewedContainer(view, model.snapshot).container;
  if (cgroup === null) {
    return stay(model);
  }
  const question: LookQuestion = {
    paths: cgroup.paths,
    files: overlay?.kind === 'file' ? [overlay.file] : [],
    chain: overlay?.kind === 'chain' ? overlay.controller : null,
  };
  return { model, effect: { type: 'look', id: view.id, question } };
}

/** The file behind the selected figure, as the kernel has it. */
export function openFile(model: Model): Step {
  const { body, cursor } = sceneOf(model);
  const file = body.copyAt(selectedIndex(body, cursor));
  return file === null
    ? say(model, 'no one file is behind this line', 'dim')
    : look(change(model, { overlay: { kind: 'file', file, raw: null, top: 0 } }).model);
}

/** Every group from the container's own upwards, of the controller of the selected line. */
export function openChain(model: Model): Step {
  const controller: ChainController | null = chainOfLine(selectedKey(model));
  return controller === null
    ? say(model, 'no group above limits this', 'dim')
    : look(change(model, { overlay: { kind: 'chain', controller, now: null, before: null, top: 0 } }).model);
}

/** What the world answered. Null: it is a recording, which holds no files. */
export function looked(model: Model, id: string, answer: LookAnswer | null): Step {
  const { view, overlay } = model.ui;
  if (view.name !== 'container' || view.id !== id) {
    return stay(model);
  }
  const seen = change(model, { view: { ...view, others: answer?.others ?? view.others } }).model;
  if (overlay?.kind === 'file') {
    const [raw] = answer?.files ?? [{ file: overlay.file, text: null, why: 'a recording holds no files' }];
    return change(seen, { overlay: { ...overlay, raw: raw ?? null } });
  }
  if (overlay?.kind === 'chain') {
    const now = answer?.chain ?? null;
    const last = overlay.now;
    const isLater = now !== null && last !== null && now.atUs - last.atUs > SHORTEST_US;
    return change(seen, { overlay: { ...overlay, now, before: isLater ? last : overlay.before } });
  }
  return stay(seen);
}
