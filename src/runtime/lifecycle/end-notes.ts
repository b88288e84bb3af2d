import type { ExitRecord } from '../state/exit-record.ts';

/** What a person would ask after the end: whether memory ran out, and whether the CPU was withheld. One line each. */
export function endNotes({ finals }: ExitRecord): readonly string[] {
  const values = new Map<string, number>();
  for (const [path, text] of finals) {
    const file = path.slice(path.lastIndexOf('/') + 1);
    for (const [, key, value] of text.matchAll(/^(\w+) (\d+)$/gm)) {
      values.set(`${file} ${key}`, Number(value));
    }
  }
  const one = (...names: readonly string[]) =>
    names.map((name) => values.get(name)).find((value) => value !== undefined) ?? 0;
  const notes: string[] = [];
  const killed = one('memory.oom_control oom_kill', 'memory.events oom_kill');
  if (killed > 0) {
    notes.push(`memory ran out: the kernel killed ${killed === 1 ? 'a process' : `${killed} processes`} (--memory)`);
  }
  const periods = one('cpu.stat nr_periods');
  const throttled = one('cpu.stat nr_throttled');
  if (throttled > 0) {
    const withheld = one('cpu.stat throttled_usec') / 1e6 || one('cpu.stat throttled_time') / 1e9;
    notes.push(
      `CPU was withheld in ${throttled} of ${periods} periods, ${withheld.toFixed(1)} s of waiting in all (--cpus)`,
    );
  }
  const refused = one('pids.events max');
  if (refused > 0) {
    notes.push(`${refused === 1 ? '1 fork was' : `${refused} forks were`} refused (--pids-limit)`);
  }
  return notes;
}
