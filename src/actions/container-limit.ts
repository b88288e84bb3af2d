import type { Container } from '../model/document/container.ts';
import type { LiveResult } from '../runtime/cgroups/apply-live.ts';
import { cgroupFiles } from '../runtime/cgroups/cgroup-files.ts';
import { readHostCapacity } from '../runtime/cgroups/host-capacity.ts';
import { liveLimits } from '../runtime/cgroups/live-limits.ts';
import { planLimits } from '../runtime/cgroups/plan-limits.ts';
import type { Resources } from '../runtime/cgroups/resources.ts';
import { changeWay } from './change-limits.ts';
import { type LimitHolder, type LimitWorld, limitHolder } from './limit-holder.ts';
import { withEngineMemory } from './limit-update.ts';
import { closedWay, type Way } from './way.ts';

type Asked = {
  readonly container: Container;
  readonly holder: LimitHolder;
  readonly asked: Resources;
  /** The flags that ask for it. */
  readonly flags: readonly string[];
  /** Asked before anything is changed, with what that touches besides: what is said of the results. */
  readonly done: (resources: Resources) => (results: readonly LiveResult[]) => string;
};

/** Changing limits of a container: by its engine where that keeps them, by its files else. */
export function containerLimitWay({ container, holder, asked, flags, done }: Asked): Way {
  const command = holder.command(flags);
  const engineAsked =
    holder.daemon === null ? asked : withEngineMemory(asked, liveLimits(holder.places, cgroupFiles.read));
  const plan = planLimits(engineAsked, holder.places, readHostCapacity(), cgroupFiles.read);
  if (plan.kind === 'problem') {
    return closedWay('limit', command, holder.closed ?? plan.problem.why);
  }
  const { resources, writes } = plan;
  return changeWay({
    verb: 'limit',
    container,
    holder,
    command,
    writes,
    resources,
    done: done(resources),
  });
}

/** The same for who asks on a command line, which names the container and so needs no question. */
export function askedLimitWay(input: Omit<Asked, 'holder'>, world: LimitWorld): Way {
  return containerLimitWay({ ...input, holder: limitHolder(input.container, world) });
}
