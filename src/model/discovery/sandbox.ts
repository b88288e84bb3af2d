import type { UnitKind } from './cgroup-rows.ts';

/**
 * Programs that shut another one in and are no container engine, by comm. They are seen as the first process of the
 * sandbox or as its parent.
 */
const SANDBOXES = new Set([
  'bwrap',
  'srt-bwrap',
  'flatpak',
  'snap-confine',
  'firejail',
  'pv-adverb',
  'pressure-vessel',
  'nix',
  'nix-build',
  'nix-daemon',
  'guix-daemon',
  'minijail0',
  'nsjail',
]);

/** Units whose processes systemd or a desktop isolates: their namespaces are no container's. */
const SANDBOXED_UNITS: ReadonlySet<UnitKind> = new Set(['snap', 'flatpak', 'app', 'init', 'service', 'machine']);

/**
 * Whether a process tree with a pid namespace of its own is a sandbox and no container: by the unit it runs in, by the
 * first process's comm, and by that of the process outside which made it.
 */
export function isSandbox(sandbox: {
  readonly unit: UnitKind | null;
  readonly init: string;
  readonly maker: string | null;
}): boolean {
  const { unit, init, maker } = sandbox;
  return (
    (unit !== null && SANDBOXED_UNITS.has(unit)) || SANDBOXES.has(init) || (maker !== null && SANDBOXES.has(maker))
  );
}
