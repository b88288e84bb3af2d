/** What tells of the host, or of secrets that its hardware leaks (Docker's list, moby 29). */
const MASKED: readonly string[] = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
];

/** What changes the host. */
const READ_ONLY: readonly string[] = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

export type ConfinedPaths = { readonly masked: readonly string[]; readonly readOnly: readonly string[] };

/** `throttleCounters`: the /sys directories that count how often each CPU was too hot, a side channel. */
export function confinedPaths(privileged: boolean, throttleCounters: readonly string[]): ConfinedPaths {
  return privileged ? { masked: [], readOnly: [] } : { masked: [...MASKED, ...throttleCounters], readOnly: READ_ONLY };
}
