import type { Container } from '../model/document/container.ts';

/** What is wrong with a container, in a word. `severity` tells `bad` (it lost something) from `warn`. */
export type Trouble = { readonly word: string; readonly severity: 'bad' | 'warn' | 'note' };

/** Share of periods that were cut short, from which on a person wants to know. */
const THROTTLED_PERCENT = 5;
/** Share of a limit from which on the next step may fail. */
const NEAR_LIMIT_PERCENT = 90;

/** The first trouble that a person should look at, or null. */
export function troubleOf(container: Container): Trouble | null {
  const { cgroup, init } = container;
  if (container.status === 'paused' || cgroup?.frozen === true) {
    return { word: 'paused', severity: 'note' };
  }
  if (init !== null && container.processes.find((process) => process.pid === init.pid)?.state === 'Z') {
    return { word: 'init is a zombie', severity: 'bad' };
  }
  if (container.status === 'starting' || container.status === 'restarting') {
    return { word: container.status, severity: 'note' };
  }
  return figuresTrouble(container) ?? zombieTrouble(container);
}

function figuresTrouble({ cgroup }: Container): Trouble | null {
  if (cgroup === null) {
    return null;
  }
  if ((cgroup.memory.ofLimitPercent ?? 0) >= NEAR_LIMIT_PERCENT) {
    return { word: 'near limit', severity: 'bad' };
  }
  const { current, limit } = cgroup.pids;
  if (current !== null && typeof limit === 'number' && current * 100 >= limit * NEAR_LIMIT_PERCENT) {
    return { word: 'near pids limit', severity: 'bad' };
  }
  if ((cgroup.cpu.throttledPercent ?? 0) >= THROTTLED_PERCENT) {
    return { word: 'throttled', severity: 'warn' };
  }
  return (cgroup.memory.oomKills ?? 0) > 0 ? { word: 'oom-killed', severity: 'warn' } : null;
}

function zombieTrouble({ life }: Container): Trouble | null {
  return life.zombies > 0
    ? { word: life.zombies === 1 ? '1 zombie' : `${life.zombies} zombies`, severity: 'note' }
    : null;
}
