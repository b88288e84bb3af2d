import type { History } from '../../model/history/history.ts';
import { hasLostGroup } from '../../model/lost-group.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Model } from '../state.ts';

/** The container looked at is kept as it last was: before its groups went, where it was seen to end. */
export function withSnapshot(model: Model, snapshot: Snapshot, history: History): Model {
  const { ui } = model;
  const { view } = ui;
  const found = view.name === 'container' ? snapshot.containers.find(({ id }) => id === view.id) : undefined;
  const seen = found !== undefined && view.name === 'container' && hasLostGroup(view.seen, found) ? undefined : found;
  return {
    snapshot,
    history,
    ui:
      view.name === 'container' && seen !== undefined
        ? {
            ...ui,
            view: { ...view, seen, seenAtMs: snapshot.atMs, track: history.tracks.get(view.id) ?? view.track },
          }
        : ui,
  };
}
