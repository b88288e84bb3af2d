import type { Container } from './document/container.ts';

/**
 * Whether its groups were removed since `before`: then nothing of it lives, though its last process may not be reaped
 * yet, and what is not known of it any more is no newer truth about its limits.
 */
export function hasLostGroup(before: Container, now: Container): boolean {
  return hasFigures(before) && !hasFigures(now);
}

/** A group that is there counts something, whichever of its controllers are on. */
export function hasFigures({ cgroup }: Container): boolean {
  return (
    cgroup !== null &&
    [cgroup.cpu.usageUs, cgroup.memory.usageBytes, cgroup.pids.current].some((figure) => figure !== null)
  );
}
