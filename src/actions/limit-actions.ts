import type { Target } from '../model/action.ts';
import { isBareProcess } from '../model/discovery/bare-process.ts';
import type { Container } from '../model/document/container.ts';
import type { LimitForm, LimitKey } from '../model/limit-edit.ts';
import { containerLabel } from '../present/container-label.ts';
import { cgroupFiles } from '../runtime/cgroups/cgroup-files.ts';
import { readHostCapacity } from '../runtime/cgroups/host-capacity.ts';
import { limitForm, parseLimitText } from '../runtime/cgroups/limit-fields.ts';
import { withLiveMemory } from '../runtime/cgroups/live-change.ts';
import { noResources } from '../runtime/cgroups/resources.ts';
import { restoreWrites } from '../runtime/cgroups/restore-live.ts';
import { type ChangeInput, changeWay } from './change-limits.ts';
import { containerLimitWay } from './container-limit.ts';
import { type LimitWorld, limitHolder } from './limit-holder.ts';
import { beforeOf, keptText } from './limit-results.ts';
import { processLimitWay, processRefusal } from './process-limit.ts';
import { undoingFlags } from './undoing-flags.ts';
import { closedWay, type Undo, type Way } from './way.ts';

/** Steps that are remembered of each container. */
const MOST_CHANGES = 100;

/** Changing limits of containers, and taking the changes back, the last one first. */
export function openLimits(world: LimitWorld) {
  const changes = new Map<string, readonly Undo[]>();

  function remember(container: Container, undo: Undo): void {
    const stack = changes.get(keyOf(container)) ?? [];
    changes.set(keyOf(container), [...stack, undo].slice(-MOST_CHANGES));
  }

  function forget(container: Container): void {
    changes.set(keyOf(container), (changes.get(keyOf(container)) ?? []).slice(0, -1));
  }

  function form(container: Container, key: LimitKey): LimitForm {
    return limitForm(key, limitHolder(container, world).places, readHostCapacity(), cgroupFiles.read);
  }

  /** Before it is said which. */
  function anyWay(container: Container): Way {
    const holder = limitHolder(container, world);
    const refused = isBareProcess(container) ? processRefusal(container, world) : holder.closed;
    return {
      ...closedWay('limit', holder.command(['...']), 'say which limit, and what it becomes'),
      disabledReason: refused,
    };
  }

  function limitWay({ container, key, text }: Extract<Target, { kind: 'limit' }>): Way {
    const holder = limitHolder(container, world);
    const typed = parseLimitText(key, text);
    if (typeof typed === 'string') {
      return closedWay('limit', holder.command([]), text.trim() === '' ? 'type what it may use' : typed);
    }
    const command = holder.command(typed.flags);
    const asked = { ...noResources, ...typed.asked };
    if (isBareProcess(container)) {
      const flagsBefore = undoingFlags(key, withLiveMemory(asked, holder.places, cgroupFiles.read), holder.places);
      const undoing = holder.command(flagsBefore);
      const releasing = holder.command(['--release']);
      return processLimitWay({ container, asked, command, undoing, releasing, world, remember, forget });
    }
    return containerLimitWay({
      container,
      holder,
      asked,
      flags: typed.flags,
      done: (resources) => {
        const flagsBefore = undoingFlags(key, resources, holder.places);
        return (results) => {
          const restored = {
            writes: restoreWrites(results),
            resources: beforeOf(resources, results, holder.places),
            flags: flagsBefore,
          };
          remember(container, (now) => undoneWay(now, restored));
          return `limited ${containerLabel(container)}: ${keptText(results)}`;
        };
      },
    });
  }

  function undoneWay(
    container: Container,
    { writes, resources, flags }: Pick<ChangeInput, 'writes' | 'resources'> & { readonly flags: readonly string[] },
  ): Way {
    const holder = limitHolder(container, world);
    return changeWay({
      verb: 'undo',
      container,
      holder,
      command: holder.command(flags),
      writes,
      resources,
      done: (results) => {
        forget(container);
        return `taken back, ${containerLabel(container)}: ${keptText(results)}`;
      },
    });
  }

  function undoWay(container: Container): Way {
    const last = changes.get(keyOf(container))?.at(-1);
    return last === undefined
      ? closedWay('undo', '', 'no change of its limits here is left to take back')
      : last(container);
  }

  return { form, anyWay, limitWay, undoWay };
}

/** A container that was started anew has groups of its own. */
function keyOf({ id, init }: Container): string {
  return `${id}@${init?.startTicks}`;
}
